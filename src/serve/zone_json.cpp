#include "serve/zone_json.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "serve/zone_settings.hpp"

namespace chairside {
namespace {

constexpr std::size_t kMostCameras = 64, kMostZones = 100, kMostCorners = 100;
constexpr double kTiny = 0.002;      // of the picture
constexpr double kMuchShared = 0.2;  // of the smaller zone
constexpr int kSteps = 100;          // of the grid on which shared area is counted

Json polygon_json(const Polygon& polygon) {
    Json out = Json::array();
    for (const Point& p : polygon)
        out.push_back({p.x, p.y});
    return out;
}

std::string item(const std::string& list, std::size_t i) {
    return list + "[" + std::to_string(i) + "]";
}

void check_polygon(ObjectReader& object, std::vector<ApiFault>& faults) {
    const Json* polygon = object.list("polygon", kMostCorners, true);
    if (polygon == nullptr) return;
    const std::string at = object.path("polygon");
    if (polygon->size() < 3)
        faults.push_back({at, "has " + std::to_string(polygon->size()) + " corners; allowed: 3 to 100"});
    for (std::size_t i = 0; i < polygon->size(); ++i) {
        const Json& corner = (*polygon)[i];
        const bool good = corner.is_array() && corner.size() == 2 &&
                          std::all_of(corner.begin(), corner.end(), [](const Json& v) {
                              return v.is_number() && v.get<double>() >= 0 && v.get<double>() <= 1;
                          });
        if (!good) faults.push_back({item(at, i), "is no corner; allowed: [x, y], each from 0 to 1"});
    }
}

Polygon polygon_of(const Json& json) {
    Polygon out;
    for (const Json& corner : json)
        out.push_back({corner.at(0).get<double>(), corner.at(1).get<double>()});
    return out;
}

// Part of the smaller one's area that both hold.
double shared_part(const Polygon& a, const Polygon& b) {
    int in_a = 0, in_b = 0, in_both = 0;
    for (int y = 0; y < kSteps; ++y) {
        for (int x = 0; x < kSteps; ++x) {
            const Point p{(x + 0.5) / kSteps, (y + 0.5) / kSteps};
            const bool a_holds = contains(a, p), b_holds = contains(b, p);
            in_a += a_holds;
            in_b += b_holds;
            in_both += a_holds && b_holds;
        }
    }
    const int smaller = std::min(in_a, in_b);
    return smaller == 0 ? 0 : static_cast<double>(in_both) / smaller;
}

}  // namespace

Json camera_zones_json(const CameraConfig& camera) {
    Json zones = Json::array(), ignore = Json::array();
    for (const ZoneConfig& zone : camera.zones)
        zones.push_back({{"name", zone.name},
                         {"type", to_string(zone.type)},
                         {"polygon", polygon_json(zone.polygon)},
                         {"capacity", zone.capacity},
                         {"anchor", to_string(zone.anchor)},
                         {"overlap", zone.overlap},
                         {"threshold_s", to_milli(to_seconds(zone.dwell))},
                         {"grace_s", to_milli(to_seconds(zone.grace))}});
    for (const IgnoreRegion& region : camera.ignore)
        ignore.push_back({{"name", region.name}, {"polygon", polygon_json(region.polygon)}});
    return {{"id", camera.id}, {"zones", std::move(zones)}, {"ignore", std::move(ignore)}};
}

void check_zone_list(const Json& zones, const std::string& at, std::vector<ApiFault>& faults) {
    for (std::size_t i = 0; i < zones.size(); ++i) {
        ObjectReader zone(zones[i], item(at, i), faults);
        (void)zone.text("name", 1, 100, true);
        (void)zone.choice("type", {"CHAIR", "WASH", "WAIT"}, true);
        check_polygon(zone, faults);
        (void)zone.integer("capacity", 1, 100);
        (void)zone.choice("anchor", {"foot", "center", "overlap"}, false);
        (void)zone.number("overlap", 0.01, 1);
        (void)zone.number("threshold_s", 0.1, 86400);
        (void)zone.number("grace_s", 0, 3600);
        zone.no_others();
    }
}

void check_region_list(const Json& regions, const std::string& at, std::vector<ApiFault>& faults) {
    for (std::size_t i = 0; i < regions.size(); ++i) {
        ObjectReader region(regions[i], item(at, i), faults);
        (void)region.text("name", 1, 100, true);
        check_polygon(region, faults);
        region.no_others();
    }
}

ZoneEdit read_zone_edit(const Json& body, std::vector<ApiFault>& faults) {
    ZoneEdit out;
    ObjectReader top(body, "", faults);
    const Json* cameras = top.list("cameras", kMostCameras, true);
    out.note = top.text("note", 0, 500, false).value_or("");
    top.no_others();
    if (cameras == nullptr) return out;
    out.cameras = *cameras;
    for (std::size_t i = 0; i < cameras->size(); ++i) {
        const std::string at = item("cameras", i);
        ObjectReader camera((*cameras)[i], at, faults);
        if (const auto id = camera.text("id", 1, 64, true); id && !out.index.emplace(*id, i).second)
            camera.fault("id", "is given twice");
        if (const Json* zones = camera.list("zones", kMostZones, true))
            check_zone_list(*zones, at + ".zones", faults);
        if (const Json* ignore = camera.list("ignore", kMostZones, false))
            check_region_list(*ignore, at + ".ignore", faults);
        camera.no_others();
    }
    return out;
}

std::string settings_of(const Json& cameras) {
    Json out{{"cameras", Json::object()}};
    for (const Json& camera : cameras) {
        Json& one = out["cameras"][camera.at("id").get<std::string>()];
        one["zones"] = camera.at("zones");
        for (Json& zone : one["zones"]) {
            for (const auto& [api, config] :
                 {std::pair{"threshold_s", "dwell_time"}, std::pair{"grace_s", "grace"}}) {
                const auto found = zone.find(api);
                if (found == zone.end()) continue;
                const Json value = *found;
                zone.erase(api);
                zone[config] = value;
            }
        }
        if (camera.contains("ignore")) one["ignore"] = camera["ignore"];
    }
    return dumped(out);
}

std::string settings_of_revision(const std::string& body) {
    try {
        return settings_of(Json::parse(body));
    } catch (const Json::exception&) {
        return R"({"cameras":{}})";  // not what this program wrote
    }
}

std::vector<std::string> zone_edit_faults(const std::string& body) {
    WebRequest request;
    request.headers["content-type"] = "application/json";
    request.body = body;
    const auto json = read_json(request);
    if (!json) return {json.error().detail};
    std::vector<ApiFault> faults;
    const ZoneEdit edit = read_zone_edit(*json, faults);
    std::vector<std::string> out;
    for (const auto& [at, words] : faults)
        out.push_back(at + ": " + words);
    if (out.empty()) settings_of(edit.cameras);
    return out;
}

void drop_defaults(Json& cameras, const std::array<ZoneDefaults, kZoneTypes>& defaults) {
    for (Json& camera : cameras) {
        for (Json& zone : camera.at("zones")) {
            const auto type = parse_zone_type(zone.at("type").get<std::string>()).value_or(ZoneType::kChair);
            const ZoneDefaults& usual = defaults[static_cast<std::size_t>(type)];
            const auto drop = [&](const char* member, Duration value) {
                const auto found = zone.find(member);
                if (found != zone.end() && to_milli(found->get<double>()) == to_milli(to_seconds(value)))
                    zone.erase(member);
            };
            drop("threshold_s", usual.dwell);
            drop("grace_s", usual.grace);
        }
    }
}

std::string place_in_edit(const std::string& key, const ZoneEdit& edit) {
    for (const auto& [id, i] : edit.index) {
        const std::string begin = "cameras." + id;
        if (!key.starts_with(begin) || (key.size() > begin.size() && key[begin.size()] != '.')) continue;
        std::string out = item("cameras", i) + key.substr(begin.size());
        const std::pair<std::string, std::string> words[] = {{".dwell_time", ".threshold_s"},
                                                             {".grace", ".grace_s"}};
        for (const auto& [config, api] : words)
            if (out.ends_with(config)) out = out.substr(0, out.size() - config.size()) + api;
        return out;
    }
    return key;
}

std::vector<ApiFault> zone_hints(const Json& cameras) {
    std::vector<ApiFault> out;
    for (std::size_t c = 0; c < cameras.size(); ++c) {
        const Json& zones = cameras[c].at("zones");
        std::vector<Polygon> polygons;
        for (const Json& zone : zones)
            polygons.push_back(polygon_of(zone.at("polygon")));
        for (std::size_t i = 0; i < polygons.size(); ++i) {
            const std::string at = item(item("cameras", c) + ".zones", i);
            if (std::abs(signed_area(polygons[i])) < kTiny)
                out.push_back({at, "is very small; a person's feet will hardly ever be in it"});
            for (std::size_t j = 0; j < i; ++j) {
                const double shared = shared_part(polygons[i], polygons[j]);
                if (shared < kMuchShared) continue;
                out.push_back({at, "overlaps '" + zones[j].at("name").get<std::string>() + "' by " +
                                       std::to_string(static_cast<int>(std::lround(100 * shared))) + " %"});
            }
        }
    }
    return out;
}

}  // namespace chairside
