#pragma once
// DashboardBroadcaster: publish/subscribe between the running service and whoever watches it.
//
// Updates have a type, and a number that grows by one with each update of that type (tracks: of that camera). Each
// subscriber has a bounded queue: of status, summary and tracks only the newest waits; events wait in order, and where
// they are too many they are all given up for a resync mark that says so: an event is never left out silently. Who takes
// nothing for kPatience while something waits is removed and counted. The last events are kept for those who come back.
// Threads: any. Publishing never waits for a subscriber.

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace chairside {

enum class UpdateType { kStatus, kEvent, kSummary, kTracks, kResync };
inline constexpr int kUpdateTypes = 5;
const char* to_string(UpdateType type);  // "status", "event", "summary", "tracks", "resync"
std::optional<UpdateType> parse_update_type(
    std::string_view text);  // not "resync": nobody publishes or asks for it

struct Update {
    UpdateType type = UpdateType::kStatus;
    std::uint64_t seq = 0;
    std::string key;                          // tracks: the camera
    std::shared_ptr<const std::string> data;  // a JSON object with "seq" as its first member
};

struct Topics {
    bool status = true, event = true, summary = true, tracks = false;
    std::string camera;  // tracks of this one only; empty: all
};

// "<epoch>.<seq>" of the last event that a reader has.
struct EventMark {
    std::string epoch;
    std::uint64_t seq = 0;
    static std::optional<EventMark> parse(std::string_view text);
    std::string to_string() const { return epoch + "." + std::to_string(seq); }
};

class DashboardBroadcaster;

// One subscriber's end. Ends the subscription in its destructor. Must not outlive the broadcaster.
class Subscription {
  public:
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    // Everything that waits: resync mark, events in order, then the newest of the rest. Never waits.
    std::vector<Update> take();
    // Removed for taking nothing, or the broadcaster was closed: nothing comes any more.
    bool closed() const;

  private:
    friend class DashboardBroadcaster;
    struct State;
    Subscription(DashboardBroadcaster& broadcaster, std::shared_ptr<State> state);
    DashboardBroadcaster& broadcaster_;
    std::shared_ptr<State> state_;
};

class DashboardBroadcaster {
  public:
    static constexpr std::size_t kMostEvents = 256;  // that wait for one subscriber
    static constexpr std::size_t kReplay = 1024;     // kept for those who come back
    static constexpr Duration kPatience = std::chrono::seconds(30);

    struct Counters {
        std::uint64_t subscribers = 0;  // now
        std::uint64_t removed = 0;      // for taking nothing
        std::uint64_t resyncs = 0;      // marks handed out
        std::uint64_t published = 0;
    };

    // `epoch` names this run. The clock must outlive it.
    DashboardBroadcaster(std::string epoch, const Clock& clock);
    ~DashboardBroadcaster();

    // `object`: a JSON object that is not empty, without "seq". `key`: tracks only.
    void publish(UpdateType type, const std::string& object, const std::string& key = {});

    // `wake` is called, from any thread and with no lock that take() needs, when something waits or the subscription was
    // closed, and maybe once more after the subscription's end; it must return at once. `after`: the last event the subscriber has; what came later is replayed, or a resync
    // mark says that it cannot be. Without it events begin now.
    std::unique_ptr<Subscription> subscribe(const Topics& topics, std::function<void()> wake,
                                            const std::optional<EventMark>& after = std::nullopt);
    // Called, in the subscriber's thread, when somebody came. Before the first subscribe().
    void on_subscribe(std::function<void()> callback) { on_subscribe_ = std::move(callback); }

    bool watched() const { return watchers_ > 0; }
    bool wants_tracks(const std::string& camera) const;
    std::uint64_t track_watchers() const { return track_watchers_; }  // of any camera
    // Closes the subscriptions of those who take nothing; publish() does it too.
    void remove_unresponsive();
    // Closes all; later subscriptions are closed from the start.
    void close();

    const std::string& epoch() const { return epoch_; }
    Counters counters() const;

  private:
    friend class Subscription;
    using StatePtr = std::shared_ptr<Subscription::State>;
    void unsubscribe(const StatePtr& state);
    void replay(Subscription::State& state, const EventMark& after);
    std::vector<StatePtr> unresponsive(MonoTime now);

    const std::string epoch_;
    const Clock& clock_;
    std::function<void()> on_subscribe_;
    std::atomic<std::uint64_t> watchers_ = 0, track_watchers_ = 0;
    mutable std::mutex mutex_;  // guards all below; taken before a subscription's own
    std::set<StatePtr> subscribers_;
    std::map<std::pair<UpdateType, std::string>, std::uint64_t> numbers_;
    std::deque<Update> events_;
    std::optional<Update> status_, summary_;  // the last ones, while somebody watches
    std::uint64_t removed_ = 0, published_ = 0;
    std::atomic<std::uint64_t> resyncs_ = 0;
    bool closed_ = false;
};

}  // namespace chairside
