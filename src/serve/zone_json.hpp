#pragma once
// Zones between the API's words (threshold_s, grace_s, a list of cameras) and the configuration's (dwell_time, grace, cameras
// by id). Pure.

#include <array>
#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "serve/answer.hpp"
#include "serve/shop.hpp"

namespace chairside {

// {"id", "zones", "ignore"} of one camera, every member written out.
Json camera_zones_json(const CameraConfig& camera);

// What a browser sent: {"cameras": […], "note"?}. Faults of form are noted with their place; those that need the
// whole configuration (crossing edges, names given twice) are found by whoever takes the settings up.
struct ZoneEdit {
    Json cameras = Json::array();              // in the API's words, as sent
    std::map<std::string, std::size_t> index;  // camera -> its place in the list
    std::string note;
};
ZoneEdit read_zone_edit(const Json& body, std::vector<ApiFault>& faults);
// Also alone, for one camera: zones and regions at `at` ("zones").
void check_zone_list(const Json& zones, const std::string& at, std::vector<ApiFault>& faults);
void check_region_list(const Json& regions, const std::string& at, std::vector<ApiFault>& faults);

// {"cameras": {"<id>": {"zones": […], "ignore": […]}}}, in the configuration's words (docs/supabase.md).
std::string settings_of(const Json& cameras);
// Takes out times that are what a zone of the type gets anyway, so that it goes on following the configuration.
void drop_defaults(Json& cameras, const std::array<ZoneDefaults, kZoneTypes>& defaults);
// "cameras.front.zones[1].polygon" as the browser counts: "cameras[0].zones[1].polygon".
std::string place_in_edit(const std::string& key, const ZoneEdit& edit);

// What is odd and may still be meant: overlapping or tiny zones.
std::vector<ApiFault> zone_hints(const Json& cameras);

}  // namespace chairside
