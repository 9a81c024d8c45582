#include "config/config.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <tuple>
#include <utility>

#include "config/added_cameras.hpp"
#include "config/address.hpp"
#include "config/branch_settings.hpp"
#include "config/sections.hpp"

namespace chairside {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestWhy = 500;

// Two things written to one path would destroy each other.
void check_paths_differ(Section& top, const Config& config) {
    const std::pair<const char*, fs::path> places[] = {{"storage.path", config.storage.path},
                                                       {"reports.dir", config.reports.dir},
                                                       {"logging.file", config.logging.file},
                                                       {"runtime.socket", config.runtime.socket}};
    for (auto later = std::begin(places); later != std::end(places); ++later) {
        const auto clash =
            std::find_if(std::begin(places), later, [&](const auto& p) { return p.second == later->second; });
        if (clash == later || later->second.empty()) continue;
        Section section = top.section(section_of(later->first));
        section.fault(leaf_of(later->first), std::string("is the same path as ") + clash->first +
                                                 "; allowed: a path of its own for each");
    }
}

Config read_config(Section& top, const ConfigOptions& options) {
    Config config;
    ZoneTimes times = ZoneTimes::defaults();
    Tiles default_tiles;
    read_identity(top, config);
    read_times(top, times);
    read_counting(top, times);
    read_visits(top.section("visits"), config);
    read_detector(top.section("detector"), config, default_tiles);
    read_storage(top.section("storage"), config);
    read_reports(top.section("reports"), config);
    read_logging(top.section("logging"), config);
    read_supabase(top.section("supabase"), config);
    read_runtime(top.section("runtime"), config);
    read_dashboard(top.section("dashboard"), config);
    read_mqtt(top.section("mqtt"), config);
    const bool can_add = config.dashboard.listen != DashboardConfig::Listen::kOff;
    read_cameras(top, times, default_tiles, options.need_cameras && !can_add, config);
    top.all_read();
    config.logging.branch = config.branch_code;
    config.logging.device = config.device_id;
    return config;
}

ConfigResult single_fault(const std::string& name, std::string message) {
    return tl::unexpected(std::vector<ConfigError>{{name, 0, 0, "", std::move(message)}});
}

}  // namespace

std::string ConfigError::to_string() const {
    std::string out = file;
    if (line > 0) out += ":" + std::to_string(line) + ":" + std::to_string(column);
    if (!key.empty()) out += ": " + key;
    return out + ": " + message;
}

ConfigResult parse_config(const std::string& yaml, const std::string& name, const fs::path& base,
                          const ConfigOptions& options) {
    Faults faults(name);
    const auto tree = config_tree(yaml, options.added, faults);
    if (!tree) return tl::unexpected(faults.take_sorted());
    std::vector<std::string> secrets;
    Context context{faults, base, options.check_paths, secrets};
    Section top(context, &tree->root, "", "");
    Config config = read_config(top, options);
    check_paths_differ(top, config);
    if (!faults.empty()) return tl::unexpected(faults.take_sorted());
    for (std::size_t i = tree->own; i < config.cameras.size(); ++i)
        config.cameras[i].added = true;
    for (const std::string& id : tree->shadowed)
        config.notes.push_back(
            "camera '" + id + "' was added on the dashboard and stands in the file, too; the file's is used");
    config.secrets = std::move(secrets);
    config.text = yaml;
    config.added = options.added;
    return config;
}

namespace {

// With the cameras that were added on the dashboard. If those do not fit, without: they must not stop a shop from counting.
ConfigResult with_what_was_added(const std::string& text, const std::string& name, const fs::path& base,
                                 const ConfigOptions& options) {
    ConfigOptions alone = options;
    alone.need_cameras = false;
    auto own = parse_config(text, name, base, alone);
    if (!own) return own;
    own->file = base / fs::path(name).filename();  // what relative paths are resolved against
    const fs::path file = added_cameras_file(*own);
    const auto added = read_added_cameras(file);
    std::string why;
    if (added && !added->empty()) {
        auto config = with_added_cameras(*own, *added, options);
        if (config) return config;
        why = in_words(config.error(), kLongestWhy);
    }
    if (!added) why = added.error().message;
    auto config = parse_config(text, name, base, options);
    if (config && !why.empty())
        config->notes.push_back("the cameras added on the dashboard are left out (" + file.string() +
                                "): " + why);
    return config;
}

}  // namespace

ConfigResult load_config(const fs::path& file, const ConfigOptions& options) {
    const std::string name = file.string();
    std::error_code error;
    const auto status = fs::status(file, error);
    if (!fs::exists(status)) return single_fault(name, "the file does not exist");
    if (!fs::is_regular_file(status)) return single_fault(name, "is not a file");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return single_fault(name, "the file cannot be read");
    std::string text(kMaxYamlBytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) return single_fault(name, "the file cannot be read");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    const fs::path absolute = fs::absolute(file, error);
    if (error) return single_fault(name, "the current folder is gone");
    auto config = with_what_was_added(text, name, absolute.parent_path(), options);
    if (config) config->file = absolute.lexically_normal();
    return config;
}

std::vector<std::string> needs_restart(const Config& running, const Config& wanted) {
    const auto at_start = [](RuntimeConfig runtime) {
        runtime.target_fps = 0;  // of cameras that say none: taken up with them
        return runtime;
    };
    const auto identity = [](const Config& c) {
        return std::tie(c.branch_code, c.branch_name, c.timezone, c.device_id);
    };
    const std::pair<const char*, bool> sections[] = {
        {"branch and device", identity(running) != identity(wanted)},
        {"detector", running.detector != wanted.detector},
        {"storage", running.storage != wanted.storage},
        {"reports", running.reports != wanted.reports},
        {"logging", running.logging != wanted.logging},
        {"supabase", running.supabase != wanted.supabase},
        {"mqtt", running.mqtt != wanted.mqtt},
        {"runtime", at_start(running.runtime) != at_start(wanted.runtime)},
        {"dashboard", running.dashboard != wanted.dashboard}};
    std::vector<std::string> out;
    for (const auto& [name, differs] : sections)
        if (differs) out.emplace_back(name);
    return out;
}

std::vector<std::string> secrets_of(const Config& config) {
    std::set<std::string> secrets(config.secrets.begin(), config.secrets.end());
    const auto add_from = [&](const std::string& url) {
        for (auto& secret : secrets_in_url(url))
            secrets.insert(std::move(secret));
    };
    add_from(config.supabase.url);
    secrets.insert(config.supabase.key);
    secrets.insert(config.supabase.password);
    secrets.insert(config.dashboard.metrics_token);
    secrets.insert(config.mqtt.password);
    for (const auto& camera : config.cameras)
        add_from(camera.source);
    secrets.erase("");
    return {secrets.begin(), secrets.end()};
}

}  // namespace chairside
