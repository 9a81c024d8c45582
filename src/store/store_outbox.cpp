// The outbox: rows out of the events' transactions, in order, until the server has them.

#include <sys/stat.h>

#include <algorithm>

#include "store/rows.hpp"
#include "store/store_impl.hpp"

namespace chairside {
using sqlite::Database;
namespace {

Result<OutboxRow> read_outbox(const sqlite::Query& row) {
    OutboxRow out{row.integer(0), {}, static_cast<int>(row.integer(2)), row.text(3)};
    const auto id = row.blob(1);
    if (id.size() != out.event.bytes.size()) {
        return fail(ErrorKind::kCorrupt, "outbox row " + std::to_string(out.sequence) + " names no event");
    }
    std::copy(id.begin(), id.end(), out.event.bytes.begin());
    return out;
}

Result<DeadLetter> read_dead(const sqlite::Query& row) {
    auto sent = read_outbox(row);
    if (!sent) return tl::unexpected(std::move(sent.error()));
    return DeadLetter{std::move(*sent),
                      {row.text(6), static_cast<int>(row.integer(7)), row.text(8)},
                      wall(row.integer(4)),
                      wall(row.integer(5))};
}

Result<void> count(Database& database, const char* name, std::int64_t rows) {
    if (rows == 0) return {};
    return database.query("UPDATE sync_counts SET rows = rows + ? WHERE name = ?").bind(rows, name).run();
}

// Runs one DELETE and gives how many rows it took.
template <typename... Values>
Result<std::int64_t> remove(Database& database, const char* sql, const Values&... values) {
    if (auto done = database.query(sql).bind(values...).run(); !done) return tl::unexpected(done.error());
    return database.changes();
}

Result<void> read_counts(Database& database, OutboxState& out) {
    auto query = database.query("SELECT name, rows FROM sync_counts");
    for (;;) {
        const auto row = query.next();
        if (!row) return tl::unexpected(row.error());
        if (!*row) return {};
        const std::string name = query.text(0);
        constexpr std::string_view kDropped = "dropped ";
        if (name == "acknowledged") out.acknowledged = query.integer(1);
        if (name == "superseded") out.superseded = query.integer(1);
        if (name.starts_with(kDropped)) out.dropped[name.substr(kDropped.size())] = query.integer(1);
    }
}

Result<OutboxState> read_state(Database& database) {
    OutboxState out;
    const auto written =
        database.number("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)");
    if (!written) return tl::unexpected(written.error());
    const auto dead = database.number("SELECT count(*) FROM dead_letter");
    if (!dead) return tl::unexpected(dead.error());
    if (auto counted = read_counts(database, out); !counted) return tl::unexpected(counted.error());
    out.written = *written;
    out.dead = *dead;
    out.queued = out.written - out.dead - out.acknowledged - out.superseded;
    for (const auto& [what, rows] : out.dropped)
        if (what != "history") out.queued -= rows;
    auto oldest = database.query("SELECT created_us FROM outbox ORDER BY sequence LIMIT 1");
    const auto row = oldest.next();
    if (!row) return tl::unexpected(row.error());
    if (*row) out.oldest = wall(oldest.integer(0));
    return out;
}

}  // namespace

Result<std::int64_t> Store::outbox_size() const {
    return impl_->read([](Database& database) { return database.number("SELECT count(*) FROM outbox"); });
}

Result<OutboxState> Store::outbox_state() const {
    return impl_->read([](Database& database) -> Result<OutboxState> {
        // The counts belong together: one moment of the store.
        sqlite::Transaction snapshot(database, sqlite::Transaction::Kind::kRead);
        if (!snapshot.begun()) return tl::unexpected(snapshot.begun().error());
        return read_state(database);
    });
}

Result<std::vector<OutboxRow>> Store::outbox(std::int64_t limit) const {
    return impl_->read([&](Database& database) {
        auto query =
            database.query("SELECT sequence, event, revision, body FROM outbox ORDER BY sequence LIMIT ?");
        return collect<OutboxRow>(query.bind(limit), read_outbox);
    });
}

Result<std::vector<OutboxRow>> Store::outbox_batch(std::size_t rows, std::size_t bytes, End end) const {
    constexpr const char* kOldest =
        "SELECT sequence, event, revision, body FROM outbox AS o WHERE NOT EXISTS (SELECT 1 FROM outbox AS n "
        "WHERE n.event = o.event AND n.revision > o.revision) ORDER BY sequence LIMIT ?";
    constexpr const char* kNewest =
        "SELECT sequence, event, revision, body FROM outbox AS o WHERE NOT EXISTS (SELECT 1 FROM outbox AS n "
        "WHERE n.event = o.event AND n.revision > o.revision) ORDER BY sequence DESC LIMIT ?";
    return impl_->read([&](Database& database) -> Result<std::vector<OutboxRow>> {
        auto query = database.query(end == End::kOldest ? kOldest : kNewest);
        query.bind(static_cast<std::int64_t>(rows));
        std::vector<OutboxRow> out;
        std::size_t used = 0;
        for (;;) {
            const auto more = query.next();
            if (!more) return tl::unexpected(more.error());
            if (!*more) return out;
            auto row = read_outbox(query);
            if (!row) return tl::unexpected(std::move(row.error()));
            used += row->body.size() + 1;
            if (used > bytes && !out.empty()) return out;
            out.push_back(std::move(*row));
        }
    });
}

Result<void> Store::acknowledge(const std::vector<std::int64_t>& sequences) {
    if (sequences.empty()) return {};
    return impl_->transact([&](Database& database) -> Result<void> {
        std::int64_t gone = 0;
        for (const std::int64_t sequence : sequences) {
            const auto removed = remove(database, "DELETE FROM outbox WHERE sequence = ?", sequence);
            if (!removed) return tl::unexpected(removed.error());
            gone += *removed;
        }
        return count(database, "acknowledged", gone);
    });
}

Result<void> Store::delivered(const std::vector<OutboxRow>& rows) {
    if (rows.empty()) return {};
    return impl_->transact([&](Database& database) -> Result<void> {
        std::int64_t sent = 0, older = 0;
        for (const OutboxRow& row : rows) {
            auto removed = remove(database, "DELETE FROM outbox WHERE sequence = ?", row.sequence);
            if (!removed) return tl::unexpected(removed.error());
            sent += *removed;
            removed = remove(database, "DELETE FROM outbox WHERE event = ? AND revision < ?",
                             std::span(row.event.bytes), row.revision);
            if (!removed) return tl::unexpected(removed.error());
            older += *removed;
        }
        if (auto counted = count(database, "acknowledged", sent); !counted) return counted;
        return count(database, "superseded", older);
    });
}

Result<void> Store::bury(const OutboxRow& row, const Death& why) {
    return impl_->transact([&](Database& database) -> Result<void> {
        auto done = database
                        .query(
                            "INSERT INTO dead_letter SELECT sequence, event, revision, boot, created_us, "
                            "body, ?, ?, ?, ? FROM outbox WHERE sequence = ?")
                        .bind(us(impl_->now()), why.reason.empty() ? "no reason given" : why.reason, why.http)
                        .bind(why.sqlstate, row.sequence)
                        .run();
        if (!done) return done;
        return database.query("DELETE FROM outbox WHERE sequence = ?").bind(row.sequence).run();
    });
}

Result<std::vector<DeadLetter>> Store::dead_letters(std::int64_t limit, std::int64_t after) const {
    return impl_->read([&](Database& database) {
        auto query = database.query(
            "SELECT sequence, event, revision, body, created_us, died_us, reason, http, sqlstate "
            "FROM dead_letter WHERE sequence > ? ORDER BY sequence LIMIT ?");
        return collect<DeadLetter>(query.bind(after, limit), read_dead);
    });
}

Result<std::int64_t> Store::revive(const std::vector<std::int64_t>& sequences) {
    std::int64_t revived = 0;
    const auto move = [&](Database& database, const char* copy, const char* remove_sql,
                          std::optional<std::int64_t> sequence) -> Result<void> {
        auto insert = database.query(copy);
        if (auto done = (sequence ? insert.bind(*sequence) : insert).run(); !done) return done;
        auto gone = database.query(remove_sql);
        if (auto done = (sequence ? gone.bind(*sequence) : gone).run(); !done) return done;
        revived += database.changes();
        return {};
    };
    const auto done = impl_->transact([&](Database& database) -> Result<void> {
        if (sequences.empty()) {
            return move(database,
                        "INSERT INTO outbox SELECT sequence, event, revision, boot, created_us, body "
                        "FROM dead_letter",
                        "DELETE FROM dead_letter", std::nullopt);
        }
        for (const std::int64_t sequence : sequences) {
            auto moved = move(database,
                              "INSERT INTO outbox SELECT sequence, event, revision, boot, created_us, body "
                              "FROM dead_letter WHERE sequence = ?",
                              "DELETE FROM dead_letter WHERE sequence = ?", sequence);
            if (!moved) return moved;
        }
        return {};
    });
    if (!done) return tl::unexpected(done.error());
    return revived;
}

Result<std::vector<Gap>> Store::unsent_gaps(std::int64_t limit) const {
    return impl_->read([&](Database& database) {
        auto query = database.query(
            "SELECT id, camera, start_us, end_us, reason FROM gaps "
            "WHERE sent = 0 OR (sent = 1 AND end_us IS NOT NULL) ORDER BY id LIMIT ?");
        return collect<Gap>(query.bind(limit), read_gap);
    });
}

Result<void> Store::gaps_sent(const std::vector<Gap>& gaps) {
    if (gaps.empty()) return {};
    return impl_->transact([&](Database& database) -> Result<void> {
        for (const Gap& gap : gaps) {
            auto done = database.query("UPDATE gaps SET sent = max(sent, ?) WHERE id = ?")
                            .bind(gap.end ? 2 : 1, gap.id)
                            .run();
            if (!done) return done;
        }
        return {};
    });
}

Result<void> Store::make_private() {
    for (const char* suffix : {"", "-wal", "-shm"}) {
        const std::string file = impl_->options.path.string() + suffix;
        if (::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0 && errno != ENOENT)
            return fail(ErrorKind::kIo, file + ": cannot be made private");
    }
    return {};
}

}  // namespace chairside
