#include "events/posture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chairside {
namespace {
// Of the height: how much people differ, and how much boxes of one person do.
constexpr double kSizes = 0.07, kNoise = 0.03;
// Errors of one person's boxes last for some of them, so these tell less than their number.
constexpr double kIndependent = 0.3;
constexpr double kDeepWalk =
    0.06;  // standard deviation of the foot, in heights, from which on it isn't the boxes' noise
// Until people have walked at several depths: height over foot of what was seen, give or take this (picture heights).
constexpr double kSlopeSpread = 0.3;
constexpr std::size_t kWalkersKept = 300;
constexpr std::size_t kAtOnce = 20;    // walkers in a picture; who comes again later is another one
constexpr int kTrustedSamples = 100;   // from here on outliers are rejected …
constexpr double kOutlier = 0.35;      // … beyond this part of the height
constexpr double kMisfitTau = 100;     // samples over which the share of rejects is averaged
constexpr double kMisfitLimit = 0.7;   // the camera moved, or the line was learned from something else
constexpr double kLeastHeight = 0.02;  // picture heights
constexpr double kPriorGain = 2.0;     // before heights are known, the aspect has to tell alone
}  // namespace

void PostureModel::reset() {
    offset_ = slope_ = aspect_ = misfit_ = 0;
    walkers_.clear();
    samples_ = 0;
}

void PostureModel::learn(const Box& box, double picture_height, TrackId who) {
    if (picture_height <= 0 || box.w <= 0 || box.h <= 0) return;
    const double y = box.bottom() / picture_height, height = box.h / picture_height;
    const double residual = height - (offset_ + slope_ * y);
    if (samples_ >= kTrustedSamples) {
        const bool outlier =
            std::abs(residual) > kOutlier * standing_height(box.bottom(), picture_height) / picture_height;
        misfit_ += ((outlier ? 1.0 : 0.0) - misfit_) / kMisfitTau;
        if (misfit_ > kMisfitLimit) reset();
        if (outlier) return;
    }
    add(who, y, height);
    fit();

    const double aspect = box.w / box.h;
    if (samples_ == 0) aspect_ = aspect;
    const double step = std::max(0.002, 0.2 / (1.0 + samples_ / 5.0));
    aspect_ *= std::exp(aspect > aspect_ ? step : -step);
    ++samples_;
}

void PostureModel::add(TrackId who, double y, double height) {
    const auto recent = walkers_.end() - static_cast<std::ptrdiff_t>(std::min(kAtOnce, walkers_.size()));
    auto walker = std::find_if(recent, walkers_.end(), [&](const Walker& w) { return w.who == who; });
    if (walker == walkers_.end()) {
        if (walkers_.size() == kWalkersKept) walkers_.pop_front();
        walker = walkers_.insert(walkers_.end(), Walker{who});
    }
    Walker& w = *walker;
    w.boxes += 1;
    const double off = y - w.y, height_off = height - w.height;
    w.y += off / w.boxes;
    w.height += height_off / w.boxes;
    w.yy += off * (y - w.y);
    w.y_height += off * (height - w.height);
}

// Generalised least squares with a size of one's own for each person (a random intercept; Laird and Ware, "Random-Effects
// Models for Longitudinal Data", 1982): few walkers of different sizes would tilt a line through all boxes. Those who walk in
// one row tell their height, those who come nearer the slope.
void PostureModel::fit() {
    double all = 0, y_all = 0, height_all = 0;
    for (const Walker& w : walkers_) {
        all += w.boxes;
        y_all += w.boxes * w.y;
        height_all += w.boxes * w.height;
    }
    const double usual_slope = height_all / std::max(y_all, 1e-9);
    // People nearer to the camera are no surer in picture heights.
    const double precision = std::pow(all / height_all, 2);
    const double within = kIndependent * precision / (kNoise * kNoise);
    double n = 0, y = 0, yy = 1 / (kSlopeSpread * kSlopeSpread), height = 0, y_height = usual_slope * yy;
    for (const Walker& w : walkers_) {
        const double own = precision / (kSizes * kSizes + kNoise * kNoise / (kIndependent * w.boxes));
        n += own;
        y += own * w.y;
        yy += own * w.y * w.y;
        height += own * w.height;
        y_height += own * w.y * w.height;
        if (w.yy < w.boxes * std::pow(kDeepWalk * w.height, 2)) continue;
        yy += within * w.yy;
        y_height += within * w.y_height;
    }
    const double determinant = n * yy - y * y;
    slope_ = (n * y_height - y * height) / determinant;
    offset_ = (height - slope_ * y) / n;
}

double PostureModel::standing_height(double foot_y, double picture_height) const {
    if (samples_ == 0 || picture_height <= 0) return 0;
    return std::max(kLeastHeight, offset_ + slope_ * foot_y / picture_height) * picture_height;
}

double PostureModel::stature(const Box& box, double picture_height) const {
    if (!learned() || box.w <= 0 || box.h <= 0) return std::numeric_limits<double>::quiet_NaN();
    return 0.5 * std::log(box.w * box.h) - std::log(standing_height(box.bottom(), picture_height));
}

Posture PostureModel::judge(const Box& box, double picture_height, bool cut_at_side) const {
    Posture out;
    if (box.w <= 0 || box.h <= 0) return out;
    if (!learned()) {
        out.score = kPriorGain * std::log(box.w / box.h / settings_.prior_aspect);
        out.seated = out.score > settings_.seated;
        out.standing = !out.seated;
        return out;
    }
    const double height = standing_height(box.bottom(), picture_height);
    // Who sits looks as much wider for the height as shorter.
    const double shorter = -std::log(box.h / height);
    out.score = shorter + (cut_at_side ? shorter : std::log(box.w / box.h / aspect_));
    const double width = cut_at_side ? std::max(box.w, aspect_ * height) : box.w;
    const bool large_enough = std::sqrt(width * box.h) > settings_.min_size * std::sqrt(aspect_) * height;
    out.seated = out.score > settings_.seated && large_enough;
    out.standing = out.score <= settings_.seated && large_enough;
    return out;
}

}  // namespace chairside
