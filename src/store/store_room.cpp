// What goes when the disk is full: the least valuable first, in small transactions, each loss counted by
// name.

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include "base/log.hpp"
#include "store/rows.hpp"
#include "store/store_impl.hpp"

namespace chairside {
using sqlite::Database;
namespace {

constexpr std::int64_t kChunk = 100;   // rows per transaction: events of the moment wait no longer than one
constexpr int kMostChunks = 2000;      // per call; the next call goes on
constexpr double kBeginTidying = 0.8;  // of the room: from here what is no loss goes
constexpr double kBeginLosing = 0.95;  // from here unsent services go
constexpr double kEnough = 0.9;
constexpr double kDiskReserve = 64.0 * 1024 * 1024;     // bytes that are left to others
constexpr auto kHistory = std::chrono::hours(24 * 35);  // a month's report stays possible

// One kind of thing to give up. `find` gives (key, start_us, about its bytes) of up to ?2 of the oldest; ?1 is the
// limit in time.
struct Step {
    const char* what;  // "": no loss
    double down_to;    // share of the room at which this step stops
    const char* find;
    const char* remove;  // by key
};

#define CHAIRSIDE_UNSENT(condition)                                                                    \
    "SELECT o.sequence, e.start_us, length(o.body) + 120 FROM outbox AS o JOIN events AS e ON e.id = " \
    "o.event WHERE "                                                                                   \
    "e.state = 'closed' AND e.start_us < ?1 AND " condition " ORDER BY o.sequence LIMIT ?2"
#define CHAIRSIDE_HISTORY                                                             \
    "SELECT id, start_us, 350 FROM events WHERE start_us < ?1 AND state = 'closed' "  \
    "AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.event = events.id) "           \
    "AND NOT EXISTS (SELECT 1 FROM dead_letter WHERE dead_letter.event = events.id) " \
    "ORDER BY start_us LIMIT ?2"
constexpr const char* kByRow = "DELETE FROM outbox WHERE sequence = ?";
constexpr const char* kByEvent = "DELETE FROM events WHERE id = ?";

constexpr std::array kSteps = std::to_array<Step>({
    {"", kBeginTidying,
     "SELECT sequence, created_us, length(body) + 120 FROM outbox AS o WHERE created_us < ?1 AND EXISTS "
     "(SELECT 1 FROM outbox AS "
     "n "
     "WHERE n.event = o.event AND n.revision > o.revision) ORDER BY sequence LIMIT ?2",
     kByRow},
    {"history", kBeginTidying, CHAIRSIDE_HISTORY, kByEvent},
    {"rejected", kEnough, CHAIRSIDE_UNSENT("e.verdict = 'rejected'"), kByRow},
    {"review", kEnough, CHAIRSIDE_UNSENT("e.verdict = 'review'"), kByRow},
    {"waits", kEnough, CHAIRSIDE_UNSENT("e.type = 'WAIT'"), kByRow},
    {"washes", kEnough, CHAIRSIDE_UNSENT("e.type = 'WASH'"), kByRow},
    {"haircuts", kEnough, CHAIRSIDE_UNSENT("e.type = 'CHAIR'"), kByRow},
    {"history", kEnough, CHAIRSIDE_HISTORY, kByEvent},
});
#undef CHAIRSIDE_UNSENT
#undef CHAIRSIDE_HISTORY
constexpr std::size_t kFirstRealLoss = 2;

struct Found {
    std::vector<std::uint8_t> id;  // of an event, or …
    std::int64_t key = 0;          // … a row's sequence
    std::int64_t start_us = 0, bytes = 0;
};

Result<std::vector<Found>> find(Database& database, const Step& step, std::int64_t before_us) {
    auto query = database.query(step.find);
    return collect<Found>(query.bind(before_us, kChunk), [&](const sqlite::Query& row) -> Result<Found> {
        Found found{{}, row.integer(0), row.integer(1), row.integer(2)};
        if (step.remove == kByEvent) {
            const auto id = row.blob(0);
            found.id.assign(id.begin(), id.end());
        }
        return found;
    });
}

Result<void> note(Database& database, const Step& step, const Loss& loss) {
    if (*step.what == '\0') {
        return database.query("UPDATE sync_counts SET rows = rows + ? WHERE name = 'superseded'")
            .bind(loss.rows)
            .run();
    }
    return database
        .query(
            "INSERT INTO sync_counts (name, rows, first_us, last_us) VALUES (?, ?, ?, ?) ON CONFLICT (name) "
            "DO UPDATE SET rows = rows + excluded.rows, first_us = min(first_us, excluded.first_us), "
            "last_us = max(last_us, excluded.last_us)")
        .bind("dropped " + loss.what, loss.rows, us(loss.first), us(loss.last))
        .run();
}

// Removes what was found, in the caller's transaction; what someone else removed meanwhile is not counted.
Result<Loss> remove(Database& database, const Step& step, const std::vector<Found>& found) {
    Loss loss{step.what, 0, {}, {}};
    for (const Found& item : found) {
        auto query = database.query(step.remove);
        if (item.id.empty())
            query.bind(item.key);
        else
            query.bind(std::span<const std::uint8_t>(item.id));
        if (auto done = query.run(); !done) return tl::unexpected(done.error());
        if (database.changes() == 0) continue;
        const WallTime start = wall(item.start_us);
        loss.first = loss.rows == 0 ? start : std::min(loss.first, start);
        loss.last = loss.rows == 0 ? start : std::max(loss.last, start);
        ++loss.rows;
    }
    if (loss.rows > 0)
        if (auto noted = note(database, step, loss); !noted) return tl::unexpected(noted.error());
    return loss;
}

void add(std::vector<Loss>& losses, const Loss& loss) {
    if (loss.what.empty() || loss.rows == 0) return;
    for (Loss& known : losses) {
        if (known.what != loss.what) continue;
        known.rows += loss.rows;
        known.first = std::min(known.first, loss.first);
        known.last = std::max(known.last, loss.last);
        return;
    }
    losses.push_back(loss);
}

struct Use {
    double bytes = 0, room = 0;
    double share() const { return bytes / std::max(room, 1.0); }
};

// Of max_bytes, and of what the disk still has for us.
Result<Use> measure(Database& database, const StoreOptions& options) {
    const auto size = database.number("PRAGMA page_size");
    const auto pages = database.number("PRAGMA page_count");
    const auto unused = database.number("PRAGMA freelist_count");
    for (const auto* number : {&size, &pages, &unused})
        if (!*number) return tl::unexpected(number->error());
    Use use{static_cast<double>((*pages - *unused) * *size), options.max_bytes > 0
                                                                 ? static_cast<double>(options.max_bytes)
                                                                 : std::numeric_limits<double>::infinity()};
    std::error_code error;
    const auto folder = options.path.parent_path();
    const auto disk = std::filesystem::space(folder.empty() ? "." : folder, error);
    if (!error && disk.capacity > 0) {
        const double spare = static_cast<double>(disk.available) - kDiskReserve;
        use.room = std::min(use.room, static_cast<double>(*pages * *size) + std::max(0.0, spare));
    }
    return use;
}

// One call of make_room().
class Clearing {
  public:
    explicit Clearing(Use use) : use_(use) {}

