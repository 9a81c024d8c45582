#pragma once
// The families' own functions, one file each. They add candidates; decode() does what all have in common.

#include <span>
#include <vector>

#include "detect/decode/decoder.hpp"

namespace chairside::families {

using Boxes = std::vector<ScoredBox>;
using Outputs = std::span<const TensorView>;

// [1,1,N,7] rows of image, label, score, x0, y0, x1, y1 (0..1), up to a row with a negative image;
// or TensorFlow's detection_boxes [1,N,4], detection_scores [1,N], detection_classes [1,N] (, num_detections
// [1]).
Result<void> ssd(const Layout& layout, Outputs outputs, const DecodeParams& params, Boxes& boxes);
// Decoded boxes [1,N,4] or [1,N,1,4] (0..1) and scores [1,N,C], suppression left to us.
Result<void> ssd_raw(const Layout& layout, Outputs outputs, const DecodeParams& params, Boxes& boxes);
// [1,N,5+C]: centre and size to be decoded with the cell's place and stride (8, 16, 32), objectness, classes.
Result<void> yolox(const Layout& layout, Outputs outputs, const DecodeParams& params, Boxes& boxes);
// [1,N,5+C]: centre and size in pixels, objectness, classes.
Result<void> yolov5(const Layout& layout, Outputs outputs, const DecodeParams& params, Boxes& boxes);
// [1,4+C,N]: centre and size in pixels, classes.
Result<void> yolov8(const Layout& layout, Outputs outputs, const DecodeParams& params, Boxes& boxes);
// [1,N,6]: x0, y0, x1, y1 in pixels, score, class; suppressed already.
Result<void> yolo_e2e(const Layout& layout, Outputs outputs, const DecodeParams& params, Boxes& boxes);
// Logits [1,N,C] and boxes [1,N,4] (centre and size, 0..1); or labels, boxes (corners in pixels) and scores.
// No suppression.
Result<void> detr(const Layout& layout, Outputs outputs, const DecodeParams& params, Boxes& boxes);

// [1,N,C+4D]: classes, then for the left, upper, right and lower side D logarithms of a distribution.
Result<void> nanodet(const Layout& layout, Outputs outputs, const DecodeParams& params, Boxes& boxes);
// 3 or 4 if a table of so many rows is NanoDet's for pictures of this size, else 0.
int nanodet_grids(std::int64_t rows, int width, int height);

// --- shared by the files ---

tl::unexpected<Error> misshapen(const Layout& layout, const TensorView& tensor, const char* expected);
// From centre and size.
inline ScoredBox from_center(float cx, float cy, float w, float h, float score) {
    return {cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2, score};
}
// Whether column `person` holds the greatest of `count` values that lie `step` apart.
inline bool is_best(const float* values, std::int64_t count, std::int64_t step, std::int64_t person) {
    const float own = values[person * step];
    for (std::int64_t c = 0; c < count; ++c) {
        if (values[c * step] > own || (c < person && values[c * step] == own)) return false;
    }
    return true;
}

}  // namespace chairside::families
