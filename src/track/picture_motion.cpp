#include "track/picture_motion.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace chairside {
namespace {

constexpr std::size_t kPairsMin = 2;  // one person alone cannot be told from a camera
constexpr int kRounds = 4;            // of pairing and fitting
constexpr std::size_t kJumpAnchors = 8;
constexpr std::ptrdiff_t kJumpCandidates = 128;   // per anchor, nearest in x; bounds the time of a search
constexpr double kLagMax = 100, kZoomLagMax = 5;  // one wild frame may not fill the memory
constexpr double kSpreadMin = 0.05, kSpreadMax = 10;
constexpr double kPanMin = 0.05, kPanMax = 20;  // heights per s^2: what the filter of the camera may expect

bool left_of(const CostBox& box, double x) {
    return box.x < x;
}

double follow(double& product, double& before, double value, double limit, double fade) {
    product += fade * (std::clamp(value * before, -limit, limit) - product);
    before = value;
    return product;
}

}  // namespace

double PictureMotion::Habit::trust(double value2, double variance, const PictureMotionOptions& o) const {
    const double habit = std::max(0.0, moved - o.noise * noise);
    const double now = value2 > o.certain * variance ? value2 - o.noise * variance : 0;
    const double signal = std::max(habit, now);
    return signal / (signal + o.noise * variance);
}

void PictureMotion::Habit::learn(double value2, double variance, double fade) {
    moved += fade * (value2 - moved);
    noise += fade * (variance - noise);
}

void PictureMotion::choose(std::span<const PictureAnchor> anchors) {
    anchors_.clear();
    const std::size_t step = (anchors.size() + kAnchorsMax - 1) / kAnchorsMax;
    for (std::size_t i = 0; i < anchors.size(); i += step)
        anchors_.push_back(anchors[i]);
    middle_ = {};
    double total = 0;
    for (const auto& a : anchors_) {
        middle_.x += a.x / a.var_x;
        middle_.y += a.y / a.var_x;
        total += 1 / a.var_x;
    }
    middle_.x /= total;
    middle_.y /= total;
}

std::optional<PictureMotion::Pair> PictureMotion::nearest(const PictureAnchor& a, const Fit& fit) const {
    const double from_x = a.x - middle_.x, from_y = a.y - middle_.y;
    const double x = a.x + fit.shift.x + fit.zoom * from_x, y = a.y + fit.shift.y + fit.zoom * from_y;
    const double near = options_.near_centre * a.h;
    double best = 1;
    std::optional<Pair> found;
    auto d = std::lower_bound(detections_.begin(), detections_.end(), x - near, left_of);
    for (; d != detections_.end() && d->x <= x + near; ++d) {
        const double dx = d->x - x, dy = d->y - y, dlog_h = d->log_h - a.log_h - fit.zoom;
        const double h = dlog_h / options_.near_height;
        const double distance2 = (dx * dx + dy * dy) / (near * near) + h * h;
        if (distance2 >= best) continue;
        best = distance2;
        found = Pair{from_x, from_y, dx, dy, dlog_h};
    }
    return found;
}

// Number of anchors that have a detection near, each counted less the farther it is.
double PictureMotion::explained(const Fit& fit) const {
    double sum = 0;
    for (const auto& a : anchors_) {
        const auto pair = nearest(a, fit);
        if (!pair) continue;
        const double near = options_.near_centre * a.h, h = pair->dlog_h / options_.near_height;
        sum += 1 - (pair->dx * pair->dx + pair->dy * pair->dy) / (near * near) - h * h;
    }
    return sum;
}

// No motion or that of the last frame, or the jump that explains clearly more.
PictureMotion::Fit PictureMotion::start() const {
    Fit best;
    const double all = static_cast<double>(anchors_.size());
    double most = explained(best);
    if (moving_) {
        const Fit again{last_shift_, 0};
        const double repeated = explained(again);
        if (repeated > most) std::tie(best, most) = std::tie(again, repeated);
    }
    if (most >= (moving_ ? options_.near_moving : options_.explained_min) * all) return best;
    most += moving_ ? options_.gain_moving : std::max(options_.jump_gain, options_.jump_gain_part * all);
    const std::size_t step = std::max<std::size_t>(1, anchors_.size() / kJumpAnchors);
    for (std::size_t i = 0; i < anchors_.size(); i += step)
        try_jumps_of(anchors_[i], best, most);
    return best;
}

