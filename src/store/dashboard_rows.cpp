#include "store/dashboard_rows.hpp"

#include <algorithm>

#include "store/rows.hpp"
#include "store/store_impl.hpp"

namespace chairside {
using sqlite::Database;
namespace {

constexpr std::array kDecisions = {"confirmed", "rejected", "undecided"};

Result<ZoneRevision> read_zones(const sqlite::Query& row) {
    return ZoneRevision{row.integer(0), wall(row.integer(1)), row.text(2), row.text(3), row.text(4)};
}

Result<Review> read_review(const sqlite::Query& row) {
    Review out;
    const auto id = row.blob(0);
    const auto decision = parse_review_decision(row.text(1));
    const auto verdict = parse_verdict(row.text(2));
    if (id.size() != out.event.bytes.size() || !decision || !verdict)
        return fail(ErrorKind::kCorrupt, "a row of event_reviews does not hold what it must");
    std::copy(id.begin(), id.end(), out.event.bytes.begin());
    out.decision = *decision;
    out.verdict = *verdict;
    out.confidence = row.real(3);
    out.user = row.text(4);
    out.time = wall(row.integer(5));
    out.note = row.text(6);
    return out;
}

}  // namespace

const char* to_string(ReviewDecision decision) {
    return kDecisions[static_cast<std::size_t>(decision)];
}

std::optional<ReviewDecision> parse_review_decision(std::string_view text) {
    for (std::size_t i = 0; i < kDecisions.size(); ++i)
        if (text == kDecisions[i]) return static_cast<ReviewDecision>(i);
    return std::nullopt;
}

// ---- Log-ins

Result<std::map<std::string, std::string>> DashboardRows::passwords() const {
    return store_.impl_->read([](Database& database) -> Result<std::map<std::string, std::string>> {
        auto query = database.query("SELECT user, hash FROM dashboard_users");
        using Entry = std::pair<std::string, std::string>;
        auto rows = collect<Entry>(query, [](const auto& row) -> Result<Entry> {
            return Entry{row.text(0), row.text(1)};
        });
        if (!rows) return tl::unexpected(rows.error());
        return std::map<std::string, std::string>(rows->begin(), rows->end());
    });
}

Result<void> DashboardRows::set_password(const std::string& user, const std::string& hash) {
    return store_.impl_->transact([&](Database& database) -> Result<void> {
        auto ended = database.query("DELETE FROM dashboard_sessions WHERE user = ?").bind(user).run();
        if (!ended) return ended;
        return database
            .query("INSERT OR REPLACE INTO dashboard_users (user, hash, changed_us) VALUES (?, ?, ?)")
            .bind(user, hash, us(store_.impl_->now()))
            .run();
    });
}

Result<void> DashboardRows::keep_login(const TokenHash& token, const StoredLogin& login) {
    return store_.impl_->transact([&](Database& database) -> Result<void> {
        auto cleaned = database.query("DELETE FROM dashboard_sessions WHERE expires_us < ?")
                           .bind(us(store_.impl_->now()))
                           .run();
        if (!cleaned) return cleaned;
        return database
            .query("INSERT OR REPLACE INTO dashboard_sessions (token, user, expires_us) VALUES (?, ?, ?)")
            .bind(std::span<const std::uint8_t>(token), login.user, us(login.expires))
            .run();
    });
}

Result<std::optional<StoredLogin>> DashboardRows::login(const TokenHash& token) const {
    return store_.impl_->read([&](Database& database) -> Result<std::optional<StoredLogin>> {
        auto query = database.query("SELECT user, expires_us FROM dashboard_sessions WHERE token = ?");
        const auto row = query.bind(std::span<const std::uint8_t>(token)).next();
        if (!row) return tl::unexpected(row.error());
        if (!*row) return std::nullopt;
        return StoredLogin{query.text(0), wall(query.integer(1))};
    });
}

Result<void> DashboardRows::end_login(const TokenHash& token) {
    return store_.impl_->transact([&](Database& database) {
        return database.query("DELETE FROM dashboard_sessions WHERE token = ?")
            .bind(std::span<const std::uint8_t>(token))
            .run();
    });
}

// ---- Audit

Result<void> DashboardRows::audit(const AuditEntry& entry) {
    return store_.impl_->transact([&](Database& database) -> Result<void> {
        auto written = database
                           .query(
                               "INSERT INTO dashboard_audit (time_us, user, address, what, details) VALUES "
                               "(?, ?, ?, ?, ?)")
                           .bind(us(entry.time), entry.user, entry.address, entry.what, entry.details)
                           .run();
        if (!written) return written;
        return database.query("DELETE FROM dashboard_audit WHERE id <= ?")
            .bind(database.last_row_id() - kMostAudit)
            .run();
    });
}

Result<std::vector<AuditEntry>> DashboardRows::audit_entries(std::int64_t limit) const {
    return store_.impl_->read([&](Database& database) {
        auto query = database.query(
            "SELECT time_us, user, address, what, details FROM dashboard_audit ORDER BY id DESC LIMIT ?");
        return collect<AuditEntry>(query.bind(limit), [](const auto& row) -> Result<AuditEntry> {
            return AuditEntry{wall(row.integer(0)), row.text(1), row.text(2), row.text(3), row.text(4)};
        });
    });
}

// ---- Reviews

Result<void> DashboardRows::add_review(const Review& review) {
    return store_.impl_->transact([&](Database& database) {
        return database
            .query(
                "INSERT INTO event_reviews (event, decision, verdict, confidence, user, time_us, note) "
                "VALUES (?, ?, "
                "?, ?, ?, ?, ?)")
            .bind(std::span<const std::uint8_t>(review.event.bytes), to_string(review.decision),
                  to_string(review.verdict), review.confidence, review.user, us(review.time), review.note)
            .run();
    });
}

Result<std::map<EventId, Review>> DashboardRows::reviews(const std::vector<EventId>& events) const {
    return store_.impl_->read([&](Database& database) -> Result<std::map<EventId, Review>> {
        std::map<EventId, Review> out;
        for (const EventId& id : events) {
            auto query = database.query(
                "SELECT event, decision, verdict, confidence, user, time_us, note FROM event_reviews WHERE "
                "event = ? "
                "ORDER BY id DESC LIMIT 1");
            auto rows = collect<Review>(query.bind(std::span<const std::uint8_t>(id.bytes)), read_review);
            if (!rows) return tl::unexpected(rows.error());
            if (!rows->empty()) out[id] = std::move(rows->front());
        }
        return out;
    });
}

// ---- Zones

Result<ZoneRevision> DashboardRows::save_zones(ZoneRevision zones, std::int64_t based_on) {
    auto saved = store_.impl_->transact([&](Database& database) -> Result<void> {
        const auto newest = database.number("SELECT coalesce(max(revision), 0) FROM zone_revisions");
        if (!newest) return tl::unexpected(newest.error());
        if (*newest != based_on)
            return fail(ErrorKind::kInvalid, "revision " + std::to_string(*newest) + " was saved in between");
        zones.revision = based_on + 1;
        auto written =
            database
                .query(
                    "INSERT INTO zone_revisions (revision, time_us, user, note, body) VALUES (?, ?, ?, ?, ?)")
                .bind(zones.revision, us(zones.time), zones.user, zones.note, zones.body)
                .run();
        if (!written) return written;
        return database.query("DELETE FROM zone_revisions WHERE revision <= ?")
            .bind(zones.revision - kMostZoneRevisions)
            .run();
    });
    if (!saved) return tl::unexpected(saved.error());
    return zones;
}

Result<std::vector<ZoneRevision>> DashboardRows::zone_revisions(std::int64_t limit) const {
    return store_.impl_->read([&](Database& database) {
        auto query = database.query(
            "SELECT revision, time_us, user, note, body FROM zone_revisions ORDER BY revision DESC LIMIT ?");
        return collect<ZoneRevision>(query.bind(limit), read_zones);
    });
}

Result<std::optional<ZoneRevision>> DashboardRows::zone_revision(std::int64_t revision) const {
    return store_.impl_->read([&](Database& database) -> Result<std::optional<ZoneRevision>> {
        auto query = database.query(
            "SELECT revision, time_us, user, note, body FROM zone_revisions WHERE revision = ?");
        auto rows = collect<ZoneRevision>(query.bind(revision), read_zones);
        if (!rows) return tl::unexpected(rows.error());
        if (rows->empty()) return std::nullopt;
        return std::move(rows->front());
    });
}

}  // namespace chairside
