#include "pipeline/analysis.hpp"

namespace chairside {

Analysis::Analysis(std::string camera, std::vector<ZoneConfig> zones, EventIdSource& ids)
    : zones_(zones), events_(std::move(camera), std::move(zones), ids) {}

EventChanges Analysis::step(const Detections& detections) {
    tracks_ = &tracker_.update(detections);
    occupancy_ = &zones_.place(*tracks_, detections);
    return events_.update(*occupancy_);
}

}  // namespace chairside
