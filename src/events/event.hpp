#pragma once
// The output of `events`: a counted service. A session is one person's stay in a zone; once it lasted the
// zone's dwell time it is an event: CHAIR = haircut, WASH = wash, WAIT = wait.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "config/zone.hpp"

namespace chairside {

enum class EventState { kOpen, kClosed };  // open: counted, still going on; closed: end and dwell are final
const char* to_string(EventState state);   // "open", "closed"
std::optional<EventState> parse_event_state(std::string_view text);

// What we make of it. Only `counted` is a service in sums and reports; the others are kept with their reason.
// An event may move between the three with a new revision, also when it turns out later that it was none.
enum class Verdict {
    kCounted,
    kReview,    // probably not a service, or not decided yet: for a person to look at
    kRejected,  // not a service: metadata "rejected" says why ("short", "unattended", "not seated", …)
};
const char* to_string(Verdict verdict);  // "counted", "review", "rejected"
std::optional<Verdict> parse_verdict(std::string_view text);

// An event that ended this long ago is never told again: until then a later finding (nobody serves whoever sits there,
// the same client came back) may still change it.
inline constexpr Duration kFinalAfter = std::chrono::hours(4);

struct Event {
    EventId id;  // made once, when the session is counted
    std::string camera, zone;
    ZoneType type = ZoneType::kChair;
    PersonId person;
    WallTime start{}, end{};  // end: last time seen so far while open
    Duration dwell{};         // measured on the mono clock
    EventState state = EventState::kOpen;
    int revision = 1;       // 1 when opened; grows with each change; never goes back
    double confidence = 1;  // 0..1: how sure we are that this is one service, and one only
    std::map<std::string, std::string> metadata;  // reasons and numbers, e.g. {"end": "grace"}; sorted keys
    Verdict verdict = Verdict::kCounted;
    std::optional<EventId> visit{};    // named by its first event; none: not linked yet, or rejected
    std::optional<EventId> part_of{};  // the service that this stay goes on with: it is not counted again
};

// A session that is not over, counted or not. Stored, so that it can be taken up again after a restart.
// One of the services that sums count: not a part of another one.
inline bool is_service(const Event& event) {
    return event.verdict == Verdict::kCounted && !event.part_of;
}

struct OpenSession {
    std::int64_t session =
        0;  // unique per camera; the engine continues numbering after the largest it restores
    std::string camera, zone;
    ZoneType type = ZoneType::kChair;
    PersonId person;
    MonoTime start{}, last_seen{};
    WallTime start_wall{}, last_seen_wall{};
    Point anchor;                  // where the person was last, normalised
    std::optional<EventId> event;  // set once counted
    int revision = 0;
    double confidence = 1;
};

struct Summary {
    int active_people = 0;  // with an open session now
    int haircuts = 0, washes = 0,
        waits = 0;  // counted since start (of the day, when read from the store); verdict counted only
    friend bool operator==(const Summary&, const Summary&) = default;
};

}  // namespace chairside
