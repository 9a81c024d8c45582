#pragma once
// From events and gaps to figures. Pure: values in, values out. Private to src/report.

#include <map>
#include <string>
#include <vector>

#include "report/report_generator.hpp"

namespace chairside {

struct Span {
    WallTime from{}, to{};  // [from, to)
};

struct BusinessDay {
    std::string date;
    Span span;
};

// A business day runs from `day_end` of its date to `day_end` of the next.
Result<std::vector<BusinessDay>> business_days(const TimeZone& zone, std::chrono::minutes day_end,
                                               const std::string& from_date, const std::string& to_date);

struct Hour {
    Span span;
    std::string label;  // by the clock on the wall, "09:00"
};
// Steps of an hour of real time from the day's start: 24, on change days 23 or 25.
std::vector<Hour> hours_of(const TimeZone& zone, const BusinessDay& day);

struct ReportInput {
    std::vector<StoredEvent> events;  // that begin within the days
    std::vector<Gap> gaps;            // that touch the days
    std::map<std::string, WallTime> last_alive;
    std::vector<CameraConfig> expected;
};

// Fills all but branch, device and timezone. `days`: at least one, in order.
DailySummary make_summary(const TimeZone& zone, const std::vector<BusinessDay>& days,
                          const ReportInput& input);

}  // namespace chairside
