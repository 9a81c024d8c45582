#include "events/event_tracker.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/locked.hpp"
#include "events/confidence.hpp"
#include "events/feet.hpp"
#include "events/session_engine.hpp"

namespace chairside {
namespace {

constexpr double kNoticeableShift = 0.05;  // s; a start that moved less is the same start
constexpr double kShort = 0.5;             // s; no session counts that is shorter by more at its end
constexpr double kSameThing = 0.15;        // box heights from a still thing's foot
constexpr double kFactConfidence = 0.02;   // of what is surely no service
constexpr Duration kClockSet = std::chrono::seconds(5);
constexpr double kNoticeableDoubt = 0.1;  // of the confidence

}  // namespace

// What was last said of a stay.
struct Told {
    OpenSession session;
    std::optional<Event> event;
};

// A stay that is over and may still change.
struct Closed {
    Event event;
    MonoTime end{};
};

class EventTracker::Impl {
  public:
    Impl(std::string camera, std::vector<ZoneConfig> zones, EventIdSource& ids,
         const EngineSettings& settings)
        : camera_(std::move(camera)), engine_(std::move(zones), settings), ids_(ids) {}

    EventChanges update(const Occupancy& occupancy) {
        if (started_ && occupancy.frame.mono <= mono_) return {};
        begin_at(occupancy.frame.mono);
        mono_ = occupancy.frame.mono;
        wall_ = occupancy.frame.wall;
        engine_.update(occupancy, seconds(mono_));
        note_feet(engine_.view(), feet_);
        width_ = occupancy.frame.width;
        height_ = occupancy.frame.height;
        return changes();
    }

    EventChanges restore(const std::vector<OpenSession>& sessions, MonoTime now) {
        EventChanges out;
        for (const OpenSession& kept : sessions) {
            if (kept.camera != camera_) continue;
            const OpenSession session = not_ahead_of(now, kept);
            begin_at(session.start);
            engine_.reserve(session.session, session.person);
            const auto& zones = engine_.zones();
            const auto zone = std::find_if(zones.begin(), zones.end(), [&](const ZoneConfig& z) {
                return z.name == session.zone && z.type == session.type;
            });
            const bool goes_on = zone != zones.end() && kept.last_seen - now <= zone->grace &&
                                 now - session.last_seen <= zone->grace;
            if (goes_on)
                take_up(session, static_cast<int>(zone - zones.begin()));
            else
                finish_restored(session, out);
        }
        return out;
    }

    EventChanges end(const std::function<bool(const Stay&)>& chosen, EndReason reason) {
        engine_.end(chosen, reason);
        return changes();
    }

    EventChanges rezone(std::vector<ZoneConfig> zones) {
        const auto& before = engine_.zones();
        std::vector<char> gone(before.size());
        for (std::size_t i = 0; i < before.size(); ++i)
            gone[i] = std::none_of(zones.begin(), zones.end(), [&](const ZoneConfig& z) {
                return z.name == before[i].name && z.type == before[i].type;
            });
        EventChanges out =
            end([&](const Stay& stay) { return gone[static_cast<std::size_t>(stay.zone)] != 0; },
                EndReason::kZoneRemoved);
        engine_.rezone(std::move(zones));
        return out;
    }

    int zone_index(const std::string& name) const {
        const auto& zones = engine_.zones();
        for (std::size_t i = 0; i < zones.size(); ++i)
            if (zones[i].name == name) return static_cast<int>(i);
        return -1;
    }

    std::vector<Event> events_of(PersonId person) const {
        std::vector<Event> out;
        for (const auto& [number, closed] : closed_)
            if (closed.event.person == person) out.push_back(closed.event);
        for (const Stay* stay : engine_.open()) {
            const auto told = told_.find(stay->number);
            if (stay->person != person || told == told_.end() || !told->second.event) continue;
            Event event = *told->second.event;
            set_times(event, *stay);
            out.push_back(std::move(event));
        }
        const auto earlier = [](const Event& a, const Event& b) {
            return std::tie(a.start, a.id) < std::tie(b.start, b.id);
        };
        std::sort(out.begin(), out.end(), earlier);
        return out;
    }