void PictureMotion::try_jumps_of(const PictureAnchor& a, Fit& best, double& most) const {
    const auto here = std::lower_bound(detections_.begin(), detections_.end(), a.x, left_of);
    const auto half = kJumpCandidates / 2;
    const auto first = here - std::min(half, here - detections_.begin());
    const auto last = here + std::min(half, detections_.end() - here);
    for (auto d = first; d != last; ++d) {
        if (std::abs(d->log_h - a.log_h) > 2 * options_.near_height) continue;
        const Fit jump{{d->x - a.x, d->y - a.y}, 0};
        const double now = explained(jump);
        if (now <= most) continue;
        most = now;
        best = jump;
    }
}

PictureMotion::Normal PictureMotion::normal(const Fit& fit) const {
    Normal n;
    for (const auto& a : anchors_) {
        const auto p = nearest(a, fit);
        if (!p) continue;
        const double misfit2 = p->dx * p->dx / a.var_x + p->dy * p->dy / a.var_y;
        const double w = 1 / (1 + misfit2 / (spread_ * options_.outlier));
        const double wx = w / (a.var_x * spread_), wy = w / (a.var_y * spread_),
                     wh = w / (a.var_log_h * spread_);
        n.xx += wx;
        n.yy += wy;
        n.xz += wx * p->x;
        n.yz += wy * p->y;
        n.zz += wx * p->x * p->x + wy * p->y * p->y + wh;
        n.x += wx * p->dx;
        n.y += wy * p->dy;
        n.z += wx * p->dx * p->x + wy * p->dy * p->y + wh * p->dlog_h;
        n.spread += w * misfit2 / 2;
        n.weight += w;
        n.heights += w * a.h;
        n.mean.measurement_var += wx * wx * a.measurement_var;
        n.mean.acceleration_noise += wx * wx * a.acceleration_noise;
        n.mean.velocity_var += wx * wx * a.velocity_var;
        ++n.pairs;
    }
    return n;
}

// Iterated weighted least squares; the pairs follow the fit.
std::optional<PictureMove> PictureMotion::refine(Fit fit, double dt_s) {
    Normal n;
    double free_zoom = 0;
    for (int round = 0; round < kRounds; ++round) {
        n = normal(fit);
        if (n.pairs < static_cast<int>(kPairsMin)) {
            forget();
            return std::nullopt;
        }
        const double information = n.zz - n.xz * n.xz / n.xx - n.yz * n.yz / n.yy;
        const double variance = options_.zoom_noise / information;
        free_zoom = fit.zoom + (n.z - n.xz * n.x / n.xx - n.yz * n.y / n.yy) / information;
        double trust = zoom_habit_.trust(free_zoom * free_zoom, variance, options_);
        if (lag_zoom_.product > options_.zoom_lag_min) trust = std::max(trust, options_.zoom_gain);
        const double step = (round == 0 ? 0 : trust * free_zoom) - fit.zoom;
        fit.shift.x += (n.x - n.xz * step) / n.xx;
        fit.shift.y += (n.y - n.yz * step) / n.yy;
        fit.zoom += step;
        n.zz = variance;
    }
    return conclude(fit, free_zoom, n, dt_s);
}

// How much of the fit to believe, and what it teaches.
std::optional<PictureMove> PictureMotion::conclude(const Fit& fit, double free_zoom, const Normal& n,
                                                   double dt_s) {
    const double var_x = 1 / n.xx, var_y = 1 / n.yy, var_zoom = n.zz;
    const double variance = (var_x + var_y) / 2;
    const double moved2 =
        (fit.shift.x * fit.shift.x / var_x + fit.shift.y * fit.shift.y / var_y) / 2 * variance;
    const double trust = shift_habit_.trust(moved2, variance, options_);
    const double fade = 1 - std::exp(-dt_s / options_.memory_s);
    shift_habit_.learn(std::min(moved2, kLagMax * variance), variance, fade);
    zoom_habit_.learn(std::min(free_zoom * free_zoom, kLagMax * var_zoom), var_zoom, fade);
    const double spread_fade = 1 - std::exp(-dt_s / options_.spread_memory_s);
    spread_ = std::clamp(spread_ + spread_fade * (n.spread / n.weight - spread_), kSpreadMin, kSpreadMax);
    calm_ += fade * (1 - trust - calm_);
    last_shift_ = fit.shift;
    moving_ = trust > options_.moving;
    jolted_ = trust > options_.jolt;
    const PictureMove move = moved(fit, n, trust, push_of(fit, free_zoom, n, dt_s), dt_s);
    if (move == PictureMove{}) return std::nullopt;
    return move;
}

