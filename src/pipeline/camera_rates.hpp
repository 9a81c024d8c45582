#pragma once
// CameraRates: RateSteps for the cameras that run, and in words what came of it.

#include <string>
#include <vector>

#include "pipeline/camera_set.hpp"
#include "pipeline/rate_steps.hpp"

namespace chairside {

// Threads: one.
class CameraRates {
  public:
    explicit CameraRates(WhenBusy when) : when_(when), steps_(when) {}
    // About once a second, with the cameras that run. Recordings among them wait for the engine and are left alone.
    void tick(MonoTime now, const CameraSet::Workers& cameras);

  private:
    // Other cameras than before: all begin anew at their targets, which takes seconds to be put right where that is too much.
    void follow(const CameraSet::Workers& cameras);
    void tell(const CameraSet::Workers& cameras) const;

    const WhenBusy when_;
    RateSteps steps_;
    std::vector<std::weak_ptr<CameraWorker>> known_;
};

// "The computer is too slow for all cameras: cutting is looked at 5 times a second instead of 10."; empty if it is not.
std::string load_in_words(const std::vector<CameraStatus>& cameras);

}  // namespace chairside
