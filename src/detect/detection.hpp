#pragma once
// The output of `detect`: people in one frame.

#include <vector>

#include "base/geometry.hpp"
#include "capture/frame.hpp"

namespace chairside {

struct Detection {
    Box box;          // pixels of the source picture; may reach a little outside it
    float score = 0;  // 0..1
    friend bool operator==(const Detection&, const Detection&) = default;
};

struct Detections {
    FrameInfo frame;
    std::vector<Detection> people;
    double part =
        1;  // of the model's usual input that was looked at; below 1: people were looked for in some regions only
};

}  // namespace chairside
