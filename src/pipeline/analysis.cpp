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

EventChanges Analysis::rezone(std::vector<ZoneConfig> zones, std::vector<IgnoreRegion> ignore,
                              bool ignore_still) {
    ignore_ = IgnoreRegions(std::move(ignore));
    if (!ignore_still)
        still_.reset();
    else if (still_)
        still_->rezone(zones);
    else
        still_.emplace(zones);
    zones_ = ZoneMap(zones);
    occupancy_ = &no_occupancy_;
    return events_.rezone(std::move(zones));
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
