#pragma once
// A clock that only moves when a test moves it. Threads: any.

#include <atomic>

#include "base/time.hpp"

namespace chairside::testing {

class ManualClock final : public Clock {
  public:
    explicit ManualClock(Duration start = std::chrono::seconds(1'000'000)) : now_us_(start.count()) {}

    MonoTime mono_now() const override { return MonoTime(Duration(now_us_)); }
    // The wall clock is an hour ahead of mono, so that the two are never mixed up unseen.
    WallTime wall_now() const override { return WallTime(Duration(now_us_) + kWallAhead); }
    void advance(Duration time) { now_us_ += time.count(); }

    static constexpr Duration kWallAhead = std::chrono::hours(1);

  private:
    std::atomic<std::int64_t> now_us_;
};

}  // namespace chairside::testing
