#pragma once
// Store: SQLite. Events, open sessions, gaps and the outbox. docs/formats/store.md describes the schema.
//
// Operation: an event and its outbox row are written in one transaction; WAL, synchronous=FULL.
// Concurrency: any thread; one connection writes and checkpoints (calls are serialised), reads use a second,
// query-only one. Limits: none on rows; retention deletes what is old, reported and acknowledged. Failure:
// Error{kIo} for a full or failing disk: nothing of the call was stored and the caller keeps it. A corrupt
// file found at open is set aside as <file>.bad-<time> and a new one is begun;
// `opened_fresh_after_corruption` says so.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "events/event.hpp"
#include "store/config_revision.hpp"
#include "store/outbox.hpp"
#include "zones/foot_map.hpp"

namespace chairside {

// Times a camera saw nothing: its counts are unknown there, not zero.
struct Gap {
    std::int64_t id = 0;
    std::string camera;
    WallTime start{};
    std::optional<WallTime> end;  // nullopt: still going on
    std::string reason;           // "offline", "stopped", "crash", …
};

struct StoredEvent {
    Event event;
    std::string branch, device;
    std::string boot;  // the run of the service that counted it: person ids are unique within one
};

struct EventQuery {
    std::optional<WallTime> from{}, to{};  // by start; [from, to)
    std::optional<ZoneType> type{};
    std::optional<std::string> camera{}, zone{};
    std::int64_t limit = -1;
    std::optional<Verdict> verdict{};
    std::optional<EventState> state{};
    bool newest_first = false;
    std::optional<std::pair<WallTime, EventId>> beyond{};  // only those after this one in the order asked for
};

struct StoreOptions {
    std::filesystem::path path;
    std::string branch, device;
    std::int64_t max_bytes = 0;    // the file may not grow past this; 0: as far as the disk goes
    const Clock* clock = nullptr;  // must outlive the store; nullptr: the system's
    bool to_broker = false;        // events are queued for the owner's MQTT broker, too
};

inline constexpr int kFeetDays = 30;  // zones are judged by the last weeks, and up to 45 kB an hour add up

class Store {
  public:
    static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
    // For reports and status of a store that a service may be writing to. Nothing is created, migrated or
    // repaired.
    static Result<std::unique_ptr<Store>> open_read_only(const std::filesystem::path& path);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // Set when open() found a corrupt file: where it was put.
    const std::optional<std::filesystem::path>& set_aside() const;

    // One transaction: events with their outbox rows, open sessions written or removed. An event revision
    // that is not newer than the stored one is ignored (repeats are harmless).
    struct Batch {
        std::vector<Event> events;
        std::vector<OpenSession> sessions;                        // insert or replace, by (camera, session)
        std::vector<std::pair<std::string, std::int64_t>> ended;  // (camera, session)
    };
    Result<void> write(const Batch& batch);
    // Only moves the last-seen times of open sessions (called about once a second).
    Result<void> touch(const std::vector<OpenSession>& sessions);

    // A camera has one open gap at most: if there is one (a crash left it), it goes on and its id is
    // returned.
    Result<std::int64_t> begin_gap(const std::string& camera, WallTime start, const std::string& reason);
    // Never before its start; ending an ended gap changes nothing; kNotFound for an unknown id.
    Result<void> end_gap(std::int64_t id, WallTime end);
    Result<std::vector<Gap>> gaps(WallTime from, WallTime to) const;  // that touch [from, to)

    Result<std::vector<OpenSession>> open_sessions() const;
    Result<std::vector<StoredEvent>> events(const EventQuery& query) const;  // by start, then id
    Result<std::optional<StoredEvent>> event(const EventId& id) const;
    Result<Summary> summary(WallTime from,
                            WallTime to)
        const;  // services by start, parts of one not again; active_people: visits with an open session

    // ---- The outbox (store_outbox.cpp, store_room.cpp)
    Result<std::int64_t> outbox_size() const;
    Result<OutboxState> outbox_state() const;  // costs the same however long the queue is
    Result<std::vector<OutboxRow>> outbox(std::int64_t limit) const;  // every row, oldest first
    // The newest waiting revision of each event, at most so many rows and bytes of bodies (but always one
    // row): by sequence from the oldest, or, for a look at the other end, from the newest.
    enum class End { kOldest, kNewest };
    Result<std::vector<OutboxRow>> outbox_batch(std::size_t rows, std::size_t bytes,
                                                End end = End::kOldest) const;
    Result<void> acknowledge(const std::vector<std::int64_t>& sequences);
    // The server has these: they and every older revision of the same events leave the outbox.
    Result<void> delivered(const std::vector<OutboxRow>& rows);
    // The server will never take this row: it goes to the dead letters, with its body.
    Result<void> bury(const OutboxRow& row, const Death& why);
    Result<std::vector<DeadLetter>> dead_letters(std::int64_t limit, std::int64_t after = 0) const;
    // Back into the outbox at their old place; all if none is named. Gives how many.
    Result<std::int64_t> revive(const std::vector<std::int64_t>& sequences);
    // Gaps of which the server lacks the start or the end; and that it has them now, as they are given here.
    Result<std::vector<Gap>> unsent_gaps(std::int64_t limit) const;
    Result<void> gaps_sent(const std::vector<Gap>& gaps);
    // Where the file nears max_bytes (or the disk its end) the least valuable goes first: superseded rows,
    // old services that the server has, then what was never sent: rejected, review, waits, washes, haircuts.
    // Each loss is counted by name for good (OutboxState::dropped) and returned. Open services stay.
    Result<std::vector<Loss>> make_room();
    // Readable by the service's user alone: the log-in at the server is kept here.
    Result<void> make_private();

    // ---- The owner's MQTT broker (store_mqtt.cpp): each event that it has not acknowledged, in its newest revision
    Result<std::vector<BrokerRow>> broker_batch(std::int64_t rows) const;  // oldest first
    Result<void> broker_has(const std::vector<std::int64_t>& sequences);
    Result<BrokerQueue> broker_queue() const;
    // Keeps the newest 100,000; gives how many were given up. They stay in the store and for the centre.
    Result<std::int64_t> trim_broker_queue();

    // ---- Settings of managers (store_config.cpp), of this store's branch
    // A revision as it was fetched; kept as kNew, unless it is known and runs or was refused. 50 are kept.
    Result<void> keep_config(int revision, const std::string& settings);
    Result<std::optional<ConfigRevision>> newest_config() const;  // fetched last
    Result<std::optional<ConfigRevision>> running_config() const;
    Result<void> config_runs(int revision);  // … and the one before does not any more
    Result<void> config_refused(int revision, const std::string& why);

    // When each camera was being watched: heartbeat rows, so that a crash's gap is known afterwards.
    Result<void> alive(const std::string& camera, WallTime now);
    Result<std::map<std::string, WallTime>> last_alive() const;

    // Adds to what is stored of the hour that `at` falls in (UTC).
    Result<void> add_feet(const std::string& camera, WallTime at, const FootMap& feet);
    Result<FootMap> feet(const std::string& camera, WallTime from,
                         WallTime to) const;  // hours begun in [from, to)

    Result<std::string> value(const std::string& key) const;  // kv; Error{kNotFound}
    Result<void> set_value(const std::string& key, const std::string& value);

    // Closed events that began before the limit and were acknowledged; gaps that ended before it; feet of hours
    // before it, and of more than kFeetDays ago.
    Result<void> remove_older_than(WallTime limit);
    int schema_version() const;
    // Names this run of the service; person ids are unique within one.
    const std::string& boot() const;

  private:
    friend class DashboardRows;
    class Impl;
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