    FootMap take_feet() { return std::exchange(feet_, {}); }

    std::vector<OpenSession> open_sessions() const {
        std::vector<OpenSession> out;
        for (const Stay* stay : engine_.open())
            out.push_back(as_session(*stay));
        return out;
    }

    Summary summary() const {
        Summary sum = counted_;
        std::set<PersonId> people;
        for (const Stay* stay : engine_.open()) {
            people.insert(stay->person);
            const auto told = told_.find(stay->number);
            if (told != told_.end() && told->second.event) count(sum, *told->second.event, 1);
        }
        sum.active_people = static_cast<int>(people.size());
        return sum;
    }

  private:
    void begin_at(MonoTime t) {
        if (started_) return;
        started_ = true;
        origin_ = t;
    }
    // The engine counts seconds from the first frame, so that its sums lose nothing to large numbers.
    double seconds(MonoTime t) const { return to_seconds(t - origin_); }
    MonoTime mono_of(double t) const { return origin_ + from_seconds(t); }
    WallTime wall_of(double t) const { return wall_ + (mono_of(t) - mono_); }
    Verdict verdict_of(const Stay& stay) const {
        return judged(stay, engine_.zones()[static_cast<std::size_t>(stay.zone)].counting);
    }
    // What the engine takes for a stay becomes an event, also if it is too unsure to be more than rejected.
    bool worth_telling(const Stay& stay) const {
        return stay.verdict != Verdict::kRejected || verdict_of(stay) != Verdict::kRejected;
    }
    double dwell_of(int zone) const {
        return to_seconds(engine_.zones()[static_cast<std::size_t>(zone)].dwell);
    }

    static void count(Summary& sum, const Event& event, int step) {
        if (event.verdict != Verdict::kCounted) return;
        (event.type == ZoneType::kChair  ? sum.haircuts
         : event.type == ZoneType::kWash ? sum.washes
                                         : sum.waits) += step;
    }

    // The start's wall time is fixed when first told: a later step of the system's clock must not move it. Until it is a service only
    // the store knows it, and the clock of now is the better one: at a boot it may have been 1970.
    void set_times(Event& event, const Stay& stay) const {
        const auto told = told_.find(stay.number);
        const bool known = told != told_.end() &&
                           std::abs(seconds(told->second.session.start) - stay.start) < kNoticeableShift;
        const WallTime by_now = wall_of(stay.start);
        const auto keeps = [&](const Told& t) {
            return t.event || std::chrono::abs(by_now - t.session.start_wall) < kClockSet;
        };
        event.start = known && keeps(told->second) ? told->second.session.start_wall : by_now;
        event.dwell = from_seconds(std::max(0.0, stay.dwell()));
        event.end = event.start + event.dwell;
    }

    OpenSession as_session(const Stay& stay) const {
        const ZoneConfig& zone = engine_.zones()[static_cast<std::size_t>(stay.zone)];
        OpenSession out;
        out.session = stay.number;
        out.camera = camera_;
        out.zone = zone.name;
        out.type = zone.type;
        out.person = stay.person;
        out.start = mono_of(stay.start);
        out.last_seen = mono_of(stay.last);
        Event times;
        set_times(times, stay);
        out.start_wall = times.start;
        out.last_seen_wall = times.end;
        if (width_ > 0 && height_ > 0) out.anchor = {stay.anchor.x / width_, stay.anchor.y / height_};
        const auto told = told_.find(stay.number);
        if (told != told_.end()) {
            if (width_ <= 0) out.anchor = told->second.session.anchor;
            if (told->second.event) {
                out.event = told->second.event->id;
                out.revision = told->second.event->revision;
            }
        }
        out.confidence = stay.confidence;
        return out;
    }

    // What is not counted has one key that says why.
    static void say_why(Event& event) {
        auto& notes = event.metadata;
        if (event.verdict == Verdict::kRejected) notes.try_emplace("rejected", "not sure");
        if (event.verdict != Verdict::kReview) return;
        const auto rejected = notes.find("rejected");
        notes.try_emplace("review", rejected != notes.end() ? rejected->second : "not sure");
        notes.erase("rejected");
    }

