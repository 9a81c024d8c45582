#pragma once
// ReportGenerator: the day's CSV, summary, text and HTML from the store. Reads the store, never the pipeline.
// docs/formats/report.md and docs/formats/csv.md describe what is written.

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
    int count = 0;                                // with verdict "counted" only, parts of another not again
    int finished = 0;                             // … of which ended; only these have a final dwell
    double mean_dwell_s = 0, median_dwell_s = 0;  // of the finished; 0 if there are none
    int to_review = 0;                            // not in count
};

// How much of a time was seen. Partly: a count there is "at least".
enum class Coverage { kKnown, kPartly, kUnknown };
const char* to_string(Coverage coverage);  // "known", "partly", "unknown"

struct HourFigures {
    std::map<ZoneType, int> counts{};  // types without any are missing
    Coverage coverage = Coverage::kKnown;
    double unknown_s = 0;  // of the camera that was blind longest
};

struct DayFigures {
    std::string date;
    std::map<ZoneType, int> counts{};
    int to_review = 0;
    Coverage coverage = Coverage::kKnown;
    double unknown_s = 0;
};

// For the picture of the day: who sat where, when. Rejected ones are left out.
struct ReportedStay {
    std::string zone;  // "camera/zone"
    ZoneType type = ZoneType::kChair;
    WallTime start{}, end{};
    bool open = false, to_review = false;
};

struct DailySummary {
    std::string branch, device, timezone;
    std::string from_date, to_date;           // local business dates, inclusive
    WallTime from{}, to{};                    // [from, to)
    std::map<ZoneType, TypeFigures> by_type;  // all types
    std::map<std::string, std::map<ZoneType, TypeFigures>> by_camera, by_zone;  // zone key: "camera/zone"
    // One day: in order of time, 24 entries (23 or 25 on change days). Several days: by hour of the day, 24
    // entries, summed; unknown is what was unknown on every day.
    std::vector<HourFigures> by_hour;
    std::vector<std::string>
        hour_labels;  // "09:00"; an hour that comes twice has its zone's name: "02:00 CEST"
    std::vector<DayFigures> by_day;
    int unique_people = 0;  // visits with a counted service
    int open = 0;           // counted and still going on
    int to_review = 0, rejected = 0;
    std::vector<Gap> gaps;  // that touch [from, to)
    std::optional<WallTime>
        seen_until;                   // set if no camera was alive after this, until `to`: unknown from there
    std::vector<ReportedStay> stays;  // one day only
    std::map<std::string, std::string> cameras_of;  // zone key -> camera, for the gaps of a zone
};

struct ReportFiles {
    std::filesystem::path csv, text, html, json;
};

// Threads: any; one at a time per directory. Failure: Error names the file; files are written beside and
// renamed, so a report is either whole or the earlier one.
class ReportGenerator {
  public:
    // The store must outlive the generator. run_due() keeps its progress in it, the rest only reads.
    ReportGenerator(Store& store, TimeZone zone, ReportsConfig config, std::string branch,
                    std::string device);

    // Cameras and zones that are listed also when nothing happened there.
    void expect(const std::vector<CameraConfig>& cameras);

    // [from, to) of business dates "YYYY-MM-DD".."YYYY-MM-DD", both included.
    Result<DailySummary> summarize(const std::string& from_date, const std::string& to_date) const;
    Result<ReportFiles> write(const std::string& from_date, const std::string& to_date) const;
    std::string as_text(const DailySummary& summary) const;
    std::string as_json(const DailySummary& summary) const;
    std::string as_html(const DailySummary& summary) const;
    // RFC 4180 with a byte-order mark; docs/formats/csv.md.
    std::string as_csv(const std::vector<StoredEvent>& events) const;

    // The business date that `now` falls on, and when it ends.
    std::string business_date(WallTime now) const;
    Result<WallTime> end_of(const std::string& date) const;
    // The schedule: writes the reports of all finished days since the last call (31 at most) that are not
    // there yet, and again those that had services still going on, then archives (gzip) and deletes old ones.
    // Returns the dates written.
    // `tidy`: archives and deletes what is old, too.
    Result<std::vector<std::string>> run_due(WallTime now, bool tidy = true);

  private:
    Result<ReportFiles> write_files(const std::string& from_date, const std::string& to_date,
                                    int& open) const;
    Result<std::vector<std::string>> due_dates(const std::string& today) const;
    Result<std::vector<std::string>> still_open(const std::string& today) const;
    Result<void> clean_up(const std::string& today) const;

    Store& store_;
    TimeZone zone_;
    ReportsConfig config_;
    std::string branch_, device_;
    std::vector<CameraConfig> expected_;
};

}  // namespace chairside
