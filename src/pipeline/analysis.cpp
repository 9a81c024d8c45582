#include "pipeline/analysis.hpp"

#include <iterator>
#include <utility>

namespace chairside {
namespace {

void append(EventChanges& to, EventChanges more) {
    std::move(more.events.begin(), more.events.end(), std::back_inserter(to.events));
    std::move(more.sessions.begin(), more.sessions.end(), std::back_inserter(to.sessions));
    to.ended.insert(to.ended.end(), more.ended.begin(), more.ended.end());
}

}  // namespace

Analysis::Analysis(std::string camera, std::vector<ZoneConfig> zones, EventIdSource& ids,
                   std::vector<IgnoreRegion> ignore, bool ignore_still)
    : ignore_(std::move(ignore)), zones_(zones), events_(std::move(camera), std::move(zones), ids) {
    if (ignore_still) still_.emplace(zones_.zones());
}

EventChanges Analysis::step(const Detections& detections) {
    kept_ = detections;
    ignore_.apply(kept_);
    EventChanges changes;
    if (still_)
        for (const Box& thing : still_->apply(kept_))
            append(changes, events_.drop_still(thing));
    tracks_ = &tracker_.update(kept_);
    occupancy_ = &zones_.place(*tracks_, kept_);
    append(changes, events_.update(*occupancy_));
    return changes;
}

}  // namespace chairside
