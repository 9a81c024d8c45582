#include "events/attendance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace chairside {
namespace {
constexpr std::size_t kWindow = 101;        // sessions
constexpr std::size_t kKnown = 2;           // sessions that were attended, before absence says something, …
constexpr std::size_t kKnownElsewhere = 3;  // … or so many in all zones, …
constexpr std::size_t kNever = 10;          // … but for a type in which so many were not
constexpr std::size_t kEnough = 6;          // sessions that tell what is typical of a type
constexpr double kPartOfTypical = 0.28;     // one client in 500 is below, one who rests in ten above
constexpr double kShortSession = 60;        // s
// How often staff rest in seats, of all stays: so often, and as many stays, before anything is known; what the limit makes of it.
constexpr double kUsualRests = 0.13, kRestsPrior = 1.5, kRestsPower = 0.33, kRestsLeast = 0.4,
                 kRestsMost = 1.5;
// One who is attended e times as much is a client rather than one of the staff by this log odds; shares near 0 are alike.
constexpr double kShareWeight = 4.6, kShareFloor = 0.03;
constexpr double kSample = 1;    // s
constexpr double kRecent = 240;  // s; longer than a gap can still turn out to be a change (SplitSettings)
constexpr double kBeside = 0.6;  // of the reach: where somebody who serves stands
}  // namespace

void Attendance::add(double t, double dt, bool attended, double visible) {
    count(t, attended ? dt : visible * dt, attended ? dt : 0);
}

void Attendance::count(double t, double watched_s, double attended_s) {
    watched_s_ += watched_s;
    attended_s_ += attended_s;
    if (recent_.empty() || t - recent_.back().t >= kSample) recent_.push_back({t, t, 0, 0});
    recent_.back().last = t;
    recent_.back().watched_s += watched_s;
    recent_.back().attended_s += attended_s;
    while (recent_.front().t < t - kRecent)
        recent_.pop_front();
}

Attendance Attendance::hand_over(double exit, double enter) {
    Attendance next;
    for (; !recent_.empty() && recent_.back().last > exit; recent_.pop_back()) {
        const Sample& sample = recent_.back();
        watched_s_ -= sample.watched_s;
        attended_s_ -= sample.attended_s;
        if (sample.last < enter) continue;
        next.watched_s_ += sample.watched_s;
        next.attended_s_ += sample.attended_s;
        next.recent_.push_front(sample);
    }
    watched_s_ = std::max(0.0, watched_s_);
    attended_s_ = std::clamp(attended_s_, 0.0, watched_s_);
    return next;
}

void AttendanceHabit::add(ZoneType type, double share, bool rested) {
    rested_.push_back(rested);
    if (rested_.size() > kWindow) rested_.pop_front();
    auto& shares = shares_[type];
    shares.push_back(share);
    if (shares.size() > kWindow) shares.pop_front();
}

double AttendanceHabit::limit(ZoneType type) const {
    std::vector<double> attended, elsewhere;
    std::size_t all = 0;
    for (const auto& [known_type, shares] : shares_) {
        if (known_type == type) all = shares.size();
        for (const double share : shares)
            if (share >= settings_.unattended) (known_type == type ? attended : elsewhere).push_back(share);
    }
    const bool usual = attended.size() >= kKnown && 5 * attended.size() >= all;
    // Where nobody was attended in many, staff are not seen there, or not needed.
    const bool never = attended.empty() && all >= kNever;
    if (!usual && (never || attended.size() + elsewhere.size() < kKnownElsewhere)) return 0;
    while (attended.size() < kEnough && !elsewhere.empty()) {
        attended.push_back(elsewhere.back());
        elsewhere.pop_back();
    }
    const auto middle = attended.begin() + static_cast<std::ptrdiff_t>(attended.size() / 2);
    std::nth_element(attended.begin(), middle, attended.end());
    const auto rests = static_cast<double>(std::count(rested_.begin(), rested_.end(), true));
    const double often =
        (rests + kRestsPrior * kUsualRests) / (static_cast<double>(rested_.size()) + kRestsPrior);
    return kPartOfTypical * *middle *
           std::clamp(std::pow(often / kUsualRests, kRestsPower), kRestsLeast, kRestsMost);
}

double share_with(double share, double log_odds) {
    return std::max(0.0, (share + kShareFloor) * std::exp(log_odds / kShareWeight) - kShareFloor);
}

Attended judge_attended(double share, double watched_s, double log_odds) {
    return {share, share_with(share, log_odds), watched_s};
}

bool is_unattended(const Attended& seen, double limit) {
    return seen.watched_s > 0 && seen.share <= kWellAttended * limit &&
           seen.judged < needed_share(limit, seen.watched_s);
}

double needed_share(double limit, double watched_s) {
    return limit * watched_s / (watched_s + kShortSession);
}

double visible_beside(const Anchor& anchor, double height, double aspect, const std::vector<Figure>& figures,
                      const AttendanceSettings& settings) {
    constexpr double kPlaces[] = {-1, 1};  // left and right
    int visible = 0;
    for (const double side : kPlaces) {
        const Point foot{anchor.foot.x + side * kBeside * settings.reach_widths * anchor.w, anchor.foot.y};
        const Box there{foot.x - height * aspect / 2, foot.y - height, height * aspect, height};
        const bool hidden = std::any_of(figures.begin(), figures.end(), [&](const Figure& f) {
            return f.foot.y > foot.y + settings.reach_heights * anchor.h &&
                   intersection_area(f.box, there) > settings.hidden * there.area();
        });
        visible += hidden ? 0 : 1;
    }
    return visible / 2.0;
}

Point from_seat(Point foot, const Anchor& anchor) {
    return {(foot.x - anchor.foot.x) / anchor.w, (foot.y - anchor.foot.y) / anchor.w};
}

bool stands_by(Point foot, const Anchor& anchor, const AttendanceSettings& settings) {
    return std::abs(foot.x - anchor.foot.x) <= settings.reach_widths * anchor.w &&
           std::abs(foot.y - anchor.foot.y) <= settings.reach_heights * anchor.h;
}

}  // namespace chairside
