// Settings of managers: fetched by sync/, taken up by pipeline/. They outlive restarts and the network.

#include <array>
#include <limits>

#include "store/rows.hpp"
#include "store/store_impl.hpp"

namespace chairside {
using sqlite::Database;
namespace {

constexpr int kKept = 50;  // revisions per branch, the running one besides
constexpr std::array kStates{"new", "runs", "replaced", "refused"};

Result<ConfigRevision> read_revision(const sqlite::Query& row) {
    ConfigRevision out;
    out.revision = static_cast<int>(row.integer(0));
    out.settings = row.text(1);
    out.error = row.text(3);
    out.fetched = wall(row.integer(4));
    const std::string state = row.text(2);
    for (std::size_t i = 0; i < kStates.size(); ++i)
        if (state == kStates[i]) out.state = static_cast<ConfigRevision::State>(i);
    return out;
}

Result<std::optional<ConfigRevision>> first(sqlite::Query& query) {
    auto rows = collect<ConfigRevision>(query, read_revision);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return std::nullopt;
    return std::move(rows->front());
}

}  // namespace

Result<void> Store::keep_config(int revision, const std::string& settings) {
    const std::string& branch = impl_->options.branch;
    return impl_->transact([&](Database& database) -> Result<void> {
        // In the order of fetching, not of numbers: a project that was made anew begins at 1 again.
        auto done = database
                        .query(
                            "INSERT INTO config_revisions (branch, revision, settings, fetched, fetched_us, "
                            "state, decided_us, "
                            "error) VALUES (?1, ?2, ?3, (SELECT coalesce(max(fetched), 0) + 1 FROM "
                            "config_revisions WHERE "
                            "branch = ?1), ?4, 'new', 0, '') ON CONFLICT (branch, revision) DO UPDATE SET "
                            "fetched = excluded.fetched, fetched_us = excluded.fetched_us, settings = "
                            "excluded.settings, "
                            "state = CASE WHEN settings = excluded.settings AND state <> 'replaced' THEN "
                            "state ELSE 'new' END")
                        .bind(branch, revision, settings, us(impl_->now()))
                        .run();
        if (!done) return done;
        return database
            .query(
                "DELETE FROM config_revisions WHERE branch = ?1 AND state <> 'runs' AND fetched <= (SELECT "
                "max(fetched) FROM config_revisions WHERE branch = ?1) - ?2")
            .bind(branch, kKept)
            .run();
    });
}

Result<std::optional<ConfigRevision>> Store::newest_config() const {
    return impl_->read([&](Database& database) {
        auto query = database.query(
            "SELECT revision, settings, state, error, fetched_us FROM config_revisions WHERE branch = ? "
            "ORDER BY fetched DESC LIMIT 1");
        return first(query.bind(impl_->options.branch));
    });
}

Result<std::optional<ConfigRevision>> Store::running_config() const {
    return impl_->read([&](Database& database) {
        auto query = database.query(
            "SELECT revision, settings, state, error, fetched_us FROM config_revisions WHERE branch = ? "
            "AND state = 'runs'");
        return first(query.bind(impl_->options.branch));
    });
}

Result<void> Store::config_runs(int revision) {
    return impl_->transact([&](Database& database) -> Result<void> {
        const std::int64_t now = us(impl_->now());
        auto done = database
                        .query(
                            "UPDATE config_revisions SET state = 'replaced', decided_us = ? WHERE branch = ? "
                            "AND state = 'runs' AND revision <> ?")
                        .bind(now, impl_->options.branch, revision)
                        .run();
        if (!done) return done;
        return database
            .query(
                "UPDATE config_revisions SET state = 'runs', decided_us = ?, error = '' WHERE branch = ? AND "
                "revision = ? AND state <> 'runs'")
            .bind(now, impl_->options.branch, revision)
            .run();
    });
}

Result<void> Store::config_refused(int revision, const std::string& why) {
    return impl_->transact([&](Database& database) -> Result<void> {
        return database
            .query(
                "UPDATE config_revisions SET state = 'refused', decided_us = ?, error = ? WHERE branch = ? "
                "AND "
                "revision = ?")
            .bind(us(impl_->now()), why, impl_->options.branch, revision)
            .run();
    });
}

}  // namespace chairside
