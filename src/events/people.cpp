#include "events/people.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace chairside {
namespace {

constexpr double kTrailInterval = 0.08;  // s; denser points would tell nothing more
constexpr double kTeachInterval = 0.2;   // s; of one track
constexpr double kSameBox = 0.5;         // IoU of a track and its detection
constexpr double kBorder = 0.005;        // of the picture's width
constexpr double kForgetAfter = 10;      // s
// Times as far in twice the time: where steps look short, towards the camera or from above.
constexpr double kSlowly = 1.2;

Posture judge(const PostureModel& posture, const Box& box, const View& view) {
    const bool cut_at_side = box.x < kBorder * view.width || box.right() > (1 - kBorder) * view.width;
    return posture.judge(box, view.height, cut_at_side);
}

double distance(Point a, Point b) {
    return std::hypot(a.x - b.x, a.y - b.y);
}

Point at(const Trail& trail, double t) {
    const auto after = std::lower_bound(trail.begin(), trail.end(), t,
                                        [](const TrailPoint& p, double x) { return p.t < x; });
    if (after == trail.begin()) return trail.front().foot;
    if (after == trail.end()) return trail.back().foot;
    const auto before = std::prev(after);
    const double part = (t - before->t) / (after->t - before->t);
    return {before->foot.x + part * (after->foot.x - before->foot.x),
            before->foot.y + part * (after->foot.y - before->foot.y)};
}

// The foot went one way, at an even pace, for `window_s`.
bool went_evenly(const Trail& trail, double window_s, int parts, double distance_least, double evenness) {
    const double now = trail.back().t, start = now - window_s;
    if (trail.front().t > start + 0.25 * window_s) return false;
    const double from = std::max(start, trail.front().t);
    const Point a = at(trail, from), b = trail.back().foot;
    const double moved = distance(a, b);
    if (moved < distance_least) return false;
    for (int i = 1; i < parts; ++i) {
        const double part = static_cast<double>(i) / parts;
        const Point p = at(trail, from + part * (now - from));
        const double along = ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / (moved * moved);
        const double margin = 2 * evenness * std::min(part, 1 - part);
        if (along <= margin || along >= 1 - margin) return false;
    }
    return true;
}

}  // namespace

bool is_walking(const Trail& trail, double height, const PostureSettings& settings) {
    if (trail.size() < 3) return false;
    const double least = settings.walk_distance * height;
    return went_evenly(trail, settings.walk_window_s, 2, least, settings.walk_evenness) ||
           went_evenly(trail, 2 * settings.walk_window_s, 4, kSlowly * least, settings.walk_evenness);
}

Trails::Entry* Trails::note(Person& person, double t, double keep_s) {
    Entry& entry = entries_[person.track];
    if (entry.last_seen == t && !entry.trail.empty()) return nullptr;
    entry.born = t - person.age_s;
    if (person.seen) {
        entry.last_seen = t;
        if (entry.trail.empty() || t - entry.trail.back().t >= kTrailInterval)
            entry.trail.push_back({t, person.foot, person.seated, person.stature});
        const auto old = [&](const TrailPoint& p) { return p.t < t - keep_s; };
        entry.trail.erase(entry.trail.begin(), std::find_if_not(entry.trail.begin(), entry.trail.end(), old));
    }
    person.trail = &entry.trail;
    return &entry;
}

void Trails::begin(TrackId track, const TrailPoint& first) {
    entries_[track].trail.push_back(first);
}

void Trails::forget(double t) {
    std::erase_if(entries_, [&](const auto& entry) { return entry.second.last_seen < t - kForgetAfter; });
}

// Eager: a walk past a seat lasts few frames, and a wrong link costs little.
TrackerOptions walker_options() {
    TrackerOptions options;
    options.score_min = 0.2;
    options.score_high = 0.4;
    options.confirm_score = 0.2;  // at once
    options.tentative_unseen_s = 0.45;
    options.lost_s = options.coast_s = 1.5;
    return options;
}

People::People(const EngineSettings& settings)
    : settings_(settings), posture_(settings.posture), walkers_(walker_options()) {}

