#pragma once
// What the service says of itself, and the door to ask: a Unix-domain socket in the state folder that only
// the service's user can open. The answer is one JSON document (docs/formats/status.md).

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "events/event.hpp"
#include "store/outbox.hpp"
#include "sync/sync_state.hpp"

namespace chairside {

struct CameraStatus {
    std::string id;
    std::string state;  // "starting", "ok", "degraded", "offline", "ended", "failed"
    double fps = 0;     // analysed frames per second, over the last seconds
    std::optional<double> last_frame_age_s;
    std::uint64_t frames = 0, dropped = 0;  // dropped: a newer one came first, or it was too old
    int active_tracks = 0;
    int still_things = 0;                                  // people-shaped, never moving: left out
    std::optional<double> progress;                        // files: 0..1
    std::string error;                                     // last one, in words; no secrets
    std::uint64_t too_old = 0;                             // of those dropped
    std::uint64_t still = 0;                               // not looked at, as nothing moved
    std::uint64_t cropped = 0;                             // looked at in parts only
    double target_fps = 0, allowed_fps = 0;                // as configured; as there is CPU for
    std::optional<double> delay_p50_ms{}, delay_p99_ms{};  // live: from capture until its events are stored
};

// Which settings run.
struct SettingsStatus {
    int revision = 0;            // of the branch's managers; 0: the device's file alone
    std::optional<int> refused;  // the newest, if it does not fit this device, …
    std::string error;           // … and why
    std::string file_error;      // why the device's own file, as it is now, does not run; empty: it does
    std::vector<std::string> restart;  // its sections that wait for a restart
};

// What the feed to the owner's MQTT broker does.
struct MqttState {
    std::string state = "off";  // "off" (none is configured), "connecting", "ok"
    std::string last_error;     // in words; empty since the broker was last reached
    std::int64_t waiting = 0;   // events that it has not acknowledged
    std::int64_t given_up = 0;  // since the store was made: the broker was away for too long
};

// Of the computer, not of a camera; while it lasts.
struct Trouble {
    std::string what;   // as the dashboard's health has it: "store", "disk", "clock", "service"
    std::string words;  // for a person
    friend bool operator==(const Trouble&, const Trouble&) = default;
};

struct Status {
    bool running = false;
    std::string branch, device, version;
    double uptime_s = 0;
    int active_tracks = 0;
    std::int64_t events_queued = 0;  // rows in the outbox
    Summary summary;                 // of the business day
    std::string load;                // in words; empty: there is CPU for all that is wanted
    // Sending to the central store.
    SyncState sync;
    std::int64_t dead_letters = 0;                // rows that the server will not take
    std::optional<double> oldest_queued_s;        // age of the oldest row in the outbox
    std::optional<double> last_sent_s;            // since the last answer that took something
    std::map<std::string, std::int64_t> dropped;  // for want of room, by what it was
    SettingsStatus config;
    MqttState mqtt;
    std::string alarm;  // what a person must know at once, in words: it crashed again and again; else empty
    std::vector<Trouble> problems;
    std::vector<CameraStatus> cameras;
};

// cameras[] alone, for heartbeats.
std::string cameras_to_json(const Status& status);
std::string to_json(const Status& status);
Result<Status> parse_status(const std::string& json);

// Threads: serves from its own; `status` is called there. Stops in the destructor and removes its socket
// file.
class StatusServer {
  public:
    static Result<std::unique_ptr<StatusServer>> start(const std::filesystem::path& socket,
                                                       std::function<Status()> status);
    ~StatusServer();

  private:
    class Impl;
    explicit StatusServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// Asks a running service. Error{kUnavailable} when none answers within the timeout.
Result<Status> query_status(const std::filesystem::path& socket, Duration timeout = std::chrono::seconds(2));

}  // namespace chairside
