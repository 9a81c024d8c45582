#pragma once
// What waits for the chain's server, and what became of what does not wait any more. Values only; the
// operations are members of Store. docs/formats/store.md describes the tables.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace chairside {

struct OutboxRow {
    std::int64_t sequence = 0;
    EventId event;
    int revision = 0;
    std::string body;  // JSON
};

// Why the server will never take a row.
struct Death {
    std::string reason;    // in words
    int http = 0;          // status of the answer
    std::string sqlstate;  // or PostgREST's code; empty if it gave none
};

struct DeadLetter {
    OutboxRow row;
    Death why;
    WallTime created{}, died{};
};

// In rows. At any moment: written = acknowledged + superseded + queued + dead + all of dropped.
struct OutboxState {
    std::int64_t written = 0;
    std::int64_t acknowledged = 0;  // the server has it
    std::int64_t superseded = 0;    // a newer revision of the same event went, or waits, instead
    std::int64_t queued = 0;
    std::int64_t dead = 0;
    std::map<std::string, std::int64_t> dropped;  // for want of room, by what it was: "haircuts", "waits" …
    std::optional<WallTime> oldest;               // when the oldest that waits was written
};

struct BrokerRow {
    std::int64_t sequence = 0;
    std::string body;  // JSON, as OutboxRow's
};
struct BrokerQueue {
    std::int64_t waiting = 0, given_up = 0;
};

// Rows that were given up for want of room.
struct Loss {
    std::string what;  // "haircuts", "rejected", …; "history": reports lose it, the server has it
    std::int64_t rows = 0;
    WallTime first{}, last{};  // when these services began
};

}  // namespace chairside
