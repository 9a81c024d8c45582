#include "events/walks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chairside {
namespace {

constexpr double kSameWalk = 1.0;  // s: two sightings of one walk
constexpr double kKeep = 240;      // s; longer than gaps are judged (SplitSettings)
constexpr double kAtLarge = 60;    // s; who is on foot that long after a departure is for long
constexpr double kFollowed = 10;   // s; who is on foot that long after an arrival did not sit down
constexpr double kBirth = 1.0;     // s; the first point of a trail is this close to the track's birth
constexpr double kStretch = 0.6;   // s; over which a direction is taken

// The time between two trail points at which the distance passes `limit`.
double crossing(const TrailPoint& a, double da, const TrailPoint& b, double db, double limit) {
    return da == db ? a.t : a.t + std::clamp((limit - da) / (db - da), 0.0, 1.0) * (b.t - a.t);
}

}  // namespace

double distance_in_widths(Point p, const Anchor& anchor) {
    return std::hypot(p.x - anchor.foot.x, p.y - anchor.foot.y) / anchor.w;
}

// Where somebody came from who was first seen near the seat or a little way off, walking away from it: hidden by whoever
// stands there until then.
struct WayBack {
    double t = 0;        // when last at the seat
    double closest = 0;  // seated widths
};
std::optional<WayBack> way_back(const Person& person, const Anchor& anchor, const SeatSettings& settings) {
    const Trail& trail = *person.trail;
    const TrailPoint& first = trail.front();
    if (trail.back().t - person.age_s < first.t - kBirth ||
        distance_in_widths(first.foot, anchor) > settings.hidden_walk)
        return std::nullopt;
    const auto later = std::find_if(trail.begin(), trail.end(),
                                    [&](const TrailPoint& p) { return p.t >= first.t + kStretch; });
    if (later == trail.end()) return std::nullopt;
    const double dt = later->t - first.t;
    const Point v{(later->foot.x - first.foot.x) / dt, (later->foot.y - first.foot.y) / dt};
    const double speed2 = v.x * v.x + v.y * v.y;
    if (speed2 < settings.walk_speed * settings.walk_speed * anchor.w * anchor.w) return std::nullopt;
    const Point off{first.foot.x - anchor.foot.x, first.foot.y - anchor.foot.y};
    const double before = (off.x * v.x + off.y * v.y) / speed2;
    if (before < 0 || before > settings.hidden_walk_s) return std::nullopt;
    const double closest =
        distance_in_widths({first.foot.x - before * v.x, first.foot.y - before * v.y}, anchor);
    return closest < settings.near ? std::optional(WayBack{first.t - before, closest}) : std::nullopt;
}

// Somebody who was coming and is hidden now, where the way leads to the seat.
std::optional<double> extrapolated_arrival(const Person& person, const Anchor& anchor,
                                           const SeatSettings& settings) {
    const Trail& trail = *person.trail;
    if (distance_in_widths(person.foot, anchor) >= settings.near) return std::nullopt;
    const double last = distance_in_widths(trail.back().foot, anchor);
    if (last < settings.near || last > settings.hidden_walk) return std::nullopt;
    const bool came = std::any_of(trail.begin(), trail.end(), [&](const TrailPoint& p) {
        return distance_in_widths(p.foot, anchor) > settings.away;
    });
    return came ? std::optional(trail.back().t + kStretch) : std::nullopt;
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
    const auto hidden = way_back(person, anchor, settings);
    return hidden ? std::optional(hidden->t) : std::nullopt;
}

