#include "pipeline/clock_watch.hpp"

namespace chairside {

ClockWatch::ClockWatch(MonoTime mono, WallTime wall, std::optional<WallTime> last_seen)
    : offset_(offset(mono, wall)) {
    if (last_seen && is_set(*last_seen)) newest_ = last_seen;
    judge(mono, wall);
}

void ClockWatch::judge(MonoTime mono, WallTime wall) {
    trusted_from_ = newest_ && wall - *newest_ > kLeap ? mono + kWait : MonoTime{};
}

std::optional<Duration> ClockWatch::look(MonoTime mono, WallTime wall) {
    const Duration set = offset(mono, wall) - offset_;
    if (set <= -kStep || set >= kStep) {
        offset_ += set;
        judge(mono, wall);
        return set;
    }
    if (trusts_ages(mono) && is_set(wall)) newest_ = wall;
    return std::nullopt;
}

}  // namespace chairside
