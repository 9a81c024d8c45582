#pragma once
// EventTracker: sessions and services of one camera. Safe to call from several threads; pure inside
// (SessionEngine).

#include <memory>
#include <string>
#include <vector>

#include "base/locked.hpp"
#include "events/event.hpp"
#include "events/settings.hpp"
#include "zones/foot_map.hpp"
#include "zones/occupancy.hpp"

namespace chairside {

// What changed with one call. Both lists are in order of time, then zone.
struct EventChanges {
    std::vector<Event> events;  // opened or closed: to be stored
    std::vector<OpenSession>
        sessions;  // began or changed noticeably (start, person, counted): to be stored as open
    std::vector<std::int64_t> ended;  // sessions that are over, counted or not
};

// Why a session ended; goes into the event's metadata as "end".
enum class EndReason {
    kLeft,
    kGrace,
    kStopped,
    kRestart,
    kEndOfStream,
    kByRequest,
    kNeverMoved,
    kZoneRemoved,
    kCameraRemoved,
};
const char* to_string(EndReason reason);

// Threads: any. Failure: none; frames that are not later than the last one are ignored.
class EventTracker {
  public:
    // ids must outlive the tracker.
    EventTracker(std::string camera, std::vector<ZoneConfig> zones, EventIdSource& ids,
                 const EngineSettings& settings = {});
    ~EventTracker();
    EventTracker(EventTracker&&) noexcept;
    EventTracker& operator=(EventTracker&&) noexcept;

    EventChanges update(const Occupancy& occupancy);

    // Takes up sessions of an earlier run: those last seen within their zone's grace of `now` go on, the
    // others are closed at the time they were last seen. Call before the first update().
    EventChanges restore(const std::vector<OpenSession>& sessions, MonoTime now);

    // Ends sessions now, at the time they were last seen.
    EventChanges end_all(EndReason reason);
    EventChanges end_zone(const std::string& zone, EndReason reason = EndReason::kByRequest);
    // The box (pixels) shows no person but a thing: whoever was taken for one there is rejected.
    EventChanges drop_still(const Box& box);
    // Other zones, from the next frame on. Sessions go on where a zone of this name and type is still there, under the
    // new thresholds; the others end at the time they were last seen.
    EventChanges rezone(std::vector<ZoneConfig> zones);
    EventChanges end_person(PersonId person, EndReason reason = EndReason::kByRequest);

    std::vector<Event> events_of(PersonId person)
        const;  // those that may still change (kFinalAfter), the open one with its dwell so far
    std::vector<OpenSession> open_sessions() const;  // as of the last update
    Summary summary() const;                         // of this run
    // Where feet were since the last call; gives it away and begins anew.
    FootMap take_feet();

  private:
    class Impl;
    std::unique_ptr<Locked<Impl>> impl_;
};

}  // namespace chairside
