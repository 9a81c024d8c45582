// What the owner's broker is still to be told. The event itself is in `events`; here only that it waits.

#include <algorithm>

#include "store/rows.hpp"
#include "store/store_impl.hpp"

namespace chairside {
using sqlite::Database;
namespace {

constexpr std::int64_t kMostWaiting = 100'000;  // a year of a busy branch; beyond it the oldest are given up
constexpr char kGivenUp[] = "mqtt.given_up";

}  // namespace

Result<void> Store::Impl::queue_for_broker(Database& database, const Event& event) const {
    if (!options.to_broker) return {};
    auto done =
        database.query("DELETE FROM mqtt_outbox WHERE event = ?").bind(std::span(event.id.bytes)).run();
    if (!done) return done;
    return database.query("INSERT INTO mqtt_outbox (event, revision) VALUES (?, ?)")
        .bind(std::span(event.id.bytes), event.revision)
        .run();
}

Result<std::vector<BrokerRow>> Store::broker_batch(std::int64_t rows) const {
    struct Waiting {
        std::int64_t sequence;
        EventId event{};
    };
    auto waiting = impl_->read([&](Database& database) {
        auto query = database.query("SELECT sequence, event FROM mqtt_outbox ORDER BY sequence LIMIT ?");
        query.bind(rows);
        return collect<Waiting>(query, [](const sqlite::Query& row) -> Result<Waiting> {
            Waiting out{row.integer(0), {}};
            const auto id = row.blob(1);
            std::copy(id.begin(), id.end(), out.event.bytes.begin());  // its length is checked by the schema
            return out;
        });
    });
    if (!waiting) return tl::unexpected(waiting.error());
    std::vector<BrokerRow> out;
    for (const Waiting& one : *waiting) {
        const auto stored = event(one.event);
        if (!stored) return tl::unexpected(stored.error());
        if (*stored) out.push_back({one.sequence, event_json(**stored)});
    }
    return out;
}

Result<void> Store::broker_has(const std::vector<std::int64_t>& sequences) {
    if (sequences.empty()) return {};
    return impl_->transact([&](Database& database) -> Result<void> {
        for (const std::int64_t sequence : sequences) {
            auto done = database.query("DELETE FROM mqtt_outbox WHERE sequence = ?").bind(sequence).run();
            if (!done) return done;
        }
        return {};
    });
}

Result<BrokerQueue> Store::broker_queue() const {
    auto waiting =
        impl_->read([](Database& database) { return database.number("SELECT count(*) FROM mqtt_outbox"); });
    if (!waiting) return tl::unexpected(waiting.error());
    const auto given_up = value(kGivenUp);
    return BrokerQueue{*waiting, given_up ? std::stoll(*given_up) : 0};
}

Result<std::int64_t> Store::trim_broker_queue() {
    std::int64_t gone = 0;
    auto done = impl_->transact([&](Database& database) -> Result<void> {
        auto deleted =
            database
                .query(
                    "DELETE FROM mqtt_outbox WHERE sequence <= (SELECT sequence FROM mqtt_outbox ORDER BY "
                    "sequence DESC LIMIT 1 OFFSET ?) OR event NOT IN (SELECT id FROM events)")
                .bind(kMostWaiting)
                .run();
        gone = database.changes();
        return deleted;
    });
    if (!done) return tl::unexpected(done.error());
    if (gone == 0) return 0;
    const auto before = value(kGivenUp);
    const std::int64_t all = (before ? std::stoll(*before) : 0) + gone;
    if (auto kept = set_value(kGivenUp, std::to_string(all)); !kept) return tl::unexpected(kept.error());
    return gone;
}

}  // namespace chairside
