#pragma once
// Two times, two types. Dwell is measured in MonoTime, which never jumps; reports show WallTime.
//
// MonoTime: microseconds. In the service its origin is chosen so that it equals the Unix time at start-up
// (and then follows the steady clock), so that stored times of an earlier run can be compared; offline its
// origin is the first frame (0). WallTime: microseconds since the Unix epoch, UTC. Frames carry both;
// `capture` is the only place that relates them.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace chairside {

using Duration = std::chrono::microseconds;

struct MonoClockTag {
    using rep = std::int64_t;
    using period = std::micro;
    using duration = Duration;
    using time_point = std::chrono::time_point<MonoClockTag, Duration>;
    static constexpr bool is_steady =
        true;  // NOLINT(readability-identifier-naming): the name that std::chrono asks for
};
using MonoTime = MonoClockTag::time_point;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

constexpr double to_seconds(Duration d) {
    return static_cast<double>(d.count()) * 1e-6;
}
// Rounds to the nearest microsecond.
constexpr Duration from_seconds(double s) {
    return Duration(static_cast<std::int64_t>(s * 1e6 + (s < 0 ? -0.5 : 0.5)));
}
constexpr double to_seconds(MonoTime t) {
    return to_seconds(t.time_since_epoch());
}

// The current times come through this seam, so that tests can set them. Threads: any.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual MonoTime mono_now() const = 0;
    virtual WallTime wall_now() const = 0;
};

// The system's clocks; mono's origin is set at construction as described above.
class SystemClock final : public Clock {
  public:
    SystemClock();
    MonoTime mono_now() const override;
    WallTime wall_now() const override;

  private:
    std::chrono::steady_clock::time_point steady_start_;
    MonoTime mono_start_;
};

// A time zone by IANA name, e.g. "Europe/Berlin"; "" or "local" is the machine's zone.
class TimeZone {
  public:
    static Result<TimeZone> find(std::string_view name);
    static TimeZone utc();

    const std::string& name() const { return name_; }
    // "2026-11-22T09:05:07.123+01:00" (milliseconds).
    std::string format_iso(WallTime t) const;
    // By strftime-like pattern of the date library, in local time, e.g. "%H:%M".
    std::string format(WallTime t, const char* pattern) const;
    // "2026-11-22", the local date of t.
    std::string date_of(WallTime t) const;
    // Local hour 0..23.
    int hour_of(WallTime t) const;
    // First instant of a local date given as "YYYY-MM-DD"; invalid dates are an Error.
    // Where midnight does not exist (daylight saving) it is the first instant after it.
    Result<WallTime> start_of_day(std::string_view date) const;
    // As start_of_day, at a local time of day; a time that does not exist moves forward, one that occurs
    // twice is the first.
    Result<WallTime> at(std::string_view date, std::chrono::minutes time_of_day) const;
    // The date n days later (n may be negative).
    static Result<std::string> add_days(std::string_view date, int n);

  private:
    TimeZone() = default;
    std::string name_;
    const void* zone_ = nullptr;  // date::time_zone, owned by the library's database
};

// "2026-11-22T08:05:07.123Z" and back (also with offsets; fraction optional).
std::string format_utc(WallTime t);
Result<WallTime> parse_iso(std::string_view text);

}  // namespace chairside
