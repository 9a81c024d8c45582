// Detection transformers with sigmoid classes: RT-DETR (Zhao et al., 2023), D-FINE (Peng et al., 2024),
// RF-DETR. Each query is one object at most; nothing is suppressed.

#include <algorithm>
#include <cmath>

#include "detect/decode/families.hpp"

namespace chairside::families {
namespace {

float sigmoid(float x) {
    return 1.0f / (1.0f + std::exp(-x));
}

// The export that ends in the model's own post-processing: corners in pixels of the size it was told.
Result<void> finished(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    const TensorView& corners = outputs[static_cast<std::size_t>(layout.boxes)];
    const TensorView& scores = outputs[static_cast<std::size_t>(layout.scores)];
    const TensorView& labels = outputs[static_cast<std::size_t>(layout.classes)];
    if (corners.last(0) != 4) return misshapen(layout, corners, "boxes [1,N,4]");
    const std::size_t count = corners.size() / 4;
    if (scores.size() != count) return misshapen(layout, scores, "scores [1,N]");
    if (labels.size() != count) return misshapen(layout, labels, "labels [1,N]");
    for (std::size_t i = 0; i < count; ++i) {
        if (!(scores.data[i] >= p.score_threshold) || std::lround(labels.data[i]) != layout.person) continue;
        const float* b = corners.data + i * 4;
        boxes.push_back({b[0], b[1], b[2], b[3], scores.data[i]});
    }
    return {};
}

}  // namespace

Result<void> detr(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    if (layout.classes >= 0) return finished(layout, outputs, p, boxes);
    const TensorView& centers = outputs[static_cast<std::size_t>(layout.boxes)];
    const TensorView& logits = outputs[static_cast<std::size_t>(layout.scores)];
    if (centers.last(0) != 4) return misshapen(layout, centers, "boxes [1,N,4]");
    const auto count = static_cast<std::int64_t>(centers.size() / 4);
    const std::int64_t classes = logits.last(0);
    if (logits.rank() < 2 || classes <= layout.person ||
        static_cast<std::int64_t>(logits.size()) != count * classes) {
        return misshapen(layout, logits,
                         "logits [1,N,C], N as of the boxes and C more than the person's index");
    }
    const auto w = static_cast<float>(p.width), h = static_cast<float>(p.height);
    for (std::int64_t i = 0; i < count; ++i) {
        const float score = sigmoid(logits.data[i * classes + layout.person]);
        if (!(score >= p.score_threshold)) continue;
        const float* b = centers.data + i * 4;
        boxes.push_back(from_center(b[0] * w, b[1] * h, b[2] * w, b[3] * h, score));
    }
    return {};
}

}  // namespace chairside::families
