#include "events/area_zone.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

constexpr double kVelocityTau = 0.5;   // s
constexpr double kFollowGate = 2.0;    // heights: further than this one id is not one person
constexpr double kConfirmSeen = 0.25;  // s
constexpr double kShort = 0.1;         // of the dwell threshold: the most that frames may lie apart at it

double distance(Point a, Point b) {
    return std::hypot(a.x - b.x, a.y - b.y);
}

struct Pair {
    double cost;
    std::size_t session, person;
    friend bool operator<(const Pair& a, const Pair& b) { return a.cost < b.cost; }
};

}  // namespace

AreaZone::AreaZone(int index, const ZoneConfig& config, const EngineSettings& settings, Patience patience,
                   Registry& registry)
    : index_(index),
      config_(config),
      settings_(settings),
      patience_(patience),
      registry_(registry),
      grace_s_(to_seconds(config.grace)),
      dwell_s_(to_seconds(config.dwell)) {}

bool AreaZone::still(const Session& session) const {
    return session.height <= 0 ||
           std::hypot(session.velocity.x, session.velocity.y) < settings_.area.still_speed * session.height;
}

void AreaZone::see(Session& session, const Person& person, const View& view) {
    session.visible = true;
    const bool inside = person.zone == index_ && person.depth >= -kZoneMargin;
    (person.seen ? session.seen_s : session.predicted_s) += std::min(view.dt, 1.0);
    if (person.seen) {
        const double since = std::max(view.t - session.last_seen, 1e-3);
        if (session.height > 0 && session.stay.track == person.track) {
            const double part = 1 - std::exp(-since / kVelocityTau);
            session.velocity.x += part * ((person.foot.x - session.foot.x) / since - session.velocity.x);
            session.velocity.y += part * ((person.foot.y - session.foot.y) / since - session.velocity.y);
        }
        session.foot = session.stay.anchor = person.foot;
        session.height = person.box.h;
        session.last_seen = view.t;
        if (inside) session.inside_s += std::min(view.dt, 1.0);
        // The margin is for waiting whether somebody comes back; who goes through it was in the zone up to its
        // border.
        if (inside && (patience_ == Patience::kSitters || person.depth >= 0)) session.stay.last = view.t;
        session.still_s = still(session) ? session.still_s + std::min(since, 1.0) : 0;
    }
    session.stay.track = person.track;
    session.was_outside = !inside;
    session.waited_s =
        inside && person.seen ? 0 : session.waited_s + (view.outage ? 0 : std::min(view.dt, 1.0));
}

// Sessions whose track is in the picture; where an id is given twice, the nearest has it.
void AreaZone::follow(const View& view, std::vector<char>& used) {
    std::vector<Pair> pairs;
    for (std::size_t s = 0; s < sessions_.size(); ++s) {
        for (std::size_t p = 0; p < view.people.size(); ++p) {
            const Person& person = view.people[p];
            if (person.track != sessions_[s].stay.track) continue;
            const double height = sessions_[s].height > 0 ? sessions_[s].height : person.box.h;
            const double away = distance(person.foot, sessions_[s].foot) / height;
            if (away < kFollowGate * std::max(1.0, view.t - sessions_[s].last_seen))
                pairs.push_back({away, s, p});
        }
    }
    std::stable_sort(pairs.begin(), pairs.end());
    for (const Pair& pair : pairs) {
        if (sessions_[pair.session].visible || used[pair.person]) continue;
        used[pair.person] = 1;
        see(sessions_[pair.session], view.people[pair.person], view);
    }
}

// Cost below 1: this person, new to the tracker, may be the one that the session lost.
double AreaZone::gate(const Session& session, const Person& person, double t) const {
    const double height = session.height > 0 ? session.height : person.box.h;
    const double gap = t - session.last_seen;
    if (patience_ == Patience::kSitters && config_.capacity == 1)
        return 0.5 * distance(person.foot, session.foot) / (distance(person.foot, session.foot) + height);
    if (person.age_s > settings_.area.newborn_s + 1e-9) return 2;
    double best = 2;
    if (gap < settings_.area.lost_walking_s) {
        const double ahead = std::min(gap, settings_.area.predict_s);
        const Point expected{session.foot.x + session.velocity.x * ahead,
                             session.foot.y + session.velocity.y * ahead};
        best = distance(person.foot, expected) / (settings_.area.gate_heights * (0.5 + 0.5 * gap) * height);
    }
    if (still(session))
        best = std::min(best, distance(person.foot, session.foot) / (settings_.area.still_gate * height));
    return best;
}

void AreaZone::take_over(const View& view, std::vector<char>& used) {
    std::vector<Pair> pairs;
    for (std::size_t s = 0; s < sessions_.size(); ++s) {
        const bool seat = patience_ == Patience::kSitters && config_.capacity == 1;
        if (sessions_[s].visible && !(seat && sessions_[s].was_outside)) continue;
        for (std::size_t p = 0; p < view.people.size(); ++p) {
            const Person& person = view.people[p];
            if (used[p] || !person.seen || person.zone != index_) continue;
            const double cost = gate(sessions_[s], person, view.t);
            if (cost < 1) pairs.push_back({cost, s, p});
        }
    }
    std::stable_sort(pairs.begin(), pairs.end());
    std::vector<char> taken(sessions_.size());
    for (const Pair& pair : pairs) {
        if (taken[pair.session] || used[pair.person]) continue;
        taken[pair.session] = used[pair.person] = 1;
        Session& session = sessions_[pair.session];
        ++session.hand_overs;
        session.predicted_s += std::min(view.t - session.last_seen, settings_.area.lost_walking_s);
        see(session, view.people[pair.person], view);
        registry_.bind(session.stay.track, session.stay.person);
    }
}

