#include "report/words.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

// Over several days some part of nearly every hour is unknown; only what was never seen is worth a line then.
bool is_quiet(const DailySummary& summary, const HourFigures& hour) {
    const bool seen = hour.coverage == Coverage::kKnown ||
                      (hour.coverage == Coverage::kPartly && summary.by_day.size() > 1);
    return seen && sum_of(hour.counts) == 0;
}

// A time of day; with its date where the report covers several days.
std::string time_words(const TimeZone& zone, const DailySummary& summary, WallTime at) {
    if (summary.from_date == summary.to_date) return zone.format(at, "%H:%M");
    return zone.format(at, "%a %d %b %H:%M");
}

}  // namespace

const char* services_name(ZoneType type) {
    switch (type) {
        case ZoneType::kChair:
            return "Haircuts";
        case ZoneType::kWash:
            return "Washes";
        case ZoneType::kWait:
            return "Waits";
    }
    return "?";
}

std::string dwell_words(double seconds) {
    if (seconds < 60) return std::to_string(std::lround(std::min(seconds, 59.0))) + " s";
    const long minutes = std::lround(seconds / 60);
    if (minutes < 60) return std::to_string(minutes) + " min";
    if (minutes % 60 == 0) return std::to_string(minutes / 60) + " h";
    const std::string rest = std::to_string(minutes % 60);
    return std::to_string(minutes / 60) + " h " + (rest.size() < 2 ? "0" : "") + rest + " min";
}

std::string typical_words(double seconds, int finished) {
    return finished > 0 ? dwell_words(seconds) : "–";
}

std::string count_words(int count, Coverage coverage) {
    if (coverage == Coverage::kKnown) return std::to_string(count);
    if (coverage == Coverage::kUnknown && count == 0) return "unknown";
    return "≥ " + std::to_string(count);
}

int count_of(const std::map<ZoneType, int>& counts, ZoneType type) {
    const auto found = counts.find(type);
    return found != counts.end() ? found->second : 0;
}

int sum_of(const std::map<ZoneType, int>& counts) {
    int sum = 0;
    for (const auto& [type, count] : counts)
        sum += count;
    return sum;
}

std::string day_count_words(const DayFigures& day, ZoneType type) {
    const Coverage coverage = day.coverage == Coverage::kUnknown ? Coverage::kUnknown : Coverage::kKnown;
    return count_words(count_of(day.counts, type), coverage);
}

std::string unknown_time_words(Coverage coverage, double unknown_s) {
    if (coverage == Coverage::kKnown) return "–";
    return coverage == Coverage::kUnknown ? "the whole day" : dwell_words(unknown_s);
}

std::string day_words(const TimeZone& zone, const std::string& date) {
    // Noon: the same date in every zone's clock changes.
    const auto noon = zone.at(date, std::chrono::hours(12));
    return noon ? zone.format(*noon, "%a %d %b") : date;
}

std::string date_words(const TimeZone& zone, const DailySummary& summary) {
    const auto words = [&](const std::string& date) {
        const auto noon = zone.at(date, std::chrono::hours(12));
        return noon ? zone.format(*noon, "%A %d %B %Y") : date;
    };
    if (summary.from_date == summary.to_date) return words(summary.from_date);
    return day_words(zone, summary.from_date) + " to " + day_words(zone, summary.to_date) + " " +
           summary.to_date.substr(0, 4);
}

std::string clock_words(const TimeZone& zone, const DailySummary& summary) {
    std::string out = summary.timezone + " time";
    const std::string begin = zone.format(summary.from, "%H:%M");
    if (begin != "00:00") out += ", " + begin + " to " + zone.format(summary.to, "%H:%M");
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(summary.to - summary.from).count();
    if (summary.by_day.size() == 1 && hours != 24) {
        out += ", a day of " + std::to_string(hours) + " hours: the clocks change";
    }
    return out;
}

std::vector<std::string> unknown_words(const TimeZone& zone, const DailySummary& summary) {
    std::vector<std::string> out;
    for (const Gap& gap : summary.gaps) {
        const WallTime start = std::max(gap.start, summary.from);
        const WallTime end = std::min(gap.end.value_or(summary.to), summary.to);
        std::string line = gap.camera + ": " + time_words(zone, summary, start) + " to " +
                           time_words(zone, summary, end) + " (" + dwell_words(to_seconds(end - start)) +
                           "), " + gap.reason;
        if (!gap.end) line += ", not back yet";
        out.push_back(std::move(line));
    }
    if (summary.seen_until) {
        const bool never = *summary.seen_until <= summary.from;
        out.push_back(never ? "all cameras: the whole time (the service was off, or the day is still to come)"
                            : "all cameras: after " + time_words(zone, summary, *summary.seen_until) +
                                  " (the service was off, or the time is still to come)");
    }
    return out;
}

std::pair<std::size_t, std::size_t> shown_hours(const DailySummary& summary, std::size_t least) {
    const auto& hours = summary.by_hour;
    std::size_t begin = 0, end = hours.size();
    while (begin < end && is_quiet(summary, hours[begin]))
        ++begin;
    while (end > begin && is_quiet(summary, hours[end - 1]))
        --end;
    if (begin == end) return {0, hours.size()};
    while (end - begin < std::min(least, hours.size())) {
        if (begin > 0) --begin;
        if (end < hours.size()) ++end;
    }
    return {begin, end};
}

std::string zone_words(const DailySummary& summary, const std::string& key) {
    const auto camera = summary.cameras_of.find(key);
    if (camera == summary.cameras_of.end() || summary.by_camera.size() > 1) return key;
    return key.substr(camera->second.size() + 1);
}

}  // namespace chairside