std::optional<double> arrival_time(const Person& person, const Anchor& anchor, const SeatSettings& settings) {
    if (person.trail == nullptr || person.trail->size() < 2 || anchor.w <= 0) return std::nullopt;
    if (!person.seen) return extrapolated_arrival(person, anchor, settings);
    const Trail& trail = *person.trail;
    if (distance_in_widths(trail.back().foot, anchor) >= settings.near) return std::nullopt;
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

namespace {

// How long the walker takes from near the seat to it, or back, at the speed of the way before or after that.
double last_steps_s(const Trail& trail, double t, bool arrival, const Anchor& anchor,
                    const SeatSettings& settings) {
    std::optional<double> away;
    for (std::size_t i = 1; i < trail.size(); ++i) {
        const TrailPoint &a = trail[i - 1], &b = trail[i];
        const double da = distance_in_widths(a.foot, anchor), db = distance_in_widths(b.foot, anchor);
        if ((da > settings.away) == (db > settings.away)) continue;
        const double at = crossing(a, da, b, db, settings.away);
        if (arrival && at <= t) away = at;
        if (!arrival && at >= t && !away) away = at;
    }
    if (!away) return 0;
    return std::min(kLongestSteps, std::abs(t - *away) * settings.near / (settings.away - settings.near));
}

// How near to the seat somebody comes who was lost on the way and goes on.
Point closest_ahead(const Trail& trail, const Anchor& anchor, const SeatSettings& settings) {
    const TrailPoint& last = trail.back();
    const auto from = std::find_if(trail.begin(), trail.end(),
                                   [&](const TrailPoint& p) { return p.t >= last.t - kStretch - 1e-9; });
    const double dt = last.t - from->t;
    if (dt <= 0) return last.foot;
    const Point v{(last.foot.x - from->foot.x) / dt, (last.foot.y - from->foot.y) / dt};
    const double speed2 = v.x * v.x + v.y * v.y;
    if (speed2 <= 0) return last.foot;
    const double there = ((anchor.foot.x - last.foot.x) * v.x + (anchor.foot.y - last.foot.y) * v.y) / speed2;
    const double ahead = std::clamp(there, 0.0, settings.hidden_walk_s);
    return {last.foot.x + ahead * v.x, last.foot.y + ahead * v.y};
}

Walk walk_of(const Person& person, double t, bool arrival, const Anchor& anchor,
             const SeatSettings& settings) {
    Walk walk;
    walk.t = t;
    walk.edge = t + (arrival ? 1 : -1) * last_steps_s(*person.trail, t, arrival, anchor, settings);
    walk.track = person.track;
    walk.arrival = arrival;
    const double since_birth = t - (person.trail->back().t - person.age_s);
    walk.on_foot_s = arrival ? 0 : since_birth;
    walk.at_large_s = arrival ? since_birth : 0;
    walk.closest = std::numeric_limits<double>::max();
    if (!arrival)
        if (const auto hidden = way_back(person, anchor, settings)) walk.closest = hidden->closest;
    std::vector<double> statures;
    for (const TrailPoint& p : *person.trail) {
        walk.closest = std::min(walk.closest, distance_in_widths(p.foot, anchor));
        if (!std::isnan(p.stature)) statures.push_back(p.stature);
    }
    if (statures.empty()) return walk;
    const auto middle = statures.begin() + static_cast<std::ptrdiff_t>(statures.size() / 2);
    std::nth_element(statures.begin(), middle, statures.end());
    walk.stature = *middle;
    return walk;
}

}  // namespace

void WalkLog::add(Walk walk) {
    for (Walk& known : walks_) {
        if (known.track == walk.track && known.arrival == walk.arrival &&
            std::abs(known.t - walk.t) < kSameWalk) {
            known.closest = std::min(known.closest, walk.closest);
            known.stature = walk.stature;
            known.edge = walk.edge;
            return;
        }
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

void WalkLog::follow(Walk& walk, const View& view) {
    if (!walk.followed) return;
    const auto who = std::find_if(view.walkers.begin(), view.walkers.end(),
                                  [&](const Person& person) { return person.track == walk.track; });
    walk.followed = who != view.walkers.end();
    if (!walk.followed || !who->seen) return;
    const double since = view.t - walk.t;
    if (!walk.arrival) walk.at_large_s = since;
    if (walk.arrival && since < kFollowed) walk.on_foot_s = since;
}

void WalkLog::observe(const View& view, const Anchor& anchor) {
    watched_s_ += std::min(view.dt, 1.0);
    while (!walks_.empty() && walks_.front().t < view.t - kKeep)
        walks_.pop_front();
    for (auto walk = walks_.rbegin(); walk != walks_.rend() && walk->t > view.t - kAtLarge; ++walk)
        follow(*walk, view);
    for (const Person& person : view.walkers)
        find(person, anchor);
}

void WalkLog::find(const Person& person, const Anchor& anchor) {
    if (const auto t = departure_time(person, anchor, settings_))
        add(walk_of(person, *t, false, anchor, settings_));
    if (const auto t = arrival_time(person, anchor, settings_))
        add(walk_of(person, *t, true, anchor, settings_));
}

void WalkLog::look_back(const Trails& trails, double now, const Anchor& anchor) {
    for (const auto& [track, entry] : trails.entries())
        replay(track, entry, now, anchor);
}

// Every trail as long as it was then, as if the seat had been known.
void WalkLog::replay(TrackId track, const Trails::Entry& entry, double now, const Anchor& anchor) {
    Person person;
    person.track = track;
    Trail until;
    for (const TrailPoint& point : entry.trail) {
        until.push_back(point);
        person.foot = point.foot;
        person.trail = &until;
        person.age_s = point.t - entry.born;
        find(person, anchor);
    }
    if (entry.last_seen < now) {  // hidden since, wherever that way led
        person.seen = false;
        person.foot = closest_ahead(until, anchor, settings_);
        find(person, anchor);
    }
    for (Walk& walk : walks_) {
        if (!(walk.track == track)) continue;
        const double since = std::max(0.0, entry.last_seen - walk.t);
        walk.followed = entry.last_seen >= now;
        (walk.arrival ? walk.on_foot_s : walk.at_large_s) = walk.arrival ? std::min(since, kFollowed) : since;
    }
}

std::vector<Walk> WalkLog::walks(bool arrival, double from, double to) const {
    std::vector<Walk> out;
    for (const Walk& walk : walks_)
        if (walk.arrival == arrival && !walk.passed && walk.t >= from && walk.t <= to) out.push_back(walk);
    return out;
}

std::vector<double> WalkLog::times(bool arrival, double from, double to) const {
    std::vector<double> out;
    for (const Walk& walk : walks_)
        if (walk.arrival == arrival && !walk.passed && walk.t >= from && walk.t <= to) out.push_back(walk.t);
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace chairside
