#pragma once
// When pictures that no other picture needs can stay undecoded: while the rest is often enough. Pure.

#include <optional>

#include "base/time.hpp"

namespace chairside {

// It is tried when clearly more pictures come than are wanted, and measured: if what is left is less than wanted, or comes
// with gaps, everything is decoded again, and the next try is 30 s later, then 1 min, 2 min, … up to 16 min.
// Threads: one.
class Sparing {
  public:
    // Of each decoded picture: its time, and the rate wanted from here on (0: all). Returns whether to spare.
    bool decide(Duration time, double wanted_fps);
    bool on() const { return on_; }

  private:
    void end_window(Duration time, double wanted_fps);
    void begin_window(Duration time);

    bool on_ = false;
    double rate_ = 0;  // of the last window while sparing
    int failures_ = 0;
    std::optional<Duration> begin_, last_;
    Duration widest_{}, retry_{};
    int pictures_ = 0;
};

}  // namespace chairside