    bool has_reached(double share) const { return (use_.bytes - freed_) / std::max(use_.room, 1.0) < share; }
    double freed() const { return freed_; }
    // One transaction's worth; false if there is no more of this.
    template <typename Impl>
    Result<bool> chunk(Impl& store, const Step& step, std::int64_t before_us) {
        const auto found = store.read([&](Database& d) { return find(d, step, before_us); });
        if (!found) return tl::unexpected(found.error());
        if (found->empty() || ++chunks_ > kMostChunks) return false;
        Loss loss;
        const auto done = store.transact([&](Database& database) -> Result<void> {
            auto removed = remove(database, step, *found);
            if (!removed) return tl::unexpected(removed.error());
            loss = std::move(*removed);
            return {};
        });
        if (!done) return tl::unexpected(done.error());
        for (const Found& item : *found)
            freed_ += static_cast<double>(item.bytes);
        add(losses, loss);
        return true;
    }

    std::vector<Loss> losses;

  private:
    const Use use_;
    double freed_ = 0;
    int chunks_ = 0;
};

}  // namespace

Result<std::vector<Loss>> Store::make_room() {
    const auto look = [&] { return impl_->read([&](Database& d) { return measure(d, impl_->options); }); };
    const auto before = look();
    if (!before) return tl::unexpected(before.error());
    Clearing clearing(*before);
    for (std::size_t i = 0; i < kSteps.size(); ++i) {
        if (before->share() < (i < kFirstRealLoss ? kBeginTidying : kBeginLosing)) break;
        const std::int64_t limit =
            i == 1 ? us(impl_->now() - kHistory) : std::numeric_limits<std::int64_t>::max();
        for (bool more = true; more && !clearing.has_reached(kSteps[i].down_to);) {
            const auto done = clearing.chunk(*impl_, kSteps[i], limit);
            if (!done) return tl::unexpected(done.error());
            more = *done;
        }
    }
    const auto after = look();
    if (clearing.freed() > 0 && after && after->share() >= kBeginLosing) {
        // What went left holes in pages, and new rows want whole ones.
        const auto compact = impl_->writer.with([](auto& database) { return database->exec("VACUUM"); });
        if (!compact)
            log_warning("", "the store could not be made smaller", {{"why", compact.error().message}});
    }
    return std::move(clearing.losses);
}

}  // namespace chairside