    void fill(Event& event, const Stay& stay) const {
        const ZoneConfig& zone = engine_.zones()[static_cast<std::size_t>(stay.zone)];
        event.camera = camera_;
        event.zone = zone.name;
        event.type = zone.type;
        event.person = stay.person;
        event.confidence = stay.confidence;
        event.verdict = verdict_of(stay);
        event.state = stay.closed ? EventState::kClosed : EventState::kOpen;
        event.metadata = stay.closed ? stay.notes : engine_.describe(stay);
        if (is_fact(event.metadata)) event.confidence = std::min(event.confidence, kFactConfidence);
        say_why(event);
        set_times(event, stay);
    }

    // Between two runs the clock was set back: who was seen after now was seen now, and has been there as long.
    static OpenSession not_ahead_of(MonoTime now, OpenSession session) {
        const Duration ahead = std::max(Duration(0), session.last_seen - now);
        session.start -= ahead;
        session.last_seen -= ahead;
        return session;
    }

    void take_up(const OpenSession& session, int zone) {
        Stay stay;
        stay.number = session.session;
        stay.zone = zone;
        stay.person = session.person;
        stay.start = seconds(session.start);
        stay.last = seconds(session.last_seen);
        stay.confirmed = true;
        stay.anchor = session.anchor;  // normalised until the first picture tells its size
        stay.confidence = session.confidence;
        Told& told = told_[session.session];
        told.session = session;
        if (session.event) {
            Event event;
            event.id = *session.event;
            event.revision = session.revision;
            told.event = event;
            fill(*told.event, stay);
        }
        engine_.restore(stay);
    }

    void finish_restored(const OpenSession& session, EventChanges& out) {
        out.ended.push_back(session.session);
        if (!session.event) return;
        Event event;
        event.id = *session.event;
        event.camera = camera_;
        event.zone = session.zone;
        event.type = session.type;
        event.person = session.person;
        event.start = session.start_wall;
        event.dwell = session.last_seen - session.start;
        event.end = event.start + event.dwell;
        event.state = EventState::kClosed;
        event.revision = session.revision + 1;
        event.confidence = session.confidence;
        event.metadata["end"] = to_string(EndReason::kRestart);
        keep(session.session, event, session.last_seen);
        out.events.push_back(std::move(event));
    }

    void keep(std::int64_t stay, const Event& event, MonoTime end) {
        const auto [known, fresh] = closed_.try_emplace(stay);
        if (!fresh) count(counted_, known->second.event, -1);
        known->second = {event, end};
        count(counted_, event, 1);
    }

    void forget() {
        std::erase_if(closed_, [&](const auto& entry) { return mono_ - entry.second.end > kFinalAfter; });
    }

    void finish(Stay stay, EventChanges& out) {
        if (stay.end == EndReason::kNeverMoved) {
            stay.verdict = Verdict::kRejected;
            stay.notes["rejected"] = to_string(EndReason::kNeverMoved);
        }
        auto told = told_.find(stay.number);
        std::optional<Event> event = told != told_.end() ? told->second.event : std::nullopt;
        if (const auto known = closed_.find(stay.number); !event && known != closed_.end())
            event = known->second.event;
        const bool counts = stay.dwell() >= dwell_of(stay.zone) - kShort && worth_telling(stay);
        if (event || counts) {
            const bool fresh = !event;
            if (fresh) event.emplace();
            fill(*event, stay);
            if (fresh)
                event->id = ids_.next(wall_of(stay.last));
            else
                ++event->revision;
            keep(stay.number, *event, mono_of(stay.last));
            out.events.push_back(*event);
        }
        if (told == told_.end()) return;
        out.ended.push_back(stay.number);
        told_.erase(told);
    }

