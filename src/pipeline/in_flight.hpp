#pragma once
// InFlight: keeps several inferences of one camera running and hands the results back in order.

#include <algorithm>
#include <deque>
#include <future>
#include <optional>
#include <vector>

#include "detect/detector.hpp"

namespace chairside {

// Threads: one. Limits: at most as many frames are with the detector as it has requests.
class InFlight {
  public:
    // `most`: 0, as many as the detector takes.
    InFlight(Detector& detector, Tiles tiles, int most = 0)
        : detector_(detector),
          tiles_(tiles),
          depth_(static_cast<std::size_t>(most > 0 ? most : std::max(1, detector.info().requests))) {}

    bool full() const { return results_.size() >= depth_; }
    bool empty() const { return results_.empty(); }
    void submit(FramePtr frame) { results_.push_back({frame, detector_.detect(frame, tiles_)}); }
    // Looked at in these regions only, where that is cheaper (Detector::detect_at).
    void submit(FramePtr frame, const std::vector<Box>& regions) {
        results_.push_back({frame, detector_.detect_at(frame, regions)});
    }

    struct Item {
        FramePtr frame;
        Result<Detections> detections;
    };
    // Waits for the oldest. Not to be called when empty.
    Item next() {
        auto oldest = std::move(results_.front());
        results_.pop_front();
        return {std::move(oldest.frame), oldest.result.get()};
    }

  private:
    struct Pending {
        FramePtr frame;
        std::future<Result<Detections>> result;
    };
    Detector& detector_;
    const Tiles tiles_;
    const std::size_t depth_;
    std::deque<Pending> results_;
};

}  // namespace chairside
