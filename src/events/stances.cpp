#include "events/stances.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {
constexpr double kSamePlace = 0.22;   // seated widths; several times what a detector's boxes vary by
constexpr double kFollow = 3;         // s, in which a place follows the feet
constexpr double kAPlace = 1.5;       // s; shorter, somebody walks through
constexpr double kGone = 1.2;         // s, or …
constexpr double kGoneFrames = 2.5;   // … frames without a sighting
constexpr std::size_t kWindow = 100;  // clients
constexpr double kPriorPlaces = 2, kPriorLong = 30;  // s; before anything is known
constexpr double kCompanyStays = 3.5;                // times as long at one place as who serves
constexpr double kTelling = 15;                      // s
constexpr double kMost = 6;

double between(Point a, Point b) {
    return std::hypot(a.x - b.x, a.y - b.y);
}
}  // namespace

void Stances::add(double t, double dt, const std::vector<Point>& feet) {
    if (feet.empty()) return;
    seen_.seen_s += dt;
    for (const Point foot : feet) {
        if (seen_.places == 0 || between(foot, place_) >= kSamePlace) continue;
        const double part = std::min(1.0, dt / kFollow);
        place_ = {place_.x + part * (foot.x - place_.x), place_.y + part * (foot.y - place_.y)};
        next_last_ = -1e18;
        return;
    }
    const Point foot = feet.front();
    const bool gone = t - next_last_ > std::max(kGone, kGoneFrames * dt);
    if (gone || between(foot, next_) >= kSamePlace) next_ = foot, next_since_ = t;
    next_last_ = t;
    if (t - next_since_ < kAPlace) return;
    ++seen_.places;
    place_ = next_;
}

void StanceHabit::add_client(const Standing& seen) {
    seen_.push_back(seen);
    if (seen_.size() > kWindow) seen_.pop_front();
}

// Time at one place is exponential for both, with means that differ by kCompanyStays. Half a place: the last one is
// not over when the stay is.
double StanceHabit::log_odds(const Standing& seen) const {
    if (seen.seen_s < kTelling) return 0;
    double seconds = kPriorPlaces * kPriorLong, places = kPriorPlaces;
    for (const Standing& client : seen_) {
        seconds += client.seen_s;
        places += client.places + 0.5;
    }
    const double odds = (seen.places + 0.5) * std::log(kCompanyStays) -
                        seen.seen_s * places / seconds * (1 - 1 / kCompanyStays);
    return std::clamp(odds, -kMost, 0.0);
}

}  // namespace chairside
