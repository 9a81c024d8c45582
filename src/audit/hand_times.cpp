#include "audit/hand_times.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "audit/csv_table.hpp"

namespace chairside {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr double kLongestRecording = 1e7;  // s
constexpr hours kLongestService{12};       // over midnight

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

// Takes the ending away if it is there.
bool strip(std::string& text, std::string_view ending) {
    if (!text.ends_with(ending)) return false;
    text.resize(text.size() - ending.size());
    while (text.ends_with(' '))
        text.pop_back();
    return true;
}

// "14:05:30.5", "14:05", "2:05 pm", "14:05 Uhr".
struct Clock {
    int fields = 0;  // 2 or 3
    int first = 0, second = 0;
    double third = 0;
};

std::optional<Clock> read_clock(std::string text) {
    text = lower(text);
    strip(text, "uhr");
    const bool pm = strip(text, "pm") || strip(text, "p.m."),
               am = !pm && (strip(text, "am") || strip(text, "a.m."));
    Clock out;
    const auto colon = text.find(':'), next = colon == std::string::npos ? colon : text.find(':', colon + 1);
    if (colon == std::string::npos) return std::nullopt;
    double first = 0, second = 0;
    if (!read_number(text.substr(0, colon), first) ||
        !read_number(text.substr(colon + 1, next - colon - 1), second))
        return std::nullopt;
    out.fields = next == std::string::npos ? 2 : 3;
    if (out.fields == 3 && !read_number(text.substr(next + 1), out.third)) return std::nullopt;
    if (first < 0 || first > 9999 || second < 0 || second >= 60 || out.third < 0 || out.third >= 60)
        return std::nullopt;
    out.first = static_cast<int>(first);
    out.second = static_cast<int>(second);
    if (out.first != first || out.second != second) return std::nullopt;
    if ((am || pm) && (out.first < 1 || out.first > 12)) return std::nullopt;
    if (am || pm) out.first = out.first % 12 + (pm ? 12 : 0);
    return out;
}

tl::unexpected<Error> no_time(const std::string& cell, const Timeline& timeline) {
    return fail(
        ErrorKind::kInvalid,
        "found '" + cell + "'; allowed are " +
            (timeline.zone ? "times such as 14:05, 14:05:30 or 2026-11-21 14:05" : "") +
            (timeline.zone && timeline.begin ? ", " : "") +
            (timeline.begin
                 ? "seconds from the beginning such as 754.2, or 12:34 and 1:02:34 as a player shows them"
                 : ""));
}

}  // namespace

Result<std::string> read_date(const std::string& cell) {
    int year = 0, month = 0, day = 0, length = 0;
    const auto whole = [&] { return length == static_cast<int>(cell.size()); };
    const bool found =
        (std::sscanf(cell.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &length) == 3 && whole()) ||
        (std::sscanf(cell.c_str(), "%4d/%2d/%2d%n", &year, &month, &day, &length) == 3 && whole()) ||
        (std::sscanf(cell.c_str(), "%2d.%2d.%4d%n", &day, &month, &year, &length) == 3 && whole());
    if (found && year < 100) year += 2000;
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    if (found && year >= 2000 && year < 10000 && month > 0 && day > 0 && TimeZone::add_days(text, 0))
        return std::string(text);
    return fail(ErrorKind::kInvalid,
                "found '" + cell + "'; allowed are dates such as 2026-11-21 or 21.11.2026");
}

Result<int> read_hour(const std::string& cell) {
    const auto wrong = [&] {
        return fail(ErrorKind::kInvalid,
                    "found '" + cell + "'; allowed are full hours such as 9, 09:00, 09:00-10:00 or 2 pm");
    };
    std::string text =
        lower(cell.substr(0, cell.find_first_of("-\xe2")));  // of a range its begin; U+2013 too
    while (text.ends_with(' '))
        text.pop_back();
    if (!strip(text, "uhr")) strip(text, "h");
    const bool pm = strip(text, "pm"), am = !pm && strip(text, "am");
    if (const auto colon = text.find(':'); colon != std::string::npos) {
        if (text.substr(colon) != ":00" && text.substr(colon) != ":00:00") return wrong();
        text.resize(colon);
    }
    double hour = 0;
    // The range first: what an int cannot hold must not be cast to one.
    if (!read_number(text, hour) || !(hour >= 0 && hour <= 23) || hour != static_cast<int>(hour))
        return wrong();
    if ((am || pm) && (hour < 1 || hour > 12)) return wrong();
    if (am || pm) return static_cast<int>(hour) % 12 + (pm ? 12 : 0);
    return static_cast<int>(hour);
}

Result<WallTime> read_time(const std::string& cell, const Timeline& timeline) {
    double seconds = 0;
    if (read_number(cell, seconds)) {
        if (!timeline.begin || seconds < 0 || seconds > kLongestRecording) return no_time(cell, timeline);
        return *timeline.begin + from_seconds(seconds);
    }
    if (const auto iso = parse_iso(cell); iso && timeline.zone) return *iso;
    if (!timeline.zone) {
        const auto clock = read_clock(cell);
        if (!clock) return no_time(cell, timeline);
        const double head = clock->first, middle = clock->second;
        return *timeline.begin + from_seconds(clock->fields == 2 ? head * 60 + middle
                                                                 : head * 3600 + middle * 60 + clock->third);
    }
    std::string date = timeline.date, rest = cell;
    if (const auto split = cell.find_first_of(" T"); split != std::string::npos && split >= 8) {
        const auto given = read_date(cell.substr(0, split));
        if (!given) return no_time(cell, timeline);
        date = *given;
        rest = cell.substr(split + 1);
    }
    const auto clock = read_clock(rest);
    if (!clock || clock->first > 23) return no_time(cell, timeline);
    if (date.empty())
        return fail(ErrorKind::kInvalid,
                    "found '" + cell + "' without a date; add a column 'date' or give --date");
    const auto at = timeline.zone->at(date, minutes(clock->first * 60 + clock->second));
    if (!at) return tl::unexpected(at.error());
    char wall[16];
    std::snprintf(wall, sizeof wall, "%02d:%02d", clock->first, clock->second);
    if (timeline.zone->format(*at, "%H:%M") != wall)
        return fail(ErrorKind::kInvalid,
                    "found '" + cell + "', which does not exist on " + date + ": the clocks went forward");
    return *at + from_seconds(clock->third);
}

std::optional<WallTime> after(WallTime start, WallTime end, const Timeline& timeline) {
    if (!timeline.zone) return std::nullopt;
    const WallTime again = end + hours(1);
    if (again > start && timeline.zone->format(again, "%H:%M") == timeline.zone->format(end, "%H:%M"))
        return again;
    const auto next = TimeZone::add_days(timeline.zone->date_of(end), 1);
    const int hour = timeline.zone->hour_of(end), minute = std::stoi(timeline.zone->format(end, "%M"));
    const auto tomorrow =
        next ? timeline.zone->at(*next, minutes(hour * 60 + minute)) : Result<WallTime>(end);
    if (tomorrow && *tomorrow > start && *tomorrow - start < kLongestService) return *tomorrow;
    return std::nullopt;
}

}  // namespace chairside
