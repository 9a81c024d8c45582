#pragma once
// What to send next, and what to do about the answer: one step at a time, with the time from outside, so that
// weeks of a bad network pass in a test within a second.
//
// Operation: heartbeats when due, then gaps, then events by sequence; now and then a look for settings of managers,
// which go into the store and wait there for whoever applies them. A batch that fails for a row is halved
// until the row stands alone; the others go. Rows are held in memory only as far as one batch (500 rows, 256 KiB).
// Threads: step() from one; state() from any. Failure: kept as words in state(); a store that does not answer is
// tried again.

#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "base/locked.hpp"
#include "store/store.hpp"
#include "sync/pacing.hpp"
#include "sync/supabase_client.hpp"
#include "sync/sync_state.hpp"

namespace chairside {

class SyncEngine {
  public:
    struct Settings {
        Duration heartbeat_interval = std::chrono::seconds(30);
        Duration config_interval =
            std::chrono::minutes(2);  // between looks for settings of managers; 0: never
    };
    // All references must outlive the engine. No `status`: no heartbeats.
    SyncEngine(Store& store, SupabaseClient& client, const Clock& clock, Random& random, Settings settings,
               std::function<DeviceStatus()> status);

    // At most one request and those that it needs (log-in, an update instead of an insert). Returns how long to wait
    // until the next step; 0: there is more to do.
    Duration step();
    // Forgets all waits: a person wants to see it tried.
    void now();
    SyncState state() const;

  private:
    // Something that is not taken until a person acts: its own slow retry, so that the rest goes on.
    struct Hold {
        Backoff backoff{std::chrono::seconds(15), std::chrono::minutes(5)};
        MonoTime until{};
        std::string words;
        bool active(MonoTime now) const { return !words.empty() && now < until; }
    };
    enum class Outcome { kOk, kLater };

    bool heartbeat_due(MonoTime now) const;
    std::optional<Outcome> answered(Hold& stream, const Decision& decision);
    std::optional<Outcome> send_heartbeat();
    std::optional<Outcome> send_gaps();
    std::optional<Outcome> send_events();
    std::optional<Outcome> look_for_config();
    bool fetch();
    bool witness_is_taken();
    void suspect(const OutboxRow& row);

    void settle(std::vector<OutboxRow> piece, Decision decision, Duration took);
    void delivered(const std::vector<OutboxRow>& piece, Duration took);
    void refused(std::vector<OutboxRow> piece, const Decision& decision);
    void bury(const OutboxRow& row, const Decision& decision);
    void split(std::vector<OutboxRow> piece);

    void reached();
    void succeeded();
    void failed(const Decision& decision);
    void hold(Hold& hold, const Decision& decision);
    void release(Hold& hold);
    void say_error(const std::string& words);
    void publish(Duration wait);

    Store& store_;
    SupabaseClient& client_;
    const Clock& clock_;
    Random& random_;
    const Settings settings_;
    const std::function<DeviceStatus()> status_;

    Backoff backoff_{std::chrono::seconds(1), std::chrono::minutes(5)};
    Breaker breaker_;
    MonoTime ready_at_{};  // nothing before
    BatchSize batch_;
    std::size_t gap_rows_;
    MonoTime heartbeat_at_{}, gaps_at_{}, config_at_{};
    Hold heartbeats_, gaps_, events_, config_;
    std::vector<std::vector<OutboxRow>> pieces_;  // the back goes next
    // A row that the server took in this run. Sending it again changes nothing there, and shows whether a refusal is
    // about the row or about the device.
    std::optional<OutboxRow> witness_;
    bool witness_asked_ = false;  // for the pieces at hand
    // Refused alone, and no witness yet, or the server stumbles over them: stepped over, tried again later.
    std::set<std::int64_t> suspects_;
    MonoTime suspects_at_{};
    Backoff suspects_backoff_{std::chrono::seconds(30), std::chrono::minutes(5)};
    int refusals_ = 0;  // since a row was taken
    bool newest_first_ = false;
    Locked<SyncState> state_;
};

}  // namespace chairside
