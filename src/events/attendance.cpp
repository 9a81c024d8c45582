#include "events/attendance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace chairside {
namespace {
constexpr std::size_t kWindow = 101;  // sessions
constexpr std::size_t kKnown = 2;     // sessions that were attended, before absence says something
constexpr double kPartOfTypical = 0.25;
constexpr double kShortSession = 60;  // s
}  // namespace

void AttendanceHabit::add(double share) {
    shares_.push_back(share);
    if (shares_.size() > kWindow) shares_.pop_front();
}

double AttendanceHabit::limit() const {
    std::vector<double> attended;
    for (const double share : shares_)
        if (share >= settings_.unattended) attended.push_back(share);
    if (attended.size() < kKnown || 5 * attended.size() < shares_.size()) return 0;
    const auto middle = attended.begin() + static_cast<std::ptrdiff_t>(attended.size() / 2);
    std::nth_element(attended.begin(), middle, attended.end());
    return kPartOfTypical * *middle;
}

double needed_share(double limit, double watched_s) {
    return limit * watched_s / (watched_s + kShortSession);
}

bool stands_by(Point foot, const Anchor& anchor, const AttendanceSettings& settings) {
    return std::abs(foot.x - anchor.foot.x) <= settings.reach_widths * anchor.w &&
           std::abs(foot.y - anchor.foot.y) <= settings.reach_heights * anchor.h;
}

}  // namespace chairside
