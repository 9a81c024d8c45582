#include "pipeline/camera_health.hpp"

#include "pipeline/clock_watch.hpp"

namespace chairside {
namespace {

constexpr Duration kClockSet = std::chrono::seconds(5);  // less is slewing, and delays

}  // namespace

const char* to_string(CameraState state) {
    switch (state) {
        case CameraState::kStarting:
            return "starting";
        case CameraState::kOk:
            return "ok";
        case CameraState::kDegraded:
            return "degraded";
        case CameraState::kOffline:
            return "offline";
        case CameraState::kEnded:
            return "ended";
        case CameraState::kFailed:
            return "failed";
    }
    return "unknown";
}

CameraHealth::CameraHealth(std::optional<WallTime> last_alive, bool open_gap, std::string earlier_reason)
    : earlier_reason_(std::move(earlier_reason)), gap_open_(open_gap) {
    // By a clock that was not set nobody knows how long ago that is.
    if (last_alive && ClockWatch::is_set(*last_alive)) last_wall_ = last_alive;
}

Duration CameraHealth::set_since_gap_began(MonoTime mono, WallTime wall) const {
    const Duration set = gap_offset_ ? ClockWatch::offset(mono, wall) - *gap_offset_ : Duration(0);
    return set < -kClockSet || set > kClockSet ? set : Duration(0);
}

GapChange CameraHealth::on_frame(MonoTime mono, WallTime wall) {
    GapChange change;
    if (gap_open_) {
        change.end = wall - set_since_gap_began(mono, wall);
        gap_open_ = false;
        gap_offset_.reset();
    } else if (last_wall_ && wall - *last_wall_ > kOfflineAfter &&
               (!last_mono_ || mono - *last_mono_ > kOfflineAfter)) {
        // Between two runs, or a stall so sudden that no tick saw it.
        change.begin = *last_wall_;
        change.end = wall;
        change.reason = last_mono_ ? "offline" : earlier_reason_;
    }
    last_mono_ = mono;
    last_wall_ = wall;
    state_ = CameraState::kOk;
    return change;
}

GapChange CameraHealth::on_tick(MonoTime now, WallTime wall_now) {
    GapChange change;
    if (state_ == CameraState::kEnded || state_ == CameraState::kFailed) return change;
    if (!started_) started_ = now;
    const auto silent = now - last_mono_.value_or(*started_);
    if (silent > kOfflineAfter) {
        state_ = CameraState::kOffline;
        if (!gap_offset_)
            gap_offset_ =
                last_mono_ ? ClockWatch::offset(*last_mono_, *last_wall_) : ClockWatch::offset(now, wall_now);
        if (!gap_open_) {
            gap_open_ = true;
            change.begin = last_wall_.value_or(wall_now - silent);
            change.reason = last_mono_ ? "offline" : (last_wall_ ? earlier_reason_ : "offline");
        }
    } else if (silent > kDegradedAfter) {
        state_ = CameraState::kDegraded;
    }
    return change;
}

void CameraHealth::on_end() {
    state_ = CameraState::kEnded;
}
void CameraHealth::on_failed() {
    state_ = CameraState::kFailed;
}

}  // namespace chairside
