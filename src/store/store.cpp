#include "store/store.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "store/feet_rows.hpp"
#include "store/migrations.hpp"
#include "store/rows.hpp"
#include "store/store_impl.hpp"
#include "store/store_open.hpp"

namespace chairside {

using sqlite::Database;

namespace {

std::string upsert_event_sql() {
    std::string columns = kEventColumns, marks, updates;
    for (std::size_t at = 0; at < columns.size();) {
        const std::size_t end = std::min(columns.find(", ", at), columns.size());
        const std::string column = columns.substr(at, end - at);
        marks += marks.empty() ? "?" : ", ?";
        // `boot` stays that of the run that counted it.
        if (column != "id" && column != "boot")
            updates += (updates.empty() ? "" : ", ") + column + " = excluded." + column;
        at = end + 2;
    }
    return "INSERT INTO events (" + columns + ") VALUES (" + marks + ") ON CONFLICT (id) DO UPDATE SET " +
           updates + " WHERE excluded.revision > events.revision";
}

}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
    auto impl = std::make_unique<Impl>();
    impl->options = options;
    impl->boot = make_random_id_source()->next(impl->now()).to_string();
    if (auto ready = prepare_store_folder(options.path); !ready) return tl::unexpected(ready.error());
    auto lock = StoreLock::take(options.path);
    if (!lock) return tl::unexpected(lock.error());
    impl->lock.emplace(std::move(*lock));

