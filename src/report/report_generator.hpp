#pragma once
// ReportGenerator: the day's CSV, summary, text and HTML from the store. Reads the store, never the pipeline.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "store/store.hpp"

namespace chairside {

struct TypeFigures {
    int count = 0;
    double mean_dwell_s = 0, median_dwell_s = 0;
};

struct DailySummary {
    std::string branch, device, timezone;
    std::string from_date, to_date;  // local business dates, inclusive
    WallTime from{}, to{};           // [from, to)
    std::map<ZoneType, TypeFigures> by_type;
    std::map<std::string, std::map<ZoneType, TypeFigures>> by_camera, by_zone;  // zone key: "camera/zone"
    std::vector<std::map<ZoneType, int>>
        by_hour;                           // in order of time; one day: 24 entries (23 or 25 on change days)
    std::vector<std::string> hour_labels;  // "09:00"
    int unique_people = 0;
    int open = 0;  // still going on
    std::vector<Gap> gaps;
};

struct ReportFiles {
    std::filesystem::path csv, text, html, json;
};

// Threads: any; one at a time per directory. Failure: Error names the file; files are written beside and
// renamed, so a report is either whole or the earlier one.
class ReportGenerator {
  public:
    ReportGenerator(const Store& store, TimeZone zone, ReportsConfig config, std::string branch,
                    std::string device);

    // [from, to) of business dates "YYYY-MM-DD".."YYYY-MM-DD", both included.
    Result<DailySummary> summarize(const std::string& from_date, const std::string& to_date) const;
    Result<ReportFiles> write(const std::string& from_date, const std::string& to_date) const;
    std::string as_text(const DailySummary& summary) const;

    // The business date that `now` falls on, and when it ends.
    std::string business_date(WallTime now) const;
    Result<WallTime> end_of(const std::string& date) const;
    // The schedule: writes the reports of all finished days since the last call that are not there yet, then
    // archives (gzip) and deletes old ones. Returns the dates written.
    Result<std::vector<std::string>> run_due(WallTime now);

  private:
    const Store& store_;
    TimeZone zone_;
    ReportsConfig config_;
    std::string branch_, device_;
};

}  // namespace chairside
