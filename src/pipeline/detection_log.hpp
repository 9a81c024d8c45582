#pragma once
// DetectionLog: where people were in the last hour, as boxes without pictures, so that other zones can be tried on it.

#include <cstdint>

#include "base/locked.hpp"
#include "base/ring.hpp"
#include "config/config.hpp"
#include "detect/detection.hpp"
#include "serve/shop.hpp"

namespace chairside {

// Threads: any. Memory: all of it is taken at the start, so that a service which has run for an hour is no larger than one that has
// just begun: 5 MB for 10 fps. Limits: an hour; less where more pictures come, or more people are in them, than there is room for.
class DetectionLog {
  public:
    static constexpr Duration kKept = std::chrono::hours(1);
    static constexpr double kMostFps = 15;
    static constexpr std::size_t kPeopleInAPicture = 4;  // on average

    explicit DetectionLog(double fps = kMostFps);
    void put(const Detections& detections);
    // The last `time` of it through the whole flow from tracks to events, with these zones and regions.
    ZoneTrial tried(const CameraConfig& camera, Duration time) const;

  private:
    struct Person {
        float x, y, w, h, score;
    };
    struct Picture {
        FrameInfo frame;
        std::size_t people = 0;  // so many of the people's ring
    };
    struct Kept {
        explicit Kept(std::size_t pictures_at_most)
            : pictures(pictures_at_most), people(pictures_at_most * kPeopleInAPicture) {}
        void drop_oldest();
        Ring<Picture> pictures;
        Ring<Person> people;
    };
    Locked<Kept> kept_;
};

}  // namespace chairside
