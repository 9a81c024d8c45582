#pragma once
// What sending is doing, for `status`. The queue's numbers are in the store (OutboxState).

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace chairside {

struct SyncState {
    // "starting" (the random wait after a start), "ok", "sending", "waiting" (no way through, tries again),
    // "held" (a person must act; last_error says on what), "off" (not configured)
    std::string state = "off";
    std::string breaker = "closed";  // "closed", "open", "half-open"
    std::optional<WallTime> last_success;
    std::string last_error;  // in words; empty since the last time that all went well
    std::optional<WallTime> last_error_at;
    std::optional<Duration> next_try_in;   // while waiting or held
    std::optional<Duration> clock_offset;  // this PC's clock minus the server's
    std::int64_t sent = 0;                 // rows in this run
    std::int64_t requests = 0;             // in this run
    std::map<std::string, std::int64_t>
        results;  // what came of them, by RequestResult's names: all are there
};

}  // namespace chairside
