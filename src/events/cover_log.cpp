#include "events/cover_log.hpp"

#include <algorithm>

namespace chairside {
namespace {
constexpr double kMissed = 1.0;  // s; the one who stands before the seat is missed in single frames, too
constexpr double kMissedFrames = 2.5;
constexpr double kKeep = 600;  // s; longer than a covered seat is kept for its client
}  // namespace

void CoverLog::observe(double t, double dt, bool covered) {
    while (!covers_.empty() && covers_.front().end < t - kKeep)
        covers_.pop_front();
    if (!covered) return;
    if (covers_.empty() || t - covers_.back().end > std::max(kMissed, kMissedFrames * dt))
        covers_.push_back({t, t});
    covers_.back().end = t;
}

double CoverLog::back(double t, double clear_s) const {
    for (auto cover = covers_.rbegin(); cover != covers_.rend(); ++cover) {
        if (cover->begin >= t) continue;
        const double clear = t - std::min(cover->end, t);
        if (clear > clear_s) break;
        clear_s -= clear;
        t = cover->begin;
    }
    return t - clear_s;
}

double CoverLog::forward(double t, double clear_s) const {
    for (const Interval& cover : covers_) {
        if (cover.end <= t) continue;
        const double clear = std::max(cover.begin, t) - t;
        if (clear > clear_s) break;
        clear_s -= clear;
        t = cover.end;
    }
    return t + clear_s;
}

}  // namespace chairside