// Part of the shift, per second, that becomes velocity because the shift repeats.
double PictureMotion::push_of(const Fit& fit, double free_zoom, const Normal& n, double dt_s) {
    const double fade = 1 - std::exp(-dt_s / options_.memory_s);
    const double lag = (follow(lag_x_.product, lag_x_.before, fit.shift.x * std::sqrt(n.xx), kLagMax, fade) +
                        follow(lag_y_.product, lag_y_.before, fit.shift.y * std::sqrt(n.yy), kLagMax, fade)) /
                       2;
    const double zoom_ratio = std::clamp(free_zoom / std::sqrt(n.zz), -kZoomLagMax, kZoomLagMax);
    follow(lag_zoom_.product, lag_zoom_.before, zoom_ratio, kZoomLagMax * kZoomLagMax, fade);
    constexpr double kPushMax = 0.6;
    return std::clamp(options_.lag_gain * (lag - options_.lag_min), 0.0, kPushMax) / dt_s;
}

// The pan as far as it is believed, then of what is left the part that is believed to be a jump or shake.
PictureMove PictureMotion::moved(const Fit& fit, const Normal& n, double trust, double push, double dt_s) {
    const double inverse = 2 / (n.xx + n.yy), scale = spread_ * options_.noise * inverse * inverse;
    MeanInnovation mean = n.mean;
    mean.value = fit.shift;
    mean.measurement_var *= scale;
    mean.acceleration_noise *= scale;
    mean.velocity_var *= scale;
    const double acceleration = std::clamp(evidence_.acceleration(), kPanMin, kPanMax) * n.heights / n.weight;
    const PanBelief pan = pan_.update(mean, acceleration, dt_s);
    const double belief = evidence_.trust() * calm_, own = pan.own_gain, own_v = pan.own_gain_velocity;

    PanStep seen, lost, all;  // one axis after the other
    const auto axis = [&](double Point::*a) {
        const double e = fit.shift.*a;
        const double panned = belief * (pan.seen.shift.*a - own * e) / (1 - own);
        const double lost_panned = belief * pan.lost.shift.*a;
        seen.shift.*a = panned + trust * (e - panned);
        lost.shift.*a = lost_panned + trust * (e - lost_panned);
        const double rest = e - seen.shift.*a;  // the people's own filters take their part of it
        const double repeated = push * e;
        seen.push.*a = belief * (pan.seen.push.*a - own_v * rest) + repeated;
        lost.push.*a = belief * pan.lost.push.*a + repeated;
        all.shift.*a = seen.shift.*a + own * rest;
        all.push.*a = seen.push.*a + own_v * rest;
    };
    axis(&Point::x);
    axis(&Point::y);
    pan_.applied(all, lost);

    const auto about_middle = [&](Point p) {
        return Point{p.x - fit.zoom * middle_.x, p.y - fit.zoom * middle_.y};
    };
    return {1 + fit.zoom, about_middle(seen.shift), seen.push, about_middle(lost.shift), lost.push};
}

void PictureMotion::forget() {
    pan_.forget();
    jolted_ = false;
}

std::optional<PictureMove> PictureMotion::estimate(std::span<const PictureAnchor> anchors,
                                                   std::span<const CostBox> detections, double dt_s) {
    if (anchors.size() < kPairsMin || detections.size() < kPairsMin) {
        forget();
        return std::nullopt;
    }
    detections_ = detections;
    choose(anchors);
    return refine(start(), dt_s);
}

}  // namespace chairside
