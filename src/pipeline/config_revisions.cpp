#include "pipeline/config_revisions.hpp"

#include "base/log.hpp"
#include "config/branch_settings.hpp"

namespace chairside {

Config ConfigRevisions::begin() {
    const auto newest = store_.newest_config();
    if (!newest || !*newest) return file_;
    if (auto config = take_up(**newest)) return std::move(*config);
    const auto running = store_.running_config();
    if (!running || !*running || (*running)->revision == (*newest)->revision) return file_;
    // The newest is what a manager waits for: it stays the one that is told of.
    const Report told = report();
    auto config = take_up(**running);
    report_.with([&](Report& report) { report.refused = told.refused, report.error = told.error; });
    return config ? std::move(*config) : file_;
}

Config ConfigRevisions::file_changed(Config file) {
    file_ = std::move(file);
    return begin();
}

std::optional<Config> ConfigRevisions::next() {
    const auto newest = store_.newest_config();
    if (!newest || !*newest || (*newest)->state != ConfigRevision::State::kNew) return std::nullopt;
    return take_up(**newest);
}

ConfigRevisions::Report ConfigRevisions::report() const {
    return report_.with([](const Report& report) { return report; });
}

std::optional<Config> ConfigRevisions::take_up(const ConfigRevision& revision) {
    const std::string number = std::to_string(revision.revision);
    auto config = with_settings(file_, revision.settings, "branch settings, revision " + number);
    if (!config) {
        const std::string why = in_words(config.error(), kLongestError);
        if (undecided(store_.config_refused(revision.revision, why))) return std::nullopt;
        log_error("", "the branch's new settings do not fit this device; what ran before goes on",
                  {{"revision", number}, {"why", why}});
        report_.with([&](Report& report) { report.refused = revision.revision, report.error = why; });
        return std::nullopt;
    }
    if (undecided(store_.config_runs(revision.revision))) return std::nullopt;
    log_info("", "the branch's settings are in use", {{"revision", number}});
    for (const std::string& camera : config->elsewhere)
        log_info(camera, "the branch's settings name this camera, which this device does not have");
    report_.with([&](Report& report) {
        report = {};
        report.revision = revision.revision;
    });
    return std::move(config->config);
}

// Tried again with the next call; told once.
bool ConfigRevisions::undecided(const Result<void>& decided) {
    if (!decided && !store_failed_)
        log_warning("", "the store does not take the branch's new settings",
                    {{"why", decided.error().message}});
    store_failed_ = !decided;
    return !decided;
}

}  // namespace chairside
