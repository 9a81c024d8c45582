#pragma once
// Analysis: the pure part of one camera's flow, ignored regions and things -> track -> zones -> events, as one step. The service and the
// offline replay run exactly this.

#include <optional>
#include <string>
#include <vector>

#include "events/event_tracker.hpp"
#include "track/tracker.hpp"
#include "zones/ignore_regions.hpp"
#include "zones/still_things.hpp"
#include "zones/zone_map.hpp"

namespace chairside {

// Threads: step() from one; events() from any (it is thread-safe itself). ids must outlive it.
class Analysis {
  public:
    Analysis(std::string camera, std::vector<ZoneConfig> zones, EventIdSource& ids,
             std::vector<IgnoreRegion> ignore = {}, bool ignore_still = true);

    EventChanges step(const Detections& detections);
    // Between two steps: other zones, thresholds and ignored regions. Who is tracked and whose session goes on stays
    // (EventTracker::rezone).
    EventChanges rezone(std::vector<ZoneConfig> zones, std::vector<IgnoreRegion> ignore, bool ignore_still);

    EventTracker& events() { return events_; }
    const EventTracker& events() const { return events_; }
    // People-shaped things that never move, of which this camera knows.
    int still_things() const { return still_ ? still_->learned() : 0; }
    // Of the last step; valid until the next.
    const Tracks& tracks() const { return *tracks_; }
    const Occupancy& occupancy() const { return *occupancy_; }

  private:
    IgnoreRegions ignore_;
    std::optional<StillThings> still_;
    Detections kept_;  // of the last step
    Tracker tracker_;
    ZoneMap zones_;
    EventTracker events_;
    Tracks no_tracks_;
    Occupancy no_occupancy_;
    const Tracks* tracks_ = &no_tracks_;
    const Occupancy* occupancy_ = &no_occupancy_;
};

}  // namespace chairside
