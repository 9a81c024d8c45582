#pragma once
// SupabaseSync: the background thread that sends what the store holds.
//
// Threads: all members from any. Limits: stops within half a second, also in the middle of a request. Failure:
// never ends by itself; what is wrong is in state().

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/store.hpp"
#include "sync/device_status.hpp"
#include "sync/supabase_client.hpp"
#include "sync/sync_state.hpp"

namespace chairside {

struct SyncOptions {
    SupabaseAccess access;
    Duration heartbeat_interval = std::chrono::seconds(30);
    // The first contact comes at a random time up to this long after the start: after a power cut a whole chain
    // does not log in at once.
    Duration start_delay = std::chrono::seconds(60);
    // Where `chairside sync now` and `dead retry` leave their wishes; empty: nowhere.
    std::filesystem::path errands;
};

class SupabaseSync {
  public:
    // Starts. The store and the clock must outlive it; `status` is called on its thread.
    SupabaseSync(Store& store, const Clock& clock, SyncOptions options, std::function<DeviceStatus()> status);
    ~SupabaseSync();  // stops
    void stop();
    SyncState state() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// What another process wants from the service that holds the store. A file: {"now": true, "retry": [sequences]},
// an empty list for all.
struct Errand {
    bool now = false;
    std::optional<std::vector<std::int64_t>> retry;
};
std::filesystem::path errands_of(const std::filesystem::path& store);
Result<void> leave_errand(const std::filesystem::path& file, const Errand& errand);
// The errand, if there is one; it is gone afterwards.
std::optional<Errand> take_errand(const std::filesystem::path& file);

// Sends all there is and returns: `chairside sync now` without a service. `progress` gets each step's state and the
// rows that wait; false ends it. The error says what is in the way.
Result<void> send_all(Store& store, const Clock& clock, const SupabaseAccess& access,
                      const std::function<bool(const SyncState&, std::int64_t)>& progress);

TokenKeeper keep_in(Store& store);

}  // namespace chairside
