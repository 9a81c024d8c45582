#pragma once
// DashboardUpdater: the thread that tells the broadcaster how the shop is. While somebody watches: status each second,
// and soon after a change; the summary where it changed. Each minute a line in the log says how everything is, watched or
// not.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/pulse.hpp"
#include "serve/dashboard_broadcaster.hpp"

namespace chairside {

struct UpdaterSources {
    std::function<std::string()> status, summary;  // JSON objects, without "seq"
    std::function<void()> log_status;
};

// Threads: wake() from any; the sources are called in the updater's thread.
class DashboardUpdater {
  public:
    static constexpr Duration kStatusEvery = std::chrono::seconds(1);
    static constexpr Duration kLogEvery = std::chrono::seconds(60);
    static constexpr Duration kSoonest = std::chrono::milliseconds(50);  // between two status for changes

    // Broadcaster and clock must outlive it.
    DashboardUpdater(DashboardBroadcaster& broadcaster, const Clock& clock, UpdaterSources sources);
    ~DashboardUpdater();  // stops

    void start();
    void stop();
    // Something changed (somebody sat down, a reader came): status soon.
    void wake();

    // One turn: does what is due, and says for how long there is nothing to do. For the thread, and for tests.
    Duration step();

  private:
    void loop();

    DashboardBroadcaster& broadcaster_;
    const Clock& clock_;
    const UpdaterSources sources_;
    std::optional<MonoTime> last_status_;  // updater's thread only, as the next two
    MonoTime last_log_;
    std::string last_summary_;
    bool was_watched_ = false;

    std::mutex mutex_;  // guards changed_, stopping_
    std::condition_variable wake_;
    bool changed_ = false, stopping_ = false;
    Pulse pulse_{"the dashboard's updates", std::chrono::minutes(2)};
    std::thread thread_;
};

}  // namespace chairside