    void tell(const Stay& stay, EventChanges& out) {
        const auto found = told_.find(stay.number);
        const bool fresh = found == told_.end();
        const bool passed = stay.dwell() >= dwell_of(stay.zone) && worth_telling(stay);
        if (!fresh) {
            const Told& old = found->second;
            const bool moved = std::abs(seconds(old.session.start) - stay.start) >= kNoticeableShift ||
                               old.session.person != stay.person;
            const bool rethought =
                old.event && (old.event->verdict != verdict_of(stay) ||
                              std::abs(old.event->confidence - stay.confidence) >= kNoticeableDoubt);
            if (!moved && !rethought && (old.event || !passed)) return;
        }
        OpenSession session = as_session(stay);
        Told& told = told_[stay.number];
        if (told.event || passed) {
            const bool opens = !told.event;
            if (opens) told.event.emplace();
            fill(*told.event, stay);
            if (opens)
                told.event->id = ids_.next(wall_);
            else
                ++told.event->revision;
            session.event = told.event->id;
            session.revision = told.event->revision;
            out.events.push_back(*told.event);
        }
        told.session = session;
        out.sessions.push_back(std::move(session));
    }

    EventChanges changes() {
        EventChanges out;
        for (const Stay& stay : engine_.take_finished())
            finish(stay, out);
        for (const Stay* stay : engine_.open())
            tell(*stay, out);
        forget();
        std::stable_sort(out.events.begin(), out.events.end(), [](const Event& a, const Event& b) {
            return std::tie(a.end, a.zone) < std::tie(b.end, b.zone);
        });
        return out;
    }

    std::string camera_;
    SessionEngine engine_;
    EventIdSource& ids_;
    bool started_ = false;
    MonoTime origin_{}, mono_{};
    WallTime wall_{};
    int width_ = 0, height_ = 0;
    std::map<std::int64_t, Told> told_;      // open stays that were reported, by number
    std::map<std::int64_t, Closed> closed_;  // those that may still change, by number
    Summary counted_;                        // closed events
    FootMap feet_;
};

EventTracker::EventTracker(std::string camera, std::vector<ZoneConfig> zones, EventIdSource& ids,
                           const EngineSettings& settings)
    : impl_(std::make_unique<Locked<Impl>>(std::move(camera), std::move(zones), ids, settings)) {}
EventTracker::~EventTracker() = default;
EventTracker::EventTracker(EventTracker&&) noexcept = default;
EventTracker& EventTracker::operator=(EventTracker&&) noexcept = default;

EventChanges EventTracker::update(const Occupancy& occupancy) {
    return impl_->with([&](Impl& impl) { return impl.update(occupancy); });
}
EventChanges EventTracker::restore(const std::vector<OpenSession>& sessions, MonoTime now) {
    return impl_->with([&](Impl& impl) { return impl.restore(sessions, now); });
}
EventChanges EventTracker::end_all(EndReason reason) {
    return impl_->with([&](Impl& impl) { return impl.end([](const Stay&) { return true; }, reason); });
}
EventChanges EventTracker::end_zone(const std::string& zone, EndReason reason) {
    return impl_->with([&](Impl& impl) {
        return impl.end([index = impl.zone_index(zone)](const Stay& s) { return s.zone == index; }, reason);
    });
}
EventChanges EventTracker::drop_still(const Box& box) {
    const auto there = [&](const Stay& s) {
        return std::hypot(s.anchor.x - box.foot().x, s.anchor.y - box.foot().y) < kSameThing * box.h;
    };
    return impl_->with([&](Impl& impl) { return impl.end(there, EndReason::kNeverMoved); });
}
EventChanges EventTracker::rezone(std::vector<ZoneConfig> zones) {
    return impl_->with([&](Impl& impl) { return impl.rezone(std::move(zones)); });
}
EventChanges EventTracker::end_person(PersonId person, EndReason reason) {
    return impl_->with(
        [&](Impl& impl) { return impl.end([&](const Stay& s) { return s.person == person; }, reason); });
}
std::vector<Event> EventTracker::events_of(PersonId person) const {
    return std::as_const(*impl_).with([&](const Impl& impl) { return impl.events_of(person); });
}
std::vector<OpenSession> EventTracker::open_sessions() const {
    return std::as_const(*impl_).with([](const Impl& impl) { return impl.open_sessions(); });
}
FootMap EventTracker::take_feet() {
    return impl_->with([](Impl& impl) { return impl.take_feet(); });
}
Summary EventTracker::summary() const {
    return std::as_const(*impl_).with([](const Impl& impl) { return impl.summary(); });
}

}  // namespace chairside
