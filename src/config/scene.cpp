#include "config/scene.hpp"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace chairside {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr double kMaxFps = 1000;
constexpr int kMaxSide = 16384;  // pixels
constexpr double kMaxSeconds = 86400;
constexpr int kMaxCapacity = 1000;
constexpr std::size_t kMaxZones = 1000, kMaxCorners = 1000;

// Thrown inside this file only: a scene has one reader, and the first fault ends it.
struct Fault {
    std::string member, message;
};

[[noreturn]] void refuse(std::string member, std::string message) {
    throw Fault{std::move(member), std::move(message)};
}

std::string found(const Json& value) {
    if (value.is_structured() || value.is_string()) {
        constexpr std::size_t kLongest = 60;
        if (!value.is_string()) return value.is_array() ? "a list" : "an object";
        const auto& text = value.get_ref<const std::string&>();
        return "\"" + (text.size() > kLongest ? text.substr(0, kLongest) + "…" : text) + "\"";
    }
    return value.dump();
}

double number(const Json& value, const std::string& member, double min, double max) {
    if (value.is_number()) {
        const double number = value.get<double>();
        if (std::isfinite(number) && number >= min && number <= max) return number;
    }
    refuse(member, "found " + found(value) + "; allowed: a number from " + Json(min).dump() + " to " +
                       Json(max).dump());
}

int integer(const Json& value, const std::string& member, int min, int max) {
    const double number = chairside::number(value, member, min, max);
    if (number != std::floor(number)) refuse(member, "found " + found(value) + "; allowed: a whole number");
    return static_cast<int>(number);
}

const Json& needed(const Json& object, const char* name, const std::string& prefix) {
    const auto at = object.find(name);
    if (at == object.end()) refuse(prefix + name, "is missing");
    return *at;
}

std::string text(const Json& value, const std::string& member) {
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
        refuse(member, "found " + found(value) + "; allowed: a text that is not empty");
    return value.get<std::string>();
}

// Zones may reach past the picture's edge, but not lie elsewhere altogether.
Polygon read_polygon(const Json& value, const std::string& member, int width, int height) {
    if (!value.is_array() || value.size() > kMaxCorners)
        refuse(member, "found " + found(value) + "; allowed: a list of at least 3 corners [x, y] in pixels");
    Polygon polygon;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string corner = member + "[" + std::to_string(i) + "]";
        if (!value[i].is_array() || value[i].size() != 2)
            refuse(corner, "found " + found(value[i]) + "; allowed: a pair [x, y] in pixels");
        polygon.push_back({number(value[i][0], corner, -width, 2.0 * width) / width,
                           number(value[i][1], corner, -height, 2.0 * height) / height});
    }
    if (const auto why = polygon_fault(polygon)) refuse(member, *why);
    const Box box = bounds(polygon);
    if (intersection_area(box, {0, 0, 1, 1}) <= 0) refuse(member, "lies outside the picture");
    return polygon;
}

struct Times {
    Duration dwell[kZoneTypes], grace[kZoneTypes];
};

// "dwell_s" or "grace_s" of the scene: {"chair": 120, "wash": 60, "wait": 30}, each optional.
void read_times(const Json& scene, const char* name, double min, Duration* times) {
    const auto at = scene.find(name);
    if (at == scene.end()) return;
    if (!at->is_object())
        refuse(name, "found " + found(*at) + "; allowed: an object with chair, wash and wait in seconds");
    for (const auto& [key, value] : at->items()) {
        const std::string member = std::string(name) + "." + key;
        const auto type = parse_zone_type(key);
        if (!type) refuse(member, "unknown type; allowed: chair, wash, wait");
        times[static_cast<int>(*type)] = from_seconds(number(value, member, min, kMaxSeconds));
    }
}

ZoneAnchor read_anchor(const Json& value, const std::string& member) {
    const auto anchor =
        value.is_string() ? parse_zone_anchor(value.get_ref<const std::string&>()) : std::nullopt;
    if (!anchor) refuse(member, "found " + found(value) + "; allowed: foot, center, overlap");
    return *anchor;
}

ZoneConfig read_zone(const Json& value, const std::string& member, const Scene& scene, const Times& times) {
    constexpr double kMinDwell = 0, kMinGrace = 0, kMinOverlap = 0.01;
    if (!value.is_object()) refuse(member, "found " + found(value) + "; allowed: an object");
    const std::string prefix = member + ".";
    ZoneConfig zone;
    zone.name = text(needed(value, "name", prefix), prefix + "name");
    const Json& type = needed(value, "type", prefix);
    const auto known = type.is_string() ? parse_zone_type(type.get_ref<const std::string&>()) : std::nullopt;
    if (!known) refuse(prefix + "type", "found " + found(type) + "; allowed: CHAIR, WASH, WAIT");
    zone.type = *known;
    zone.polygon =
        read_polygon(needed(value, "polygon", prefix), prefix + "polygon", scene.width, scene.height);
    zone.dwell = times.dwell[static_cast<int>(zone.type)];
    zone.grace = times.grace[static_cast<int>(zone.type)];
    const auto optional = [&](const char* name, auto read) {
        const auto at = value.find(name);
        if (at != value.end()) read(*at, prefix + name);
    };
    optional("capacity",
             [&](const Json& v, const std::string& m) { zone.capacity = integer(v, m, 1, kMaxCapacity); });
    optional("anchor", [&](const Json& v, const std::string& m) { zone.anchor = read_anchor(v, m); });
    optional("overlap",
             [&](const Json& v, const std::string& m) { zone.overlap = number(v, m, kMinOverlap, 1); });
    optional("dwell_s", [&](const Json& v, const std::string& m) {
        zone.dwell = from_seconds(number(v, m, kMinDwell, kMaxSeconds));
    });
    optional("grace_s", [&](const Json& v, const std::string& m) {
        zone.grace = from_seconds(number(v, m, kMinGrace, kMaxSeconds));
    });
    return zone;
}

