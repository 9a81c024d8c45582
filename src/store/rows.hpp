#pragma once
// Events and sessions as rows: checked before they are written and again after they were read.
// Private to src/store.

#include <string>

#include "base/result.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace chairside {

// Error{kInvalid} names the value that no store may hold.
Result<void> check(const Event& event);
Result<void> check(const OpenSession& session);

extern const char* const kEventColumns;  // in the order of bind_event and read_event
void bind_event(sqlite::Query& query, const StoredEvent& event);
Result<StoredEvent> read_event(const sqlite::Query& row);  // Error{kCorrupt} names the row

extern const char* const kSessionColumns;
void bind_session(sqlite::Query& query, const OpenSession& session);
Result<OpenSession> read_session(const sqlite::Query& row);

// Columns: id, camera, start_us, end_us, reason.
Result<Gap> read_gap(const sqlite::Query& row);

// The outbox body: what the server gets. docs/formats/store.md describes its members.
std::string event_json(const StoredEvent& event);

constexpr std::int64_t us(WallTime t) {
    return t.time_since_epoch().count();
}
constexpr std::int64_t us(MonoTime t) {
    return t.time_since_epoch().count();
}
constexpr WallTime wall(std::int64_t us) {
    return WallTime(Duration(us));
}
constexpr MonoTime mono(std::int64_t us) {
    return MonoTime(Duration(us));
}

}  // namespace chairside
