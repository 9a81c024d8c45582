#include "watchdog.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdlib>

#include "base/log.hpp"
#include "commands.hpp"

namespace chairside {
namespace {

constexpr Duration kTick = std::chrono::seconds(1);

MonoTime steady_now() {
    return MonoTime(
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

bool is_supervised() {
    return std::getenv("NOTIFY_SOCKET") != nullptr;  // NOLINT(concurrency-mt-unsafe): nobody sets it
}

}  // namespace

void Watchdog::started() const {
    sd_notify(0, "READY=1\nSTATUS=watching");
}
void Watchdog::stopping() const {
    sd_notify(0, "STOPPING=1\nSTATUS=finishing what is in hand");
}

void Watchdog::tick() {
    const MonoTime now = steady_now();
    if (now - last_ < kTick) return;
    last_ = now;
    const auto stuck = stuck_threads();
    for (const StuckThread& one : stuck) {
        if (std::find(named_.begin(), named_.end(), one.name) == named_.end())
            log_error("", "a part of the service does not turn any more", {{"which", one.name}});
        if (one.late < kGiveUpAfter || !is_supervised()) continue;
        log_error("", "it does not come back; the service ends, so that it is started anew",
                  {{"which", one.name}});
        flush_log();
        std::_Exit(kExitStuck);  // its threads cannot be joined
    }
    named_.clear();
    for (const StuckThread& one : stuck)
        named_.push_back(one.name);
    if (stuck.empty()) sd_notify(0, "WATCHDOG=1");
}

}  // namespace chairside