void read_ignored(const Json& json, Scene& scene) {
    const auto at = json.find("ignore");
    if (at == json.end()) return;
    if (!at->is_array() || at->size() > kMaxZones)
        refuse("ignore", "found " + found(*at) + "; allowed: a list of up to " + std::to_string(kMaxZones) +
                             " regions");
    for (std::size_t i = 0; i < at->size(); ++i) {
        const std::string prefix = "ignore[" + std::to_string(i) + "].";
        const Json& region = (*at)[i];
        if (!region.is_object())
            refuse(prefix.substr(0, prefix.size() - 1), "found " + found(region) + "; allowed: an object");
        scene.ignore.push_back(
            {text(needed(region, "name", prefix), prefix + "name"),
             read_polygon(needed(region, "polygon", prefix), prefix + "polygon", scene.width, scene.height)});
    }
}

Scene read_scene(const Json& json) {
    constexpr double kMinFps = 0.01;
    if (!json.is_object()) refuse("", "found " + found(json) + "; allowed: an object");
    Scene scene;
    scene.fps = number(needed(json, "fps", ""), "fps", kMinFps, kMaxFps);
    scene.width = integer(needed(json, "width", ""), "width", 1, kMaxSide);
    scene.height = integer(needed(json, "height", ""), "height", 1, kMaxSide);
    Times times{};
    for (const auto type : {ZoneType::kChair, ZoneType::kWash, ZoneType::kWait}) {
        times.dwell[static_cast<int>(type)] = default_dwell(type);
        times.grace[static_cast<int>(type)] = default_grace(type);
    }
    read_times(json, "dwell_s", 0, times.dwell);
    read_times(json, "grace_s", 0, times.grace);
    const Json& zones = needed(json, "zones", "");
    if (!zones.is_array() || zones.empty() || zones.size() > kMaxZones)
        refuse("zones",
               "found " + found(zones) + "; allowed: a list of 1 to " + std::to_string(kMaxZones) + " zones");
    std::set<std::string> names;
    for (std::size_t i = 0; i < zones.size(); ++i) {
        const std::string member = "zones[" + std::to_string(i) + "]";
        scene.zones.push_back(read_zone(zones[i], member, scene, times));
        if (!names.insert(scene.zones.back().name).second)
            refuse(member + ".name", "found " + found(zones[i]["name"]) +
                                         " a second time; allowed: a name of its own for each");
    }
    read_ignored(json, scene);
    return scene;
}

}  // namespace

Result<Scene> parse_scene(const std::string& json, const std::string& name) {
    const auto invalid = [&](const std::string& message) {
        return fail(ErrorKind::kInvalid, name + ": " + message);
    };
    if (json.size() > kMaxBytes) return invalid("larger than the limit of 1024 KB");
    try {
        return read_scene(Json::parse(json));
    } catch (const Fault& fault) {
        return invalid((fault.member.empty() ? "" : fault.member + ": ") + fault.message);
    } catch (const Json::exception& error) {
        // "[json.exception.parse_error.101] parse error at line 1, column 2: ...": the class name helps
        // nobody.
        const std::string message = error.what();
        const auto end = message.find("] ");
        return invalid("not valid JSON: " + (end == std::string::npos ? message : message.substr(end + 2)));
    }
}

Result<Scene> load_scene(const std::filesystem::path& file) {
    std::error_code ignored;
    const auto status = std::filesystem::status(file, ignored);
    if (!std::filesystem::exists(status))
        return fail(ErrorKind::kNotFound, file.string() + ": the file does not exist");
    if (!std::filesystem::is_regular_file(status))
        return fail(ErrorKind::kInvalid, file.string() + ": is not a file");
    std::ifstream stream(file, std::ios::binary);
    std::string json(kMaxBytes + 1, '\0');
    stream.read(json.data(), static_cast<std::streamsize>(json.size()));
    if (!stream.is_open() || stream.bad())
        return fail(ErrorKind::kIo, file.string() + ": the file cannot be read");
    json.resize(static_cast<std::size_t>(stream.gcount()));
    return parse_scene(json, file.string());
}

}  // namespace chairside
