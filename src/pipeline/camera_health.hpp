#pragma once
// CameraHealth: what state a camera is in, and the times in which it saw nothing. Pure: times in, decisions
// out.

#include <optional>
#include <string>

#include "base/time.hpp"

namespace chairside {

enum class CameraState { kStarting, kOk, kDegraded, kOffline, kEnded, kFailed };
const char* to_string(CameraState state);  // "starting", "ok", "degraded", "offline", "ended", "failed"

struct GapChange {
    std::optional<WallTime> begin;  // a gap began then
    std::optional<WallTime> end;    // the gap going on ended then
    std::string reason;
};

// Threads: one (its owner locks). Times: MonoTime decides, WallTime is recorded; a gap during which the clock was set is as long
// as it was, and begins by the clock as it was before.
class CameraHealth {
  public:
    // last_alive: when an earlier run last saw this camera; open_gap: a gap of an earlier run is still open.
    CameraHealth(std::optional<WallTime> last_alive, bool open_gap, std::string earlier_reason);

    GapChange on_frame(MonoTime mono, WallTime wall);
    // Called about once a second.
    GapChange on_tick(MonoTime now, WallTime wall_now);
    void on_end();     // a file came to its end
    void on_failed();  // will not come back

    CameraState state() const { return state_; }
    std::optional<MonoTime> last_frame() const { return last_mono_; }

    static constexpr Duration kDegradedAfter = std::chrono::seconds(5);
    static constexpr Duration kOfflineAfter = std::chrono::seconds(10);

  private:
    Duration set_since_gap_began(MonoTime mono, WallTime wall) const;

    CameraState state_ = CameraState::kStarting;
    std::optional<MonoTime> last_mono_;
    std::optional<WallTime> last_wall_;  // of this run, or of the earlier one
    std::optional<MonoTime> started_;
    std::string earlier_reason_;
    bool gap_open_;
    std::optional<Duration> gap_offset_;  // wall minus mono when the gap going on was noticed
};

}  // namespace chairside
