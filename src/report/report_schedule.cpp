// The schedule: which reports are due, which are old. What is done is known from the store (kv) and the
// files.

#include <algorithm>
#include <sstream>

#include "report/report_files.hpp"
#include "report/report_generator.hpp"

namespace chairside {
namespace {

constexpr int kCatchUpDays = 31;
// A service still "open" this long after its day's report is not going to end: a crash left it.
constexpr int kRewriteDays = 3;
constexpr const char* kLastKey = "reports.last";
constexpr const char* kOpenKey = "reports.open";

Result<std::string> value_or_empty(const Store& store, const char* key) {
    auto value = store.value(key);
    if (!value && value.error().kind == ErrorKind::kNotFound) return std::string();
    return value;
}

std::vector<std::string> split(const std::string& dates) {
    std::istringstream in(dates);
    std::vector<std::string> out;
    for (std::string date; in >> date;)
        out.push_back(date);
    return out;
}

std::string join(const std::vector<std::string>& dates) {
    std::string out;
    for (const std::string& date : dates)
        out += (out.empty() ? "" : " ") + date;
    return out;
}

}  // namespace

// Finished business dates without a report, oldest first.
Result<std::vector<std::string>> ReportGenerator::due_dates(const std::string& today) const {
    auto last = value_or_empty(store_, kLastKey);
    if (!last) return tl::unexpected(last.error());
    // A date that is still to come was written while the clock was wrong.
    if (*last >= today) last->clear();

    const auto first_event = store_.events({.limit = 1});
    if (!first_event) return tl::unexpected(first_event.error());
    std::string date;
    if (!last->empty()) {
        date = TimeZone::add_days(*last, 1).value_or(today);
    } else if (!first_event->empty()) {
        date = business_date(first_event->front().event.start);
    } else {
        return std::vector<std::string>();
    }
    date = std::max(date, TimeZone::add_days(today, -kCatchUpDays).value_or(today));

    std::vector<std::string> out;
    for (; date < today; date = TimeZone::add_days(date, 1).value_or(today)) {
        const std::string json = (config_.dir / (report_stem(branch_, date, date) + ".json")).string();
        std::error_code ignored;
        // Without a record in the store, a report that is there came from an earlier store that knew more.
        const bool there =
            std::filesystem::exists(json, ignored) || std::filesystem::exists(json + ".gz", ignored);
        if (last->empty() && there) continue;
        out.push_back(date);
    }
    return out;
}

// Dates whose report was written while services were going on.
Result<std::vector<std::string>> ReportGenerator::still_open(const std::string& today) const {
    const auto kept = value_or_empty(store_, kOpenKey);
    if (!kept) return tl::unexpected(kept.error());
    const std::string oldest = TimeZone::add_days(today, -kRewriteDays).value_or(today);
    std::vector<std::string> out;
    for (const std::string& date : split(*kept)) {
        if (date >= oldest && date < today) out.push_back(date);
    }
    return out;
}

Result<void> ReportGenerator::clean_up(const std::string& today) const {
    // 0 or less: never. A typing error must not delete what cannot be made again.
    const auto limit = [&](int days) {
        return days > 0 ? TimeZone::add_days(today, -days).value_or(std::string()) : std::string();
    };
    const std::string archive_before = limit(config_.archive_after_days);
    const std::string delete_before = limit(config_.delete_after_days);
    const auto files = report_files(config_.dir, branch_);
    if (!files) return tl::unexpected(files.error());
    for (const ReportFile& file : *files) {
        if (file.to_date < delete_before) {
            std::error_code error;
            std::filesystem::remove(file.path, error);
            if (error)
                return fail(ErrorKind::kIo,
                            file.path.string() + ": cannot be deleted (" + error.message() + ")");
        } else if (file.to_date < archive_before && !file.compressed) {
            if (auto done = compress(file.path); !done) return done;
        }
    }
    return {};
}

Result<std::vector<std::string>> ReportGenerator::run_due(WallTime now, bool tidy) {
    std::vector<std::string> written;
    if (!config_.schedule) return written;
    const std::string today = business_date(now);
    const auto due = due_dates(today);
    if (!due) return tl::unexpected(due.error());
    auto open = still_open(today);
    if (!open) return tl::unexpected(open.error());

    std::vector<std::string> open_now;
    const auto write_one = [&](const std::string& date) -> Result<void> {
        int still_going_on = 0;
        const auto files = write_files(date, date, still_going_on);
        if (!files) return tl::unexpected(files.error());
        written.push_back(date);
        if (still_going_on > 0) open_now.push_back(date);
        return {};
    };
    for (const std::string& date : *open) {
        const auto summary = summarize(date, date);
        if (!summary) return tl::unexpected(summary.error());
        if (summary->open > 0) {
            open_now.push_back(date);
        } else if (auto done = write_one(date); !done) {
            return tl::unexpected(done.error());
        }
    }
    for (const std::string& date : *due) {
        if (auto done = write_one(date); !done) return tl::unexpected(done.error());
        // The open ones first: a crash in between writes this report again, and forgets none.
        auto kept = store_.set_value(kOpenKey, join(open_now));
        if (kept) kept = store_.set_value(kLastKey, date);
        if (!kept) return tl::unexpected(kept.error());
    }
    if (open_now != *open) {
        if (auto kept = store_.set_value(kOpenKey, join(open_now)); !kept)
            return tl::unexpected(kept.error());
    }
    std::error_code ignored;
    if (tidy && std::filesystem::exists(config_.dir, ignored)) {
        if (auto done = clean_up(today); !done) return tl::unexpected(done.error());
    }
    return written;
}

}  // namespace chairside
