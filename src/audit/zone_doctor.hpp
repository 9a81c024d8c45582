#pragma once
// The zones' doctor: from where people's feet were, what is wrong with each zone of a camera and which polygon would
// fit. docs/decisions/0207-zones-doctor.md says how and how well. Pure.

#include <string>
#include <vector>

#include "config/zone.hpp"
#include "zones/foot_map.hpp"

namespace chairside {

struct ZoneFinding {
    enum class Kind { kMissesFeet, kOverlaps, kStaffTraffic, kNeverUsed, kAtEdge, kTooSmall };
    Kind kind = Kind::kMissesFeet;
    bool problem = true;  // false: worth knowing, nothing needs to be done
    double share = 0;     // 0..1 of what the text names
    std::string other;    // kOverlaps: the other zone
    std::string text;     // a sentence without a full stop
};
const char* to_string(ZoneFinding::Kind kind);  // "misses_feet", "overlaps", …

struct ZoneExam {
    ZoneConfig zone;
    double inside_s = 0;   // of people who sit (in areas: who do not walk), within the polygon …
    double outside_s = 0;  // … and of the same places, outside it and outside all other zones
    double standing_s = 0, walking_s = 0;  // within the polygon
    std::vector<ZoneFinding> findings;
    Polygon suggestion;          // normalised, 4-8 corners, convex; empty: none
    std::string why_none;        // a sentence, where there is none
    double suggestion_held = 0;  // share of the feet of its people that the suggestion holds
    bool has_problem() const;
};

struct CameraExam {
    std::string camera;
    double watched_s = 0, seated_s = 0;
    std::string too_little;       // not empty: why nothing can be said yet; then `zones` have no findings
    std::vector<ZoneExam> zones;  // in the order given
};

CameraExam examine_zones(const std::string& camera, const std::vector<ZoneConfig>& zones,
                         const FootMap& feet);

}  // namespace chairside
