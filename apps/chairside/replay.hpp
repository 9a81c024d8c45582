#pragma once
// Offline replay: a video or recorded detections through the same stages as the service. Deterministic: the
// same input gives the same bytes.

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "config/config.hpp"

namespace chairside {

struct ReplayOptions {
    std::string video, detections;  // exactly one
    std::string scene;
    std::string events_csv;     // counted services, closed at the end
    std::string tracks_txt;     // empty: none. MOT rows
    std::string feet_json;      // empty: none. Where feet were, for `zones doctor`
    std::string annotated;      // empty: none. Needs a video
    bool all_verdicts = false;  // also what was put to review or rejected, with its reason
    std::optional<double> fps;  // of the input; default: the scene's
    Tiles tiles;
    bool crops = false;  // of a video without tiles: as RuntimeConfig::crops
    DetectorConfig detector;
    bool progress = false;
};

// Outputs are written beside and renamed at the end: on failure none of them exists or the earlier one stays.
Result<void> replay(const ReplayOptions& options);

}  // namespace chairside
