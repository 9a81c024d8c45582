#pragma once
// Watchdog: tells systemd how the service is (sd_notify), and ends the program when one of its threads is stuck for good, so
// that systemd starts it anew. The store is safe at any moment; open sessions go on after the start.

#include <string>
#include <vector>

#include "base/pulse.hpp"

namespace chairside {

// Threads: one. Without systemd (NOTIFY_SOCKET) nothing is told and nobody would start the program again: then it only logs.
class Watchdog {
  public:
    void started() const;
    void stopping() const;
    // About ten times a second. Does not return if a thread has been stuck for kGiveUpAfter: exit code kExitStuck.
    void tick();

    static constexpr Duration kGiveUpAfter = std::chrono::seconds(30);

  private:
    std::vector<std::string> named_;  // in the log already
    MonoTime last_{};
};

}  // namespace chairside
