#include "pipeline/analysis.hpp"

namespace chairside {

Analysis::Analysis(std::string camera, std::vector<ZoneConfig> zones, EventIdSource& ids,
                   std::vector<IgnoreRegion> ignore)
    : ignore_(std::move(ignore)), zones_(zones), events_(std::move(camera), std::move(zones), ids) {}

EventChanges Analysis::step(const Detections& detections) {
    kept_ = detections;
    ignore_.apply(kept_);
    tracks_ = &tracker_.update(kept_);
    occupancy_ = &zones_.place(*tracks_, kept_);
    return events_.update(*occupancy_);
}

}  // namespace chairside
