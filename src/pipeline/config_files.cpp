#include "pipeline/config_files.hpp"

#include <algorithm>

#include "config/added_cameras.hpp"
#include "config/branch_settings.hpp"

namespace chairside {
namespace {

// "cameras[2].timeout" of the camera in question is "timeout_s" for who added it.
Shop::Faults by_member(const std::vector<ConfigError>& faults) {
    Shop::Faults out;
    for (const ConfigError& fault : faults) {
        const auto dot = fault.key.find("].");
        std::string member = dot == std::string::npos ? fault.key : fault.key.substr(dot + 2);
        if (member == "timeout") member = "timeout_s";
        out.emplace_back(std::move(member), fault.message);
    }
    return out;
}

}  // namespace

ConfigFiles::Wanted ConfigFiles::read() {
    if (start_.file.empty())
        return tl::unexpected(Shop::Faults{{"", "the configuration was not read from a file"}});
    auto config = load_config(start_.file);
    if (config) return std::move(*config);
    Shop::Faults out;
    for (const ConfigError& fault : config.error()) {
        std::string at =
            fault.line > 0 ? ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column) : "";
        at = start_.file.filename().string() + at + (fault.key.empty() ? "" : " " + fault.key);
        out.emplace_back(std::move(at), fault.message);
    }
    report_.with([&](Report& report) { report.error = in_words(config.error(), kLongestError); });
    return tl::unexpected(std::move(out));
}

ConfigFiles::Wanted ConfigFiles::edited(const Result<std::string>& added) const {
    if (!added) return tl::unexpected(Shop::Faults{{"", added.error().message}});
    auto config = with_added_cameras(now_, *added, {});
    if (!config) return tl::unexpected(by_member(config.error()));
    return std::move(*config);
}

ConfigFiles::Wanted ConfigFiles::with(const std::string& id, const std::string& members) const {
    return edited(with_camera(now_.added, id, members));
}

ConfigFiles::Wanted ConfigFiles::without(const std::string& id) const {
    return edited(without_camera(now_.added, id));
}

Result<void> ConfigFiles::keep(const Config& wanted) const {
    if (wanted.added == now_.added) return {};
    return write_added_cameras(added_cameras_file(wanted), wanted.added);
}

void ConfigFiles::take(Config config) {
    now_ = std::move(config);
    report_.with([&](Report& report) { report = {{}, needs_restart(start_, now_)}; });
}

std::string ConfigFiles::error() const {
    return report_.with([](const Report& report) { return report.error; });
}

std::vector<std::string> ConfigFiles::restart() const {
    return report_.with([](const Report& report) { return report.restart; });
}

}  // namespace chairside
