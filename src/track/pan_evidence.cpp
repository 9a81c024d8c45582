#include "track/pan_evidence.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

constexpr std::size_t kPeopleMin = 3;  // the scatter of two says nothing

double square(Point p) {
    return p.x * p.x + p.y * p.y;
}

}  // namespace

void WatchedVelocity::watch(Point velocity, double dt_s, double watch_s) {
    watched_s_ += dt_s;
    const double fade = std::max(1 - std::exp(-dt_s / watch_s), dt_s / watched_s_);
    mean_.x += fade * (velocity.x - mean_.x);
    mean_.y += fade * (velocity.y - mean_.y);
}

void PanEvidence::learn(std::span<const VelocityChange> changes, double dt_s) {
    trust_ = acceleration_ = 0;
    if (changes.size() < kPeopleMin) return;
    double weights = 0, scatter = 0;
    Point mean;
    for (const auto& c : changes) {
        const double w = 1 / (c.h * c.h);
        weights += w;
        mean.x += w * c.change.x;
        mean.y += w * c.change.y;
    }
    mean.x /= weights;
    mean.y /= weights;
    for (const auto& c : changes)
        scatter += square({c.change.x - mean.x, c.change.y - mean.y}) / (c.h * c.h);
    const double n = static_cast<double>(changes.size());
    const double fade = 1 - std::exp(-dt_s / options_.memory_s);
    // in squared heights per second, so that it may be remembered while people come and go
    const double unit2 = weights / n;
    common2_ += fade * (unit2 * square(mean) - common2_);
    by_chance2_ += fade * (scatter / n / (n - 1) - by_chance2_);
    if (!(by_chance2_ > 0)) return;
    const double statistic = common2_ / by_chance2_;
    trust_ = std::clamp((statistic - options_.doubt) / (options_.certain - options_.doubt), 0.0, 1.0);
    acceleration_ = std::sqrt(std::max(0.0, common2_ - by_chance2_) / 2) / options_.watch_s;
}

}  // namespace chairside
