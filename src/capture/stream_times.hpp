#pragma once
// From a stream's own timestamps to times that grow and never jump without reason. Pure; no clock is read
// here.

#include <optional>

#include "base/time.hpp"

namespace chairside {

// Recordings: time since the first frame, strictly growing, also over several passes of a loop.
// A timestamp that is missing continues at the nominal rate. One that steps back by less than a second is
// held just after the last; a longer step back, or one of more than an hour forward, is taken as a cut in the
// recording (joined files, damaged bytes): time goes on from the last frame. Smaller steps forward are real
// gaps and stay.
class FileTimes {
  public:
    // `nominal`: the usual distance of two frames.
    explicit FileTimes(Duration nominal) : nominal_(nominal) {}

    // `pts` in the stream's own time; `shown_for` is how long the frame lasts, 0 if the stream does not say.
    Duration map(std::optional<Duration> pts, Duration shown_for);
    // The next frame is the first of another pass: it follows the last by that frame's duration.
    void start_over() { shift_.reset(); }
    // When a frame after the last one is due.
    Duration expected_next() const { return last_ ? *last_ + last_shown_for_ : Duration{}; }

  private:
    Duration nominal_;
    Duration last_shown_for_{};
    std::optional<Duration> last_, shift_;
};

// Live streams: the moment of capture on our mono clock, up to a constant. A frame arrives some delay after
// it was taken, and the delay jitters; the stream's timestamps do not. So the smallest recent (arrival - pts)
// is kept as the offset of the stream's clock, and a frame's time is offset + pts, never later than its
// arrival. A smaller delay lowers the offset at once; it rises by at most 0.5 % of the time passed, which
// follows a camera's clock that drifts and forgets a delay that is gone for good, while a stall of the
// network moves times very little. When the offset is wrong by more than 5 s the stream's clock was set anew
// (or the stream stood still): it is anchored again.
class LiveTimes {
  public:
    MonoTime map(std::optional<Duration> pts, MonoTime arrival);
    // The usual distance of two frames so far, 0 while unknown.
    Duration interval() const { return interval_; }

  private:
    void adapt_offset(Duration candidate, MonoTime arrival);
    void adapt_interval(Duration step);

    std::optional<Duration> offset_;
    std::optional<MonoTime> last_, last_arrival_;
    Duration interval_{};
};

}  // namespace chairside
