#pragma once
// Thins a stream to a target rate by time.

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace chairside {

// A grid of instants lies 1/fps apart, from the first frame on; each instant belongs to the frame nearest to
// it, and a frame is taken if it owns an instant. So the mean rate never drifts, a stream that is not faster
// than the target loses no frame, and neither variable rates nor gaps need special care. Pure. Threads: one.
class Sampler {
  public:
    // fps 0 (or less): every frame is taken.
    explicit Sampler(double fps) { set_fps(fps); }

    // From the next frame on; another rate begins another grid there.
    void set_fps(double fps) {
        const double period_us = fps > 0 ? 1e6 / fps : 0.0;
        if (period_us == period_us_) return;
        period_us_ = period_us;
        origin_.reset();
        instant_ = 0;
    }

    // `next` is the time of the frame that follows, known or expected; times grow from call to call.
    bool take(Duration time, Duration next);

  private:
    double period_us_ = 0;
    std::optional<Duration> origin_;
    std::int64_t instant_ = 0;  // the first instant that no frame owns yet
};

}  // namespace chairside
