#include "events/walks.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

constexpr double kSameWalk = 1.0;  // s: two sightings of one walk
constexpr double kKeep = 180;      // s

// The time between two trail points at which the distance passes `limit`.
double crossing(const TrailPoint& a, double da, const TrailPoint& b, double db, double limit) {
    return da == db ? a.t : a.t + std::clamp((limit - da) / (db - da), 0.0, 1.0) * (b.t - a.t);
}

}  // namespace

double distance_in_widths(Point p, const Anchor& anchor) {
    return std::hypot(p.x - anchor.foot.x, p.y - anchor.foot.y) / anchor.w;
}

std::optional<double> departure_time(const Person& person, const Anchor& anchor,
                                     const SeatSettings& settings) {
    if (person.trail == nullptr || !person.seen || person.seated || anchor.w <= 0) return std::nullopt;
    const Trail& trail = *person.trail;
    if (trail.size() < 2) return std::nullopt;
    const double now = distance_in_widths(trail.back().foot, anchor);
    if (now < settings.away || now > settings.far) return std::nullopt;
    double d_after = now;
    for (std::size_t i = trail.size() - 1; i-- > 0;) {
        const double d = distance_in_widths(trail[i].foot, anchor);
        if (d < settings.near) return crossing(trail[i], d, trail[i + 1], d_after, settings.near);
        d_after = d;
    }
    return std::nullopt;
}

std::optional<double> arrival_time(const Person& person, const Anchor& anchor, const SeatSettings& settings) {
    if (person.trail == nullptr || !person.seen || anchor.w <= 0) return std::nullopt;
    const Trail& trail = *person.trail;
    if (trail.size() < 2 || distance_in_widths(trail.back().foot, anchor) >= settings.near)
        return std::nullopt;
    std::optional<double> came;
    double d_after = distance_in_widths(trail.back().foot, anchor);
    for (std::size_t i = trail.size() - 1; i-- > 0;) {
        const double d = distance_in_widths(trail[i].foot, anchor);
        if (!came && d >= settings.near) came = crossing(trail[i], d, trail[i + 1], d_after, settings.near);
        if (came && d > settings.away && !trail[i].seated) return came;
        d_after = d;
    }
    return std::nullopt;
}

void WalkLog::add(Walk walk) {
    for (const Walk& known : walks_) {
        if (known.track == walk.track && known.arrival == walk.arrival &&
            std::abs(known.t - walk.t) < kSameWalk)
            return;
    }
    if (!walk.arrival) {
        const auto came = std::find_if(walks_.begin(), walks_.end(), [&](const Walk& w) {
            return w.arrival && !w.passed && w.track == walk.track && w.t <= walk.t &&
                   walk.t - w.t < settings_.passer_s;
        });
        walk.passed = came != walks_.end();
        if (walk.passed) came->passed = true, arrivals_ -= 1;
    }
    walks_.push_back(walk);
    if (!walk.passed) (walk.arrival ? arrivals_ : departures_) += 1;
}

void WalkLog::observe(const View& view, const Anchor& anchor) {
    watched_s_ += std::min(view.dt, 1.0);
    while (!walks_.empty() && walks_.front().t < view.t - kKeep)
        walks_.pop_front();
    for (const Person& person : view.walkers) {
        if (const auto t = departure_time(person, anchor, settings_)) add({*t, person.track, false});
        if (const auto t = arrival_time(person, anchor, settings_)) add({*t, person.track, true});
    }
}

void WalkLog::look_back(const View& view, const Anchor& anchor) {
    for (const Person& person : view.walkers)
        if (const auto t = arrival_time(person, anchor, settings_)) add({*t, person.track, true});
}

std::vector<double> WalkLog::times(bool arrival, double from, double to) const {
    std::vector<double> out;
    for (const Walk& walk : walks_)
        if (walk.arrival == arrival && !walk.passed && walk.t >= from && walk.t <= to) out.push_back(walk.t);
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace chairside
