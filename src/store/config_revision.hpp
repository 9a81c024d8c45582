#pragma once
// A manager's settings for the branch, as the store keeps them. A value only; the operations are members of Store.

#include <string>

#include "base/time.hpp"

namespace chairside {

struct ConfigRevision {
    enum class State {
        kNew,       // fetched, not tried yet
        kRuns,      // one at most
        kReplaced,  // ran earlier
        kRefused,   // does not fit this device: `error` says why
    };
    int revision = 0;
    std::string settings;  // JSON, see config/branch_settings.hpp
    State state = State::kNew;
    std::string error;
    WallTime fetched{};
};

}  // namespace chairside
