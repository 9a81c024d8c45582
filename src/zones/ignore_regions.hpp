#pragma once
// Regions of the picture in which people are none: mirrors, posters, the street behind a window. Pure geometry.

#include <vector>

#include "config/zone.hpp"
#include "detect/detection.hpp"

namespace chairside {

// A box is ignored if its foot is in a region; or if most of it is and its foot ends at the region's edge, as a
// reflection that the frame cuts off does. Somebody who stands or sits before a mirror has the feet well below it
// and stays. Threads: one.
class IgnoreRegions {
  public:
    explicit IgnoreRegions(std::vector<IgnoreRegion> regions) : regions_(std::move(regions)) {}
    // The box in pixels of a picture of this size, pixels.
    bool ignored(const Box& box, int width, int height) const;
    void apply(Detections& detections) const;
    bool empty() const { return regions_.empty(); }

    static constexpr double kMost = 0.6;        // part of the box
    static constexpr double kFootMargin = 0.1;  // box heights

  private:
    std::vector<IgnoreRegion> regions_;
};

}  // namespace chairside