    auto writer = open_writer(options, impl->now(), impl->set_aside);
    if (!writer) return tl::unexpected(writer.error());
    auto version = check_version(**writer, migrations());
    if (!version) return tl::unexpected(version.error());
    impl->version = *version;
    auto reader = Database::open(options.path, sqlite::Mode::kRead);
    if (!reader) return tl::unexpected(reader.error());
    if (auto few = sqlite::keep_few_pages(**reader); !few) return tl::unexpected(few.error());
    impl->writer.with([&](auto& database) { database = std::move(*writer); });
    impl->reader.with([&](auto& database) { database = std::move(*reader); });
    return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::unique_ptr<Store>> Store::open_read_only(const std::filesystem::path& path) {
    auto impl = std::make_unique<Impl>();
    impl->options.path = path;
    auto reader = open_reader(path);
    if (!reader) return tl::unexpected(reader.error());
    auto version = check_version(**reader, migrations());
    if (!version) return tl::unexpected(version.error());
    if (auto few = sqlite::keep_few_pages(**reader); !few) return tl::unexpected(few.error());
    impl->version = *version;
    impl->reader.with([&](auto& database) { database = std::move(*reader); });
    return std::unique_ptr<Store>(new Store(std::move(impl)));
}

const std::optional<std::filesystem::path>& Store::set_aside() const {
    return impl_->set_aside;
}
const std::string& Store::boot() const {
    return impl_->boot;
}
int Store::schema_version() const {
    return impl_->version;
}

// ---- Writing

Result<void> Store::Impl::write_event(Database& database, const Event& event) const {
    static const std::string upsert = upsert_event_sql();
    const StoredEvent stored{event, options.branch, options.device, boot};
    auto query = database.query(upsert.c_str());
    bind_event(query, stored);
    if (auto done = query.run(); !done) return done;
    if (database.changes() == 0) return {};  // a repeat, or older than what is stored
    const auto done =
        database.query("INSERT INTO outbox (event, revision, boot, created_us, body) VALUES (?, ?, ?, ?, ?)")
            .bind(std::span(event.id.bytes), event.revision, boot, us(now()), event_json(stored))
            .run();
    return done ? queue_for_broker(database, event) : done;
}

Result<void> Store::write(const Batch& batch) {
    for (const Event& event : batch.events) {
        if (auto valid = check(event); !valid) return valid;
    }
    for (const OpenSession& session : batch.sessions) {
        if (auto valid = check(session); !valid) return valid;
    }
    if (batch.events.empty() && batch.sessions.empty() && batch.ended.empty()) return {};
    static const std::string insert_session = std::string("INSERT OR REPLACE INTO sessions_open (") +
                                              kSessionColumns +
                                              ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    return impl_->transact([&](Database& database) -> Result<void> {
        for (const Event& event : batch.events) {
            if (auto done = impl_->write_event(database, event); !done) return done;
        }
        for (const OpenSession& session : batch.sessions) {
            auto query = database.query(insert_session.c_str());
            bind_session(query, session);
            if (auto done = query.run(); !done) return done;
        }
        for (const auto& [camera, session] : batch.ended) {
            auto done = database.query("DELETE FROM sessions_open WHERE camera = ? AND session = ?")
                            .bind(camera, session)
                            .run();
            if (!done) return done;
        }
        return {};
    });
}

Result<void> Store::touch(const std::vector<OpenSession>& sessions) {
    if (sessions.empty()) return {};
    return impl_->transact([&](Database& database) -> Result<void> {
        for (const OpenSession& s : sessions) {
            auto done = database
                            .query(
                                "UPDATE sessions_open SET last_seen_us = ?, last_seen_wall_us = ? "
                                "WHERE camera = ? AND session = ?")
                            .bind(us(s.last_seen), us(s.last_seen_wall), s.camera, s.session)
                            .run();
            if (!done) return done;
        }
        return {};
    });
}

Result<std::int64_t> Store::begin_gap(const std::string& camera, WallTime start, const std::string& reason) {
    std::int64_t id = 0;
    auto done = impl_->transact([&](Database& database) -> Result<void> {
        auto open = database.query("SELECT id FROM gaps WHERE camera = ? AND end_us IS NULL");
        const auto found = open.bind(camera).next();
        if (!found) return tl::unexpected(found.error());
        if (*found) {
            id = open.integer(0);
            return {};
        }
        auto inserted = database.query("INSERT INTO gaps (camera, start_us, reason) VALUES (?, ?, ?)")
                            .bind(camera, us(start), reason)
                            .run();
        id = database.last_row_id();
        return inserted;
    });
    if (!done) return tl::unexpected(done.error());
    return id;
}

Result<void> Store::end_gap(std::int64_t id, WallTime end) {
    return impl_->transact([&](Database& database) -> Result<void> {
        auto done = database.query("UPDATE gaps SET end_us = coalesce(end_us, max(start_us, ?)) WHERE id = ?")
                        .bind(us(end), id)
                        .run();
        if (done && database.changes() == 0) {
            return fail(ErrorKind::kNotFound, "the store has no gap " + std::to_string(id));
        }
        return done;
    });
}

Result<void> Store::alive(const std::string& camera, WallTime now) {
    return impl_->transact([&](Database& database) -> Result<void> {
        return database
            .query(
                "INSERT INTO alive (camera, last_us) VALUES (?, ?) "
                "ON CONFLICT (camera) DO UPDATE SET last_us = excluded.last_us")
            .bind(camera, us(now))
            .run();
    });
}

Result<void> Store::set_value(const std::string& key, const std::string& value) {
    return impl_->transact([&](Database& database) -> Result<void> {
        return database
            .query(
                "INSERT INTO kv (key, value) VALUES (?, ?) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value")
            .bind(key, value)
            .run();
    });
}

Result<void> Store::add_feet(const std::string& camera, WallTime at, const FootMap& feet) {
    if (feet.empty()) return {};
    const auto hour = std::chrono::floor<std::chrono::hours>(at);
    return impl_->transact([&](Database& database) -> Result<void> {
        FootMap all;
        auto query = database.query(
            "SELECT width, height, watched_s, cells FROM feet WHERE camera = ? AND hour_us = ?");
        const auto found = query.bind(camera, us(hour)).next();
        if (!found) return tl::unexpected(found.error());
        // What is there and cannot be read is replaced: it is worth no failure each minute.
        if (*found) all = read_feet(query).value_or(FootMap());
        all.add(feet);
        const auto cells = foot_cells(all);
        return database
            .query(
                "INSERT OR REPLACE INTO feet (camera, hour_us, width, height, watched_s, cells) VALUES (?, "
                "?, ?, ?, ?, ?)")
            .bind(camera, us(hour), all.width(), all.height(), all.watched_s(), std::span(cells))
            .run();
    });
}

Result<void> Store::remove_older_than(WallTime limit) {
    // In small transactions: a large one would hold up the events of the moment and swell the log.
    constexpr std::int64_t kChunk = 1000;
    const auto remove = [&](const char* sql, WallTime before) -> Result<void> {
        for (std::int64_t removed = kChunk; removed == kChunk;) {
            auto done = impl_->transact([&](Database& database) -> Result<void> {
                auto deleted = database.query(sql).bind(us(before), kChunk).run();
                removed = database.changes();
                return deleted;
            });
            if (!done) return done;
        }
        return {};
    };
    auto done = remove(
        "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE start_us < ? AND state = 'closed' "
        "AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.event = events.id) "
        "AND NOT EXISTS (SELECT 1 FROM dead_letter WHERE dead_letter.event = events.id) LIMIT ?)",
        limit);
    if (done)
        done = remove("DELETE FROM gaps WHERE id IN (SELECT id FROM gaps WHERE end_us < ? LIMIT ?)", limit);
    if (done) {
        done = remove(
            "DELETE FROM feet WHERE (camera, hour_us) IN (SELECT camera, hour_us FROM feet WHERE hour_us < ? "
            "LIMIT ?)",
            std::max(limit, impl_->now() - std::chrono::hours(24) * kFeetDays));
    }
    if (!done) return done;
    // Gives free pages back to the disk.
    return impl_->writer.with([](auto& database) { return database->exec("PRAGMA incremental_vacuum"); });
}

// ---- Reading

Result<std::vector<Gap>> Store::gaps(WallTime from, WallTime to) const {
    return impl_->read([&](Database& database) {
        auto query = database.query(
            "SELECT id, camera, start_us, end_us, reason FROM gaps WHERE start_us < ?1 "
            "AND (end_us IS NULL OR end_us > ?2 OR start_us >= ?2) ORDER BY start_us, id");
        query.bind(us(to), us(from));
        return collect<Gap>(query, read_gap);
    });
}

Result<std::vector<OpenSession>> Store::open_sessions() const {
    static const std::string sql =
        std::string("SELECT ") + kSessionColumns + " FROM sessions_open ORDER BY camera, session";
    return impl_->read([&](Database& database) {
        auto query = database.query(sql.c_str());
        return collect<OpenSession>(query, read_session);
    });
}

Result<std::vector<StoredEvent>> Store::events(const EventQuery& q) const {
    const auto sql_for = [](const char* beyond, const char* order) {
        return std::string("SELECT ") + kEventColumns +
               " FROM events WHERE start_us >= ? AND start_us < ? AND type = coalesce(?, type) "
               "AND camera = coalesce(?, camera) AND zone = coalesce(?, zone) "
               "AND verdict = coalesce(?, verdict) AND state = coalesce(?, state) "
               "AND (start_us, id) " +
               beyond + " (?, ?) ORDER BY start_us " + order + ", id " + order + " LIMIT ?";
    };
    static const std::string forward = sql_for(">", "ASC"), backward = sql_for("<", "DESC");
    using Limits = std::numeric_limits<std::int64_t>;
    const auto text = [](const auto& value) {
        return value ? std::optional<std::string>(to_string(*value)) : std::nullopt;
    };
    static constexpr std::array<std::uint8_t, 0> kFirst{};
    static constexpr std::array<std::uint8_t, 17> kLast{255, 255, 255, 255, 255, 255, 255, 255, 255,
                                                        255, 255, 255, 255, 255, 255, 255, 255};
    std::span<const std::uint8_t> edge_id = q.newest_first ? std::span<const std::uint8_t>(kLast) : kFirst;
    std::int64_t edge_us = q.newest_first ? Limits::max() : Limits::min();
    if (q.beyond) {
        edge_us = us(q.beyond->first);
        edge_id = q.beyond->second.bytes;
    }
    return impl_->read([&](Database& database) {
        auto query = database.query((q.newest_first ? backward : forward).c_str());
        query.bind(q.from ? us(*q.from) : Limits::min(), q.to ? us(*q.to) : Limits::max())
            .bind(text(q.type), q.camera, q.zone, text(q.verdict), text(q.state))
            .bind(edge_us, edge_id, q.limit);
        return collect<StoredEvent>(query, read_event);
    });
}

Result<std::optional<StoredEvent>> Store::event(const EventId& id) const {
    static const std::string sql = std::string("SELECT ") + kEventColumns + " FROM events WHERE id = ?";
    return impl_->read([&](Database& database) -> Result<std::optional<StoredEvent>> {
        auto query = database.query(sql.c_str());
        auto rows = collect<StoredEvent>(query.bind(std::span(id.bytes)), read_event);
        if (!rows) return tl::unexpected(rows.error());
        if (rows->empty()) return std::nullopt;
        return std::move(rows->front());
    });
}

Result<Summary> Store::summary(WallTime from, WallTime to) const {
    return impl_->read([&](Database& database) -> Result<Summary> {
        auto query = database.query(
            "SELECT count(*) FILTER (WHERE type = 'CHAIR'), count(*) FILTER (WHERE type = 'WASH'), "
            "count(*) FILTER (WHERE type = 'WAIT'), "
            "(SELECT count(DISTINCT coalesce(e.visit, s.camera || '/' || s.person)) "
            "FROM sessions_open s LEFT JOIN events e ON e.id = s.event) "
            "FROM events WHERE start_us >= ? AND start_us < ? AND verdict = 'counted' AND part_of IS NULL");
        const auto row = query.bind(us(from), us(to)).next();
        if (!row) return tl::unexpected(row.error());
        const auto number = [&](int column) { return static_cast<int>(query.integer(column)); };
        return Summary{
            .active_people = number(3), .haircuts = number(0), .washes = number(1), .waits = number(2)};
    });
}

Result<std::map<std::string, WallTime>> Store::last_alive() const {
    return impl_->read([](Database& database) -> Result<std::map<std::string, WallTime>> {
        auto query = database.query("SELECT camera, last_us FROM alive");
        using Entry = std::pair<std::string, WallTime>;
        auto rows = collect<Entry>(query, [](const auto& row) -> Result<Entry> {
            return Entry{row.text(0), wall(row.integer(1))};
        });
        if (!rows) return tl::unexpected(rows.error());
        return std::map<std::string, WallTime>(rows->begin(), rows->end());
    });
}

Result<FootMap> Store::feet(const std::string& camera, WallTime from, WallTime to) const {
    return impl_->read([&](Database& database) -> Result<FootMap> {
        auto query = database.query(
            "SELECT width, height, watched_s, cells FROM feet WHERE camera = ? AND hour_us >= ? AND hour_us "
            "< ? "
            "ORDER BY hour_us");
        query.bind(camera, us(from), us(to));
        FootMap all;
        for (;;) {
            const auto row = query.next();
            if (!row) return tl::unexpected(row.error());
            if (!*row) return all;
            const auto hour = read_feet(query);
            if (!hour) return tl::unexpected(hour.error());
            all.add(*hour);
        }
    });
}

Result<std::string> Store::value(const std::string& key) const {
    return impl_->read([&](Database& database) -> Result<std::string> {
        auto query = database.query("SELECT value FROM kv WHERE key = ?");
        const auto row = query.bind(key).next();
        if (!row) return tl::unexpected(row.error());
        if (!*row) return fail(ErrorKind::kNotFound, "the store holds no value '" + key + "'");
        return query.text(0);
    });
}

}  // namespace chairside
