#pragma once
// What a zone is: shared by the configuration, scene files and every stage from `zones` on.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/geometry.hpp"
#include "base/time.hpp"

namespace chairside {

enum class ZoneType { kChair, kWash, kWait };  // counted as haircut, wash, wait
inline constexpr int kZoneTypes = 3;

const char* to_string(ZoneType type);                            // "CHAIR", "WASH", "WAIT"
const char* service_name(ZoneType type);                         // "haircut", "wash", "wait"
std::optional<ZoneType> parse_zone_type(std::string_view text);  // any case

// Which part of a person's box decides whether the person is in the zone.
enum class ZoneAnchor { kFoot, kCenter, kOverlap };
const char* to_string(ZoneAnchor anchor);  // "foot", "center", "overlap"
std::optional<ZoneAnchor> parse_zone_anchor(std::string_view text);

// How sure an event must be to count, and to be shown to a person at least; confidences, 0..1. Below the second
// it is rejected. docs/decisions/0206-confidence.md says why these.
struct CountingLimits {
    double count_from = 0.5;
    double review_from = 0.2;  // not above count_from
    friend bool operator==(const CountingLimits&, const CountingLimits&) = default;
};

// A part of the picture in which people are none: a mirror, a poster, the street behind a window.
struct IgnoreRegion {
    std::string name;
    Polygon polygon;  // normalised
    friend bool operator==(const IgnoreRegion&, const IgnoreRegion&) = default;
};

struct ZoneConfig {
    std::string name;  // unique within the branch
    ZoneType type = ZoneType::kChair;
    Polygon polygon;   // normalised, 0..1 of the picture
    int capacity = 1;  // people it can hold at once
    ZoneAnchor anchor = ZoneAnchor::kFoot;
    double overlap = 0.5;  // with kOverlap: part of the box that must lie inside
    Duration dwell{};      // a stay at least this long counts as a service
    Duration grace{};      // nobody seen for this long ends the session
    CountingLimits counting;
    friend bool operator==(const ZoneConfig&, const ZoneConfig&) = default;
};

// Defaults by type; all may be set in the configuration.
Duration default_dwell(ZoneType type);  // 120, 60, 30 s
Duration default_grace(ZoneType type);  // 40, 40, 15 s

}  // namespace chairside
