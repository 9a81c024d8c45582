#pragma once
// Detector: the seam between pictures and people. One compiled model is shared by all cameras.

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "capture/frame.hpp"
#include "config/config.hpp"
#include "detect/detection.hpp"

namespace chairside {

struct ModelInfo {
    std::string name, path, decoder;  // decoder: the family that reads its outputs
    int input_width = 0, input_height = 0;
    std::string device;  // as OpenVINO names it
    int requests = 0;    // inferences in flight
};

// Threads: detect() from any; futures are fulfilled by the detector's own thread, in the order of the calls.
// Limits: detect() waits while all requests are busy, so at most info().requests views are in flight.
// Failure: the future holds the Error; the detector stays usable.
class Detector {
  public:
    virtual ~Detector() = default;
    virtual const ModelInfo& info() const = 0;
    // The views a camera's frames must carry, in this order.
    virtual std::vector<ViewSpec> views(Tiles tiles) const = 0;
    // `tiles` says what the frame's views are; the first of them must be as views(tiles) asked, more
    // may follow for other uses. The frame is kept until its result is there. Results of one caller are in order if it waits for them in order.
    virtual std::future<Result<Detections>> detect(FramePtr frame, Tiles tiles) = 0;
    // A frame of one view, the whole picture; only these regions of it (normalised) are looked at where that is cheaper. None: all of
    // it. Detections::part says what came of it.
    virtual std::future<Result<Detections>> detect_at(FramePtr frame, const std::vector<Box>& regions) {
        (void)regions;
        return detect(std::move(frame), Tiles{});
    }
    // A frame of one view, the whole picture.
    std::future<Result<Detections>> detect(FramePtr frame) { return detect(std::move(frame), Tiles{}); }
};

// detect/openvino. Errors of models list what was found in the file and what is known.
Result<std::shared_ptr<Detector>> make_openvino_detector(const DetectorConfig& config);

}  // namespace chairside
