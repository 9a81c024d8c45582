#pragma once
// DetectionLog: where people were in the last hour, as boxes without pictures, so that other zones can be tried on it.

#include <cstdint>
#include <deque>
#include <vector>

#include "base/locked.hpp"
#include "config/config.hpp"
#include "detect/detection.hpp"
#include "serve/shop.hpp"

namespace chairside {

// Threads: any. Memory: an hour and kMostFrames, some 100 bytes a picture and 20 a person: 5 MB for a busy hour at 10 fps.
class DetectionLog {
  public:
    static constexpr Duration kKept = std::chrono::hours(1);
    static constexpr std::size_t kMostFrames = 60 * 60 * 15;

    void put(const Detections& detections);
    // The last `time` of it through the whole flow from tracks to events, with these zones and regions.
    ZoneTrial tried(const CameraConfig& camera, Duration time) const;

  private:
    struct Person {
        float x, y, w, h, score;
    };
    struct Kept {
        FrameInfo frame;
        std::vector<Person> people;
    };
    Locked<std::deque<Kept>> kept_;
};

}  // namespace chairside
