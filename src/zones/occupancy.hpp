#pragma once
// The output of `zones`: for each zone of a camera, who is in it in this frame.

#include <vector>

#include "base/geometry.hpp"
#include "base/ids.hpp"
#include "capture/frame.hpp"

namespace chairside {

struct Occupant {
    TrackId track;
    Box box;       // pixels
    Point anchor;  // the point that was tested, normalised 0..1
    double depth =
        0;  // how far inside the zone's border, in box widths; negative: just outside (within the margin)
    float score = 0;
    bool coasted = false;
    double age_s = 0;
};

struct ZoneOccupancy {
    std::vector<Occupant> inside;
};

struct Occupancy {
    FrameInfo frame;
    std::vector<ZoneOccupancy> zones;  // same order as the camera's ZoneConfigs
    std::vector<Occupant>
        everyone;  // all confirmed people in the picture (anchor: foot), whether in a zone or not
    bool any_detection =
        false;  // false: the picture shows nobody at all (maybe a dead detector or an empty shop)
};

}  // namespace chairside
