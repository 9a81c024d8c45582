#pragma once
// A scene file (JSON) for offline replays: the picture's size and rate, zones in pixels, dwell thresholds.
//   {"fps": 5, "width": 1280, "height": 720, "zones": [{"name", "type", "polygon": [[x, y], …], "capacity",
//    "grace_s"?, "anchor"?, "dwell_s"?}], "dwell_s": {"chair": 120, "wash": 60, "wait": 30},
//    "ignore"?: [{"name", "polygon"}]}

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/zone.hpp"

namespace chairside {

struct Scene {
    double fps = 0;
    int width = 0, height = 0;      // pixels
    std::vector<ZoneConfig> zones;  // polygons normalised, as everywhere else
    std::vector<IgnoreRegion> ignore;
};

// Errors name the file and the member ("zones[2].polygon: …").
Result<Scene> load_scene(const std::filesystem::path& file);
Result<Scene> parse_scene(const std::string& json, const std::string& name);

}  // namespace chairside
