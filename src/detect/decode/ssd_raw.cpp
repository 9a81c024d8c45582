// Single-shot detectors cut before their suppression: boxes are decoded, scores are per class (Liu et al.,
// "SSD", 2016).

#include "detect/decode/families.hpp"

namespace chairside::families {

Result<void> ssd_raw(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    const TensorView& corners = outputs[static_cast<std::size_t>(layout.boxes)];
    const TensorView& scores = outputs[static_cast<std::size_t>(layout.scores)];
    if (corners.last(0) != 4) return misshapen(layout, corners, "boxes [1,N,4]");
    const auto count = static_cast<std::int64_t>(corners.size() / 4);
    const std::int64_t classes = scores.last(0);
    if (scores.rank() < 2 || classes <= layout.person ||
        static_cast<std::int64_t>(scores.size()) != count * classes) {
        return misshapen(layout, scores,
                         "scores [1,N,C], N as of the boxes and C more than the person's index");
    }
    const float sx = layout.normalised ? static_cast<float>(p.width) : 1.0f;
    const float sy = layout.normalised ? static_cast<float>(p.height) : 1.0f;
    const bool y_first = layout.order == BoxOrder::kYxyx;
    const float* score = scores.data + layout.person;
    for (std::int64_t i = 0; i < count; ++i, score += classes) {
        if (!(*score >= p.score_threshold)) continue;
        const float* b = corners.data + i * 4;
        if (y_first) {
            boxes.push_back({b[1] * sx, b[0] * sy, b[3] * sx, b[2] * sy, *score});
        } else {
            boxes.push_back({b[0] * sx, b[1] * sy, b[2] * sx, b[3] * sy, *score});
        }
    }
    return {};
}

}  // namespace chairside::families
