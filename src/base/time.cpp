#include "base/time.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <cstdio>
#include <sstream>

namespace chairside {
namespace {

const date::time_zone* zone_of(const void* zone) {
    return static_cast<const date::time_zone*>(zone);
}

date::sys_time<Duration> to_sys(WallTime t) {
    return date::sys_time<Duration>(t.time_since_epoch());
}
WallTime to_wall(date::sys_time<Duration> t) {
    return WallTime(t.time_since_epoch());
}

Result<date::local_days> parse_date(std::string_view text) {
    int y = 0;
    unsigned m = 0, d = 0;
    char rest = 0;
    const std::string copy(text);
    const bool shape = text.size() == 10 && text[4] == '-' && text[7] == '-';
    if (!shape || std::sscanf(copy.c_str(), "%4d-%2u-%2u%c", &y, &m, &d, &rest) != 3) {
        return fail(ErrorKind::kInvalid, "'" + copy + "' is not a date; write it as YYYY-MM-DD");
    }
    const date::year_month_day ymd{date::year(y), date::month(m), date::day(d)};
    if (!ymd.ok()) return fail(ErrorKind::kInvalid, "'" + copy + "' is not a day of the calendar");
    return date::local_days(ymd);
}

}  // namespace

SystemClock::SystemClock()
    : steady_start_(std::chrono::steady_clock::now()),
      mono_start_(std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())) {
}

MonoTime SystemClock::mono_now() const {
    return mono_start_ +
           std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - steady_start_);
}

WallTime SystemClock::wall_now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Result<TimeZone> TimeZone::find(std::string_view name) {
    TimeZone out;
    try {
        const bool local = name.empty() || name == "local";
        const auto* zone = local ? date::current_zone() : date::locate_zone(std::string(name));
        out.name_ = zone->name();
        out.zone_ = zone;
    } catch (const std::exception&) {
        return fail(ErrorKind::kInvalid,
                    "unknown time zone '" + std::string(name) +
                        "'; allowed are 'local' and names such as 'Europe/Berlin' or 'America/New_York'");
    }
    return out;
}

TimeZone TimeZone::utc() {
    TimeZone out;
    out.name_ = "UTC";
    out.zone_ = date::locate_zone("Etc/UTC");
    return out;
}

std::string TimeZone::format(WallTime t, const char* pattern) const {
    std::ostringstream out;
    date::to_stream(out, pattern, date::make_zoned(zone_of(zone_), to_sys(t)));
    return out.str();
}

std::string TimeZone::format_iso(WallTime t) const {
    const auto ms = date::floor<std::chrono::milliseconds>(to_sys(t));
    std::ostringstream out;
    date::to_stream(out, "%Y-%m-%dT%H:%M:%S%Ez", date::make_zoned(zone_of(zone_), ms));
    return out.str();
}

std::string TimeZone::date_of(WallTime t) const {
    return date::format("%Y-%m-%d", date::floor<date::days>(zone_of(zone_)->to_local(to_sys(t))));
}

int TimeZone::hour_of(WallTime t) const {
    const auto local = zone_of(zone_)->to_local(to_sys(t));
    return static_cast<int>(date::floor<std::chrono::hours>(local - date::floor<date::days>(local)).count());
}

Result<WallTime> TimeZone::at(std::string_view date_text, std::chrono::minutes time_of_day) const {
    const auto day = parse_date(date_text);
    if (!day) return tl::unexpected(day.error());
    const auto local = *day + time_of_day;
    const auto info = zone_of(zone_)->get_info(local);
    // A gap: the clock jumps over this time; info.first ends at the jump. Twice: the first of the two.
    if (info.result == date::local_info::nonexistent)
        return to_wall(date::sys_time<Duration>(info.first.end));
    return to_wall(date::sys_time<Duration>(local.time_since_epoch() - info.first.offset));
}

Result<WallTime> TimeZone::start_of_day(std::string_view date_text) const {
    return at(date_text, std::chrono::minutes(0));
}

Result<std::string> TimeZone::add_days(std::string_view date_text, int n) {
    const auto day = parse_date(date_text);
    if (!day) return tl::unexpected(day.error());
    return date::format("%Y-%m-%d", *day + date::days(n));
}

std::string format_utc(WallTime t) {
    return date::format("%Y-%m-%dT%H:%M:%SZ", date::floor<std::chrono::milliseconds>(to_sys(t)));
}

Result<WallTime> parse_iso(std::string_view text) {
    const auto wrong = [&] {
        return fail(ErrorKind::kInvalid,
                    "'" + std::string(text) +
                        "' is not a time; write it as 2026-11-22T09:05:00Z or 2026-11-22T10:05:00+01:00");
    };
    for (const char* pattern : {"%Y-%m-%dT%H:%M:%S%Ez", "%Y-%m-%dT%H:%M:%SZ"}) {
        std::istringstream in{std::string(text)};
        date::sys_time<Duration> t;
        in >> date::parse(pattern, t);
        if (!in.fail() && (in.peek(), in.eof())) return to_wall(t);
    }
    return wrong();
}

}  // namespace chairside