void People::learn_from(Person& person, float score) {
    const Posture posture = judge(posture_, person.box, view_);
    person.seated = posture.seated;
    person.standing = posture.standing;
    Trails::Entry* entry = trails_.note(person, view_.t, settings_.seat.trail_s);
    if (entry == nullptr) return;
    person.walking = person.seen && is_walking(entry->trail, person.box.h, settings_.posture);
    if (!person.walking || score < settings_.posture.min_score ||
        view_.t - entry->last_taught < kTeachInterval - 1e-6)
        return;
    posture_.learn(person.box, view_.height, person.track);
    entry->last_taught = view_.t;
}

void People::judge_figures(const Occupancy& occupancy) {
    view_.figures.clear();
    for (const Sighting& sighting : occupancy.sightings) {
        const Posture posture = judge(posture_, sighting.box, view_);
        Figure figure{sighting.box, sighting.box.foot(), posture.seated, posture.standing,
                      {},           sighting.zone,       sighting.depth};
        double best = kSameBox;
        for (const Person& person : view_.people) {
            const double overlap = iou(person.box, sighting.box);
            if (overlap > best) best = overlap, figure.track = person.track;
        }
        view_.figures.push_back(figure);
    }
}

void People::follow_walkers(const Occupancy& occupancy) {
    standing_.frame = occupancy.frame;
    standing_.people.clear();
    for (std::size_t i = 0; i < view_.figures.size(); ++i)
        if (view_.figures[i].standing)
            standing_.people.push_back({view_.figures[i].box, occupancy.sightings[i].score});
    view_.walkers.clear();
    for (const Track& track : walkers_.update(standing_).people) {
        Person person;
        person.seen = !track.coasted;
        person.track = track.id;
        person.box = track.box;
        person.foot = track.box.foot();
        person.standing = true;
        person.age_s = track.age_s;
        person.stature = posture_.stature(track.box, view_.height);
        if (track.age_s > 0 && !walker_trails_.entries().contains(track.id))
            walker_trails_.begin(track.id, {view_.t - track.age_s, track.first.foot(), false,
                                            posture_.stature(track.first, view_.height)});
        walker_trails_.note(person, view_.t, settings_.seat.trail_s);
        view_.walkers.push_back(person);
    }
}

void People::add_people(const Occupancy& occupancy) {
    view_.people.clear();
    for (const Occupant& who : occupancy.everyone) {
        Person person;
        person.track = who.track;
        person.box = who.box;
        person.foot = who.box.foot();
        person.seen = !who.coasted;
        person.age_s = who.age_s;
        view_.people.push_back(person);
    }
    for (std::size_t z = 0; z < occupancy.zones.size(); ++z) {
        for (const Occupant& who : occupancy.zones[z].inside) {
            for (Person& person : view_.people) {
                if (person.track != who.track || !(person.box == who.box)) continue;
                person.zone = static_cast<int>(z);
                person.depth = who.depth;
            }
        }
    }
    for (std::size_t i = 0; i < view_.people.size(); ++i)
        learn_from(view_.people[i], occupancy.everyone[i].score);
}

const View& People::update(const Occupancy& occupancy, double t) {
    view_.dt = first_ ? 0 : t - view_.t;
    if (first_) last_anybody_ = t;
    view_.typical_dt =
        view_.typical_dt == 0 ? view_.dt : view_.typical_dt * (view_.dt > view_.typical_dt ? 1.02 : 0.98);
    first_ = false;
    view_.t = t;
    view_.width = occupancy.frame.width;
    view_.height = occupancy.frame.height;
    view_.posture = &posture_;
    view_.walker_trails = &walker_trails_;
    if (occupancy.any_detection) last_anybody_ = t;
    const double nobody_s = t - last_anybody_;
    view_.outage = nobody_s > settings_.seat.outage_s && nobody_s < settings_.seat.outage_longest_s;
    add_people(occupancy);
    judge_figures(occupancy);
    follow_walkers(occupancy);
    trails_.forget(t);
    walker_trails_.forget(t);
    return view_;
}

}  // namespace chairside
