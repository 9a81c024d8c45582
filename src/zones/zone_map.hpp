#pragma once
// Places tracks in zones. Pure geometry.

#include <vector>

#include "config/zone.hpp"
#include "track/track.hpp"
#include "zones/occupancy.hpp"

namespace chairside {

// Threads: one. A person is in at most one zone at a time: where zones overlap, in the one whose centroid is
// nearest.
class ZoneMap {
  public:
    explicit ZoneMap(std::vector<ZoneConfig> zones);
    const Occupancy& place(const Tracks& tracks);  // valid until the next call
    const std::vector<ZoneConfig>& zones() const { return zones_; }

  private:
    std::vector<ZoneConfig> zones_;
    Occupancy out_;
};

}  // namespace chairside
