#pragma once
// Times as people write them into a list, on the branch's clock or along a recording. Pure.

#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chairside {

struct Timeline {
    std::optional<TimeZone>
        zone;  // of the clock on the wall; nullopt: only a recording's own times are known
    std::optional<WallTime> begin;  // of the recording, whose seconds then are allowed
    std::string date;               // for times without one, "YYYY-MM-DD"; may be empty
};

// "2026-11-21", "21.11.2026", "2026/11/21" -> "2026-11-21".
Result<std::string> read_date(const std::string& cell);

// "9", "09:00", "09:00-10:00", "9 Uhr", "2 pm" -> 0..23 (for a recording: the n-th hour from 0).
Result<int> read_hour(const std::string& cell);

// ISO 8601; "[date ]14:05[:30]", with am or pm or "Uhr"; for a recording also seconds, "MM:SS" and "H:MM:SS".
// A time that the clock skips is refused; of one that comes twice the first is meant.
Result<WallTime> read_time(const std::string& cell, const Timeline& timeline);

// Where `end` lies before `start`: the second of two equal clock times, or after midnight. nullopt: neither.
std::optional<WallTime> after(WallTime start, WallTime end, const Timeline& timeline);

}  // namespace chairside
