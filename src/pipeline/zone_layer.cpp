#include "pipeline/zone_layer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "serve/zone_settings.hpp"

namespace chairside {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestLine = 500;
// A name that no person gives: its zone only asks for the defaults.
constexpr char kProbe[] = "zone defaults ";

}  // namespace

std::string ZoneLayer::centre_settings() const {
    const auto running = store_.running_config();
    return running && *running ? (*running)->settings : "{}";
}

tl::expected<Config, std::vector<ConfigError>> ZoneLayer::tried(const Config& running,
                                                                const std::string& settings) const {
    Json all = Json::parse(centre_settings(), nullptr, false);
    if (!all.is_object()) all = Json::object();
    // Lists are replaced as a whole, what they do not name stays.
    all.merge_patch(Json::parse(settings));
    auto config = with_settings(running, all.dump(), "zones");
    if (!config) return tl::unexpected(std::move(config.error()));
    return std::move(config->config);
}

Config ZoneLayer::over(const Config& running) const {
    const auto saved = DashboardRows(store_).zone_revisions(1);
    if (!saved) log_warning("", saved.error().message);
    if (!saved || saved->empty()) return running;
    Json mine = Json::parse(settings_of_revision(saved->front().body), nullptr, false);
    const auto centre = store_.running_config();
    if (centre && *centre && (*centre)->fetched > saved->front().time) {
        // Saved later at the centre: those cameras are the centre's.
        const Json theirs = Json::parse((*centre)->settings, nullptr, false);
        const Json cameras = theirs.value("cameras", Json::object());  // outlives the loop over its items
        for (const auto& [id, camera] : cameras.items())
            if (camera.contains("zones") || camera.contains("ignore")) mine["cameras"].erase(id);
    }
    for (auto camera = mine["cameras"].begin(); camera != mine["cameras"].end();) {
        const bool known = std::any_of(running.cameras.begin(), running.cameras.end(),
                                       [&](const CameraConfig& c) { return c.id == camera.key(); });
        camera = known ? std::next(camera) : mine["cameras"].erase(camera);
    }
    auto config = tried(running, mine.dump());
    if (config) return std::move(*config);
    log_error("", "the zones saved in the dashboard do not fit any more; those of the configuration run",
              {{"revision", std::to_string(saved->front().revision)},
               {"why", in_words(config.error(), kLongestLine)}});
    return running;
}

std::array<ZoneDefaults, kZoneTypes> ZoneLayer::defaults(const Config& running) const {
    std::array<ZoneDefaults, kZoneTypes> out{};
    if (running.cameras.empty()) return out;
    Json zones = Json::array();
    for (int type = 0; type < kZoneTypes; ++type)
        zones.push_back({{"name", kProbe + std::to_string(type)},
                         {"type", to_string(static_cast<ZoneType>(type))},
                         {"polygon", {{0, 0}, {1, 0}, {1, 1}}}});
    const Json settings{{"cameras", {{running.cameras.front().id, {{"zones", zones}}}}}};
    const auto config = tried(running, settings.dump());
    if (!config) return out;
    for (const ZoneConfig& zone : config->cameras.front().zones)
        out[static_cast<std::size_t>(zone.type)] = {zone.dwell, zone.grace};
    return out;
}

}  // namespace chairside
