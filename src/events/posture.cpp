#include "events/posture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chairside {
namespace {
constexpr double kForgetting = 0.9999;
constexpr int kTrustedSamples = 100;   // from here on outliers are rejected …
constexpr double kOutlier = 0.35;      // … beyond this part of the height
constexpr double kMisfitTau = 100;     // samples over which the share of rejects is averaged
constexpr double kMisfitLimit = 0.7;   // the camera moved, or the line was learned from something else
constexpr double kLeastHeight = 0.02;  // picture heights
constexpr double kPriorGain = 2.0;     // before heights are known, the aspect has to tell alone
}  // namespace

void PostureModel::reset() {
    offset_ = slope_ = 0;
    p00_ = p11_ = 1e4;
    p01_ = aspect_ = misfit_ = 0;
    samples_ = 0;
}

void PostureModel::learn(const Box& box, double picture_height) {
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
    const double g0 = p00_ + p01_ * y, g1 = p01_ + p11_ * y;
    const double denominator = kForgetting + g0 + g1 * y;
    offset_ += g0 / denominator * residual;
    slope_ += g1 / denominator * residual;
    p00_ = (p00_ - g0 * g0 / denominator) / kForgetting;
    p01_ = (p01_ - g0 * g1 / denominator) / kForgetting;
    p11_ = (p11_ - g1 * g1 / denominator) / kForgetting;

    const double aspect = box.w / box.h;
    if (samples_ == 0) aspect_ = aspect;
    const double step = std::max(0.002, 0.2 / (1.0 + samples_ / 5.0));
    aspect_ *= std::exp(aspect > aspect_ ? step : -step);
    ++samples_;
}

double PostureModel::standing_height(double foot_y, double picture_height) const {
    if (samples_ == 0 || picture_height <= 0) return 0;
    return std::max(kLeastHeight, offset_ + slope_ * foot_y / picture_height) * picture_height;
}

double PostureModel::stature(const Box& box, double picture_height) const {
    if (!learned() || box.w <= 0 || box.h <= 0) return std::numeric_limits<double>::quiet_NaN();
    return 0.5 * std::log(box.w * box.h) - std::log(standing_height(box.bottom(), picture_height));
}

Posture PostureModel::judge(const Box& box, double picture_height) const {
    Posture out;
    if (box.w <= 0 || box.h <= 0) return out;
    if (!learned()) {
        out.score = kPriorGain * std::log(box.w / box.h / settings_.prior_aspect);
        out.seated = out.score > settings_.seated;
        out.standing = !out.seated;
        return out;
    }
    const double height = standing_height(box.bottom(), picture_height);
    out.score = std::log(box.w / box.h / aspect_) - std::log(box.h / height);
    const bool large_enough = std::sqrt(box.w * box.h) > settings_.min_size * std::sqrt(aspect_) * height;
    out.seated = out.score > settings_.seated && large_enough;
    out.standing = out.score <= settings_.seated && large_enough;
    return out;
}

}  // namespace chairside
