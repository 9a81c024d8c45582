#include "report/report_generator.hpp"

#include "report/csv.hpp"
#include "report/figures.hpp"
#include "report/html_report.hpp"
#include "report/report_files.hpp"
#include "report/text_report.hpp"

namespace chairside {
namespace {

// The last step that failed, for chains of steps that all give Result<void>.
Result<void> write_all(const ReportFiles& files, const std::string& csv, const std::string& text,
                       const std::string& html, const std::string& json) {
    auto done = write_whole(files.csv, csv);
    if (done) done = write_whole(files.text, text);
    if (done) done = write_whole(files.html, html);
    if (done) done = write_whole(files.json, json);
    return done;
}

}  // namespace

ReportGenerator::ReportGenerator(Store& store, TimeZone zone, ReportsConfig config, std::string branch,
                                 std::string device)
    : store_(store),
      zone_(std::move(zone)),
      config_(std::move(config)),
      branch_(std::move(branch)),
      device_(std::move(device)) {}

void ReportGenerator::expect(const std::vector<CameraConfig>& cameras) {
    expected_ = cameras;
}

Result<DailySummary> ReportGenerator::summarize(const std::string& from_date,
                                                const std::string& to_date) const {
    const auto days = business_days(zone_, config_.day_end, from_date, to_date);
    if (!days) return tl::unexpected(days.error());
    const WallTime from = days->front().span.from, to = days->back().span.to;
    auto events = store_.events({.from = from, .to = to});
    if (!events) return tl::unexpected(events.error());
    auto gaps = store_.gaps(from, to);
    if (!gaps) return tl::unexpected(gaps.error());
    auto alive = store_.last_alive();
    if (!alive) return tl::unexpected(alive.error());
    DailySummary summary =
        make_summary(zone_, *days, {std::move(*events), std::move(*gaps), std::move(*alive), expected_});
    summary.branch = branch_;
    summary.device = device_;
    summary.timezone = zone_.name();
    return summary;
}

Result<ReportFiles> ReportGenerator::write(const std::string& from_date, const std::string& to_date) const {
    int open = 0;
    return write_files(from_date, to_date, open);
}

Result<ReportFiles> ReportGenerator::write_files(const std::string& from_date, const std::string& to_date,
                                                 int& open) const {
    const auto summary = summarize(from_date, to_date);
    if (!summary) return tl::unexpected(summary.error());
    const auto events = store_.events({.from = summary->from, .to = summary->to});
    if (!events) return tl::unexpected(events.error());
    std::error_code error;
    std::filesystem::create_directories(config_.dir, error);
    if (error) {
        return fail(ErrorKind::kIo, config_.dir.string() + ": the folder of the reports cannot be made (" +
                                        error.message() + ")");
    }
    const std::string stem = (config_.dir / report_stem(branch_, from_date, to_date)).string();
    const ReportFiles files{stem + ".csv", stem + ".txt", stem + ".html", stem + ".json"};
    auto done = write_all(files, as_csv(*events), as_text(*summary), as_html(*summary), as_json(*summary));
    if (!done) return tl::unexpected(done.error());
    open = summary->open;
    return files;
}

std::string ReportGenerator::as_text(const DailySummary& summary) const {
    return summary_as_text(summary, zone_);
}
std::string ReportGenerator::as_json(const DailySummary& summary) const {
    return summary_as_json(summary, zone_);
}
std::string ReportGenerator::as_html(const DailySummary& summary) const {
    return summary_as_html(summary, zone_);
}
std::string ReportGenerator::as_csv(const std::vector<StoredEvent>& events) const {
    return events_as_csv(events, zone_);
}

std::string ReportGenerator::business_date(WallTime now) const {
    const std::string date = zone_.date_of(now);
    const auto begin = zone_.at(date, config_.day_end);
    if (!begin || now >= *begin) return date;
    return TimeZone::add_days(date, -1).value_or(date);
}

Result<WallTime> ReportGenerator::end_of(const std::string& date) const {
    const auto next = TimeZone::add_days(date, 1);
    if (!next) return tl::unexpected(next.error());
    return zone_.at(*next, config_.day_end);
}

}  // namespace chairside
