#pragma once
// When a service that crashes again and again may open its cameras. Pure: what is remembered in, what to do out.

#include <string>

#include "base/time.hpp"

namespace chairside {

struct StartPlan {
    int crashes = 0;           // within kCrashWindow, this one included
    Duration cameras_after{};  // the dashboard and sending begin at once, so that somebody learns of it
    std::string remember;      // to be given to the next start
    std::string alarm;         // in words; empty: all is well
};

inline constexpr Duration kCrashWindow = std::chrono::minutes(15);
inline constexpr int kCrashLimit = 3;
inline constexpr Duration kFirstPause = std::chrono::minutes(1), kLongestPause = std::chrono::minutes(10);

// `remembered`: of the start before; anything unreadable in it is left out. `crashed`: the last run did not end by itself.
// After kCrashLimit crashes within kCrashWindow the cameras wait, twice as long with each further one.
StartPlan plan_start(const std::string& remembered, bool crashed, WallTime now);

}  // namespace chairside
