// SyncEngine: settings of managers, from the centre into the store. pipeline/ takes them up from there.

#include "base/log.hpp"
#include "sync/sync_engine.hpp"

namespace chairside {

// The number first: settings with many zones are some 100 KB, and nearly always the same as before.
std::optional<SyncEngine::Outcome> SyncEngine::look_for_config() {
    if (settings_.config_interval <= Duration(0)) return std::nullopt;
    config_at_ = clock_.mono_now() + settings_.config_interval;
    const auto known = store_.newest_config();
    if (!known) return std::nullopt;
    ConfigAnswer found;
    Decision decision = client_.newest_config(false, found);
    const bool news = decision.action == SyncAction::kDone && found.revision != 0 &&
                      (!*known || (*known)->revision != found.revision);
    if (news) decision = client_.newest_config(true, found);
    if (const auto outcome = answered(config_, decision)) return outcome;
    if (!news || found.revision == 0) return Outcome::kOk;
    if (const auto kept = store_.keep_config(found.revision, found.settings); !kept)
        say_error("the store does not take the branch's settings: " + kept.error().message);
    else
        log_info("", "new settings of the branch", {{"revision", std::to_string(found.revision)}});
    return Outcome::kOk;
}

}  // namespace chairside
