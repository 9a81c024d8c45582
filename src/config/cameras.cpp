#include <map>
#include <utility>

#include "base/check.hpp"
#include "config/address.hpp"
#include "config/path_checks.hpp"
#include "config/secrets.hpp"
#include "config/sections.hpp"

namespace chairside {
namespace {

constexpr std::size_t kMaxCameras = 64;
constexpr std::size_t kMaxZones = 100;
constexpr std::size_t kMaxIgnored = 100;

// Names that must not repeat, with the line of the first.
using Seen = std::map<std::string, int>;

void check_unique(Section& section, std::string_view member, const std::string& name, const YamlNode* node,
                  Seen& seen, const char* what) {
    if (!node) return;
    const auto [first, fresh] = seen.emplace(name, node->line);
    if (!fresh)
        section.fault(member, "found '" + name + "', which is already " + what +
                                  (first->second > 0 ? " on line " + std::to_string(first->second) : "") +
                                  "; allowed: a name of its own for each");
}

ZoneType read_type(Section& zone) {
    std::string text;
    zone.choice("type", text);
    return parse_zone_type(text).value_or(ZoneType::kChair);
}

ZoneConfig read_zone(Section& zone, const ZoneTimes& times, Seen& names) {
    ZoneConfig out;
    const YamlNode* node = zone.text("name", out.name);
    check_unique(zone, "name", out.name, node, names, "a zone");
    out.type = read_type(zone);
    zone.polygon("polygon", out.polygon);
    zone.integer("capacity", out.capacity);
    std::string anchor = to_string(out.anchor);
    zone.choice("anchor", anchor);
    out.anchor = parse_zone_anchor(anchor).value_or(ZoneAnchor::kFoot);
    zone.number("overlap", out.overlap);
    out.dwell = times.dwell[static_cast<int>(out.type)];
    out.grace = times.grace[static_cast<int>(out.type)];
    out.counting = times.counting[static_cast<int>(out.type)];
    zone.duration("dwell_time", out.dwell);
    zone.duration("grace", out.grace);
    zone.all_read();
    return out;
}

void read_ignored(Section& camera, CameraConfig& out) {
    Seen names;  // of this camera: two may both have a mirror
    for (Section& region : camera.list("ignore", kMaxIgnored)) {
        IgnoreRegion one;
        const YamlNode* node = region.text("name", one.name);
        check_unique(region, "name", one.name, node, names, "a region of this camera");
        region.polygon("polygon", one.polygon);
        region.all_read();
        out.ignore.push_back(std::move(one));
    }
    camera.flag("ignore_still", out.ignore_still);
}

// Replaces ${NAME}, makes paths absolute, checks that it can be what it says.
void read_source(Section& camera, CameraConfig& out) {
    Context& context = camera.context();
    std::string written;
    const YamlNode* node = camera.secret("source", written);
    if (!node) return;
    // What comes from outside is taken as it is: a password there may hold "${".
    const bool in_file = node->kind == YamlNode::Kind::kScalar;
    auto expanded = in_file ? expand_environment(written, context.secrets) : Parsed<std::string>(written);
    if (!expanded) {
        camera.fault("source", expanded.error());
        return;
    }
    const auto kind = classify_source(*expanded);
    if (!kind) {
        camera.fault("source", "found '" + without_secrets(*expanded) + "': " + kind.error());
        return;
    }
    out.live = *kind != SourceKind::kFile;
    out.source =
        *kind == SourceKind::kFile ? (context.base / *expanded).lexically_normal().string() : *expanded;
    if (!context.check_paths || *kind == SourceKind::kStream) return;
    const auto why = *kind == SourceKind::kFile ? unreadable_file(out.source) : unusable_device(out.source);
    if (why) camera.fault("source", *why);
}

CameraConfig read_camera(Section& camera, const ZoneTimes& times, Seen& ids, Seen& zone_names,
                         CameraConfig out) {
    const YamlNode* id = camera.text("id", out.id);
    if (id && !is_identifier(out.id)) {
        camera.fault("id", "found " + found(*id) + "; allowed: letters, digits, '-' and '_'");
        id = nullptr;
    }
    check_unique(camera, "id", out.id, id, ids, "a camera");
    if (camera.context().read_sources)
        read_source(camera, out);
    else
        camera.leave_unread("source");
    camera.number("target_fps", out.target_fps);
    camera.integer("priority", out.priority);
    // A recording is looked at whole unless it says otherwise: nothing hurries, and figures are to be comparable.
    out.skip_still = out.skip_still && out.live;
    camera.flag("skip_still", out.skip_still);
    camera.flag("realtime", out.realtime);
    camera.flag("loop", out.loop);
    camera.moment("start_time", out.start_time);
    camera.choice("rtsp_transport", out.rtsp_transport);
    camera.duration("timeout", out.timeout);
    camera.tiles("tiles", out.tiles);
    const std::string only_files = "is only for cameras whose source is a file";
    if (out.live && out.realtime) camera.fault("realtime", only_files);
    if (out.live && out.loop) camera.fault("loop", only_files);
    if (out.live && out.start_time) camera.fault("start_time", only_files);
    read_ignored(camera, out);
    for (Section& zone : camera.list("zones", kMaxZones))
        out.zones.push_back(read_zone(zone, times, zone_names));
    camera.all_read();
    return out;
}

}  // namespace

void read_cameras(Section& top, const ZoneTimes& times, Tiles default_tiles, bool need_cameras,
                  Config& config) {
    Seen ids, zone_names;
    CameraConfig defaults;
    defaults.target_fps = config.runtime.target_fps;
    defaults.tiles = default_tiles;
    defaults.skip_still = config.runtime.skip_still;
    auto sections = top.list("cameras", kMaxCameras);
    if (sections.empty() && need_cameras && top.may_lack("cameras"))
        top.fault(
            "cameras",
            "there is no camera; allowed: a list of at least one, each with 'id', 'source' and 'zones'");
    for (Section& camera : sections)
        config.cameras.push_back(read_camera(camera, times, ids, zone_names, defaults));
}

}  // namespace chairside
