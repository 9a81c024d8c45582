#pragma once
// What a manager set for the branch (a revision of `branch_config`, docs/supabase.md), laid over the device's own
// configuration. Pure; the same rules as for the file.
//
//   {"dwell_time": {"chair": 90}, "grace": {…}, "counting": {…}, "visits": {"same_service_within": 2700},
//    "cameras": {"<id>": {"zones": […], "ignore": […], "ignore_still": true}}}
//
// Members are those of docs/config.md and replace those of the file; what is left out stays as the file says. A
// camera's `zones` and `ignore` replace its whole lists. A zone with a dwell_time or grace of its own keeps it.

#include <string>
#include <vector>

#include "config/config.hpp"

namespace chairside {

struct WithSettings {
    Config config;
    std::vector<std::string> elsewhere;  // cameras that this device does not have: another PC's of the branch
};

// Only thresholds, visits, zones and ignored regions of the result may differ from `base`, which is one that
// parse_config() gave. Failure: every fault found, without positions; `name` is their file.
tl::expected<WithSettings, std::vector<ConfigError>> with_settings(const Config& base,
                                                                   const std::string& settings_json,
                                                                   const std::string& name);

// All faults as one text, not longer than this many bytes.
std::string in_words(const std::vector<ConfigError>& faults, std::size_t most);

}  // namespace chairside
