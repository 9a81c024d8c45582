#pragma once
// EngineQueue: all cameras before the one engine. Pictures go to the detector as it has requests free, whoever's turn it is
// (Turns); results come back to each camera in the order of its pictures.

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "detect/detector.hpp"
#include "pipeline/turns.hpp"

namespace chairside {

// Threads: join() for a camera before the rest, at any time; put() and close() from a camera's capturing thread, wait() and next() from its analysing one;
// the rest from any. The detector and the clock must outlive it. Limits: as many pictures are with the detector as it has
// requests; a camera that does not fetch its results gets no more turns.
class EngineQueue {
  public:
    EngineQueue(Detector& detector, const Clock& clock) : detector_(detector), clock_(clock) {}

    std::size_t join(const CameraConfig& camera);
    // What is asked, just before a picture goes to the detector, where in it to look (LookPlan::next): from any thread, inside the
    // queue's lock. Before the camera's first picture; only of cameras without tiles.
    using Regions = std::function<std::vector<Box>(MonoTime)>;
    void look_at(std::size_t camera, Regions regions);
    // Live cameras: returns at once, the newest wins. Recordings: waits for room. False: closed.
    bool put(std::size_t camera, FramePtr frame);
    // No more pictures come; those that wait are still looked at.
    void close(std::size_t camera);

    // Waits until a picture of this camera is with the detector. False: closed, and nothing is left.
    bool wait(std::size_t camera);
    struct Item {
        FramePtr frame;
        MonoTime submitted;  // to the detector
        Result<Detections> detections;
    };
    // Waits for the result of the oldest. Only after wait() said that there is one.
    Item next(std::size_t camera);

    Turns::Drops drops(std::size_t camera) const;
    std::uint64_t came(std::size_t camera) const;
    Detector& detector() { return detector_; }

  private:
    struct Pending {
        FramePtr frame;
        MonoTime submitted;
        std::future<Result<Detections>> result;
        bool done() const { return result.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
    };
    struct Lane {
        Tiles tiles;
        Regions regions;  // empty: always the whole picture
        std::deque<std::shared_ptr<Pending>> pending;
        bool closed = false;
        std::condition_variable news;  // a picture is with the detector, there is room, or it is closed
    };
    std::size_t busy() const;
    void pump();

    Detector& detector_;
    const Clock& clock_;
    mutable std::mutex mutex_;  // guards all below
    Turns turns_;
    std::deque<Lane> lanes_;
    std::vector<bool> may_;
};

}  // namespace chairside