void AreaZone::begin(const Person& person, const View& view) {
    Session session;
    session.stay.number = registry_.next_stay();
    session.stay.zone = index_;
    session.stay.person = registry_.person_of(person.track);
    // A track is first reported when it is confirmed; somebody who appeared inside was there before.
    const bool appeared = person.trail != nullptr && person.trail->size() <= 1;
    session.stay.start = session.stay.last = view.t - (appeared ? person.age_s : 0);
    session.stay.verdict = Verdict::kRejected;  // until enough was seen
    session.foot = person.foot;
    session.last_seen = view.t;
    see(session, person, view);
    sessions_.push_back(std::move(session));
}

void AreaZone::update(const View& view) {
    frame_s_ = view.typical_dt;
    for (Session& session : sessions_) {
        session.visible = false;
        if (!session.placed) {
            session.foot = session.stay.anchor = {session.foot.x * view.width, session.foot.y * view.height};
            session.placed = true;
        }
    }
    std::vector<char> used(view.people.size());
    follow(view, used);
    take_over(view, used);
    const bool seat = patience_ == Patience::kSitters;
    for (std::size_t p = 0; p < view.people.size(); ++p) {
        const Person& person = view.people[p];
        if (used[p] || !person.seen || person.zone != index_ || person.depth < 0) continue;
        if (seat &&
            sessions_.size() >= static_cast<std::size_t>(config_.capacity == 1 ? 1 : 4 * config_.capacity))
            continue;
        begin(person, view);
    }
    for (Session& session : sessions_) {
        if (!session.visible && !view.outage) session.waited_s += std::min(view.dt, 1.0);
        session.stay.confirmed = session.stay.confirmed || session.seen_s >= kConfirmSeen;
        if (over(session))
            close(session, session.was_outside ? EndReason::kLeft : EndReason::kGrace);
        else if (enough_seen(session))
            session.stay.verdict = Verdict::kCounted;
        session.stay.confidence = area_confidence(evidence(session));
    }
    std::erase_if(sessions_, [](const Session& s) { return s.stay.closed; });
}

bool AreaZone::over(const Session& session) const {
    if (patience_ == Patience::kSitters) return session.waited_s > grace_s_;
    if (session.was_outside) return session.waited_s > std::min(grace_s_, settings_.area.leave_s);
    // Who stood for a moment is not awaited as long as who stood for minutes.
    return session.waited_s > std::min(grace_s_, settings_.area.lost_walking_s + session.still_s);
}

AreaEvidence AreaZone::evidence(const Session& session) const {
    const double watched = session.seen_s + session.predicted_s;
    return {session.stay.dwell(),
            dwell_s_,
            watched > 0 ? session.seen_s / watched : 1,
            session.hand_overs,
            enough_seen(session),
            !session.stay.closed};
}

// A seat that others pass all the time is not taken.
bool AreaZone::enough_seen(const Session& session) const {
    if (patience_ == Patience::kSitters)
        return session.restored || session.inside_s >= settings_.area.sitter_share * session.stay.dwell();
    return session.seen_s >= settings_.area.seen_share * (session.seen_s + session.predicted_s);
}

void AreaZone::close(Session& session, EndReason reason) {
    session.stay.closed = true;
    if (!session.stay.confirmed) return;
    session.stay.end = reason;
    session.stay.confidence = area_confidence(evidence(session));
    session.stay.notes = describe(session.stay);
    session.stay.notes["end"] = to_string(reason);
    session.stay.verdict = Verdict::kCounted;
    if (!enough_seen(session)) {
        session.stay.verdict = Verdict::kRejected;
        session.stay.notes["rejected"] = "hardly seen";
    }
    if (session.stay.dwell() < dwell_s_ - std::min(frame_s_, kShort * dwell_s_)) {
        session.stay.verdict = Verdict::kRejected;
        session.stay.notes["rejected"] = "short";
    }
    finish(session.stay);
}

std::vector<const Stay*> AreaZone::open() const {
    std::vector<const Stay*> out;
    for (const Session& session : sessions_)
        if (session.stay.confirmed) out.push_back(&session.stay);
    return out;
}

Notes AreaZone::describe(const Stay& stay) const {
    Notes notes;
    for (const Session& session : sessions_) {
        if (session.stay.number != stay.number) continue;
        notes = area_notes(evidence(session));
    }
    return notes;
}

void AreaZone::end(const std::function<bool(const Stay&)>& chosen, EndReason reason) {
    for (Session& session : sessions_)
        if (chosen(session.stay)) close(session, reason);
    std::erase_if(sessions_, [](const Session& s) { return s.stay.closed; });
}

void AreaZone::restore(const Stay& stay) {
    Session session;
    session.stay = stay;
    session.foot = stay.anchor;
    session.placed = false;
    session.restored = true;
    session.last_seen = stay.last;
    session.seen_s = kConfirmSeen;
    sessions_.push_back(std::move(session));
}

void AreaZone::adopt(std::int64_t number, const Stay& known) {
    for (Session& session : sessions_) {
        if (session.stay.number != number) continue;
        session.stay.number = known.number;
        session.stay.person = known.person;
    }
}

void AreaZone::set_zone(int index, const ZoneConfig& config) {
    index_ = index;
    config_ = config;
    grace_s_ = to_seconds(config.grace);
    dwell_s_ = to_seconds(config.dwell);
    for (Session& session : sessions_)
        session.stay.zone = index;
}

}  // namespace chairside
