#pragma once
// DashboardRows: what the dashboard keeps in the store: log-ins, the audit log, reviews of events, saved zones.
// Threads, failures: as Store.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace chairside {

struct AuditEntry {
    WallTime time{};
    std::string user, address, what, details;
};

enum class ReviewDecision { kConfirmed, kRejected, kUndecided };
const char* to_string(ReviewDecision decision);  // "confirmed", "rejected", "undecided"
std::optional<ReviewDecision> parse_review_decision(std::string_view text);

struct Review {
    EventId event;
    ReviewDecision decision = ReviewDecision::kUndecided;
    Verdict verdict = Verdict::kReview;  // what the program itself had made of it, before any review
    double confidence = 0;
    std::string user, note;
    WallTime time{};
};

struct ZoneRevision {
    std::int64_t revision = 0;
    WallTime time{};
    std::string user, note, body;
};

using TokenHash = std::array<std::uint8_t, 32>;
struct StoredLogin {
    std::string user;
    WallTime expires{};
};

class DashboardRows {
  public:
    static constexpr std::int64_t kMostAudit = 10'000, kMostZoneRevisions = 500;

    // The store must outlive it.
    explicit DashboardRows(Store& store) : store_(store) {}

    Result<std::map<std::string, std::string>> passwords() const;  // user -> hash
    // Ends the user's log-ins.
    Result<void> set_password(const std::string& user, const std::string& hash);

    Result<void> keep_login(const TokenHash& token, const StoredLogin& login);  // and drops expired ones
    Result<std::optional<StoredLogin>> login(const TokenHash& token) const;     // expired or not
    Result<void> end_login(const TokenHash& token);

    Result<void> audit(const AuditEntry& entry);
    Result<std::vector<AuditEntry>> audit_entries(std::int64_t limit) const;  // newest first

    Result<void> add_review(const Review& review);
    // The last of each event, undecided ones too.
    Result<std::map<EventId, Review>> reviews(const std::vector<EventId>& events) const;

    // kInvalid if the newest revision is not `based_on` any more (0: there is none).
    Result<ZoneRevision> save_zones(ZoneRevision zones, std::int64_t based_on);
    Result<std::vector<ZoneRevision>> zone_revisions(std::int64_t limit) const;  // newest first
    Result<std::optional<ZoneRevision>> zone_revision(std::int64_t revision) const;

  private:
    Store& store_;
};

}  // namespace chairside
