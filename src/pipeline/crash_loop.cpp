#include "pipeline/crash_loop.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

namespace chairside {

StartPlan plan_start(const std::string& remembered, bool crashed, WallTime now) {
    using std::chrono::seconds;
    std::vector<WallTime> crashes;
    std::istringstream words(remembered);
    for (std::int64_t at = 0; words >> at;) {
        const WallTime time{seconds(at)};
        // A clock that was set back leaves times that are still to come: nothing can be said of those.
        if (time <= now && now - time < kCrashWindow) crashes.push_back(time);
    }
    if (crashed) crashes.push_back(now);
    StartPlan plan;
    for (const WallTime time : crashes)
        plan.remember += std::to_string(std::chrono::floor<seconds>(time).time_since_epoch().count()) + " ";
    plan.crashes = static_cast<int>(crashes.size());
    if (!crashed || plan.crashes < kCrashLimit) return plan;
    const int doublings = std::min(plan.crashes - kCrashLimit, 10);
    plan.cameras_after = std::min(kLongestPause, kFirstPause * (1 << doublings));
    plan.alarm = "The service has crashed " + std::to_string(plan.crashes) + " times within " +
                 std::to_string(std::chrono::duration_cast<std::chrono::minutes>(kCrashWindow).count()) +
                 " minutes; its cameras are opened again after a pause of " +
                 std::to_string(std::chrono::duration_cast<seconds>(plan.cameras_after).count()) +
                 " s. Its log says more.";
    return plan;
}

}  // namespace chairside
