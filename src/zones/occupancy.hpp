#pragma once
// The output of `zones`: for each zone of a camera, who is in it in this frame.

#include <vector>

#include "base/geometry.hpp"
#include "base/ids.hpp"
#include "capture/frame.hpp"

namespace chairside {

// How far outside the border a person is still reported, with a negative depth, in box widths. The events
// stage uses the band for hysteresis: it enters at depth >= 0 and leaves below -kZoneMargin.
inline constexpr double kZoneMargin = 0.25;

struct Occupant {
    TrackId track;
    Box box;           // pixels
    Point anchor;      // the point that was tested (box centre with kOverlap), normalised 0..1
    double depth = 0;  // how far inside the zone's border, in box widths; negative: just outside (within the
                       // margin). With kOverlap: the box's part inside less the part required.
    float score = 0;
    bool coasted = false;
    double age_s = 0;
};

// A detection as it came, whatever the tracker made of it. Somebody who sits half hidden may never become a
// track, and identities jump between the one who sits and the one who stands by; whether a seat is taken
// needs no identity.
struct Sighting {
    Box box;  // pixels
    float score = 0;
    int zone = -1;     // index of the zone it is in or at the margin of
    double depth = 0;  // in it, as Occupant's
};

struct ZoneOccupancy {
    std::vector<Occupant> inside;  // by track, then position
};

struct Occupancy {
    FrameInfo frame;
    std::vector<ZoneOccupancy> zones;  // same order as the camera's ZoneConfigs
    std::vector<Occupant>
        everyone;  // all confirmed people in the picture (anchor: foot), whether in a zone or not
    std::vector<Sighting>
        sightings;  // by position; the tracks that were seen, where no detections were given
    bool any_detection =
        false;  // false: the picture shows nobody at all (maybe a dead detector or an empty shop)
};

}  // namespace chairside
