#pragma once
// RateSteps: how often each camera is looked at when there is not enough CPU. Pure: counts and times in, steps out.
//
// Pictures of live cameras that come too late for the engine say that there are too many. Then rates fall by one of the stated
// steps, evenly or the least important cameras first, and rise again, one step at a time, after a while without any; when a rise
// turns out to have been too early the next waits twice as long.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"

namespace chairside {

// Threads: one (its owner locks).
class RateSteps {
  public:
    static constexpr std::array<double, 5> kSteps{1, 0.75, 0.5, 0.25, 0.125};
    static constexpr double kLeastFps = 1;  // no camera falls below this

    explicit RateSteps(WhenBusy when) : when_(when) {}
    std::size_t add(int priority, double target_fps);

    // Since the start.
    struct Seen {
        std::uint64_t came = 0, late = 0;
    };
    // About once a second. True: some camera has another step now.
    bool tick(MonoTime now, const std::vector<Seen>& cameras);
    // What a camera may have, pictures a second; its target at step 0. 0: no limit and no target.
    double allowed_fps(std::size_t camera) const;
    double target_fps(std::size_t camera) const { return cameras_[camera].target_fps; }
    bool lowered(std::size_t camera) const { return cameras_[camera].step > 0; }
    bool any_lowered() const;

    static constexpr Duration kJudged = std::chrono::seconds(3);     // what a fall is judged by
    static constexpr Duration kPatience = std::chrono::seconds(20);  // without late pictures, before a rise
    static constexpr Duration kLongestPatience = std::chrono::minutes(10);
    static constexpr double kLateShare = 0.05;

  private:
    struct Camera {
        int priority = 5;
        double target_fps = 0;
        std::size_t step = 0;
    };
    bool fall();
    bool rise();
    bool too_many(MonoTime now, const Seen& all);

    WhenBusy when_;
    std::vector<Camera> cameras_;
    Duration patience_ = kPatience;
    std::optional<MonoTime> window_, changed_, risen_, quiet_since_;
    Seen at_window_;
};

}  // namespace chairside
