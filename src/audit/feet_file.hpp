#pragma once
// The file of `replay --feet`: where feet were in a recording, with the zones it was replayed with.
// docs/formats/feet.md describes it.

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/zone.hpp"
#include "zones/foot_map.hpp"

namespace chairside {

struct FeetFile {
    std::string camera;
    std::vector<ZoneConfig> zones;  // name, type, polygon, capacity and anchor only
    FootMap feet;
};

std::string feet_as_json(const FeetFile& file);
// Error{kInvalid} says what is wrong; `name` stands before it.
Result<FeetFile> parse_feet(const std::string& json, const std::string& name);

}  // namespace chairside
