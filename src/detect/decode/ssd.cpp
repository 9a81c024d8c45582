// Single-shot detectors whose graph already suppressed: OpenVINO's DetectionOutput rows and TensorFlow's
// object-detection API (Huang et al., "Speed/accuracy trade-offs for modern convolutional object detectors",
// 2017).

#include <cmath>

#include "detect/decode/families.hpp"

namespace chairside::families {
namespace {

constexpr std::int64_t kRow = 7;  // image, label, score, x0, y0, x1, y1

Result<void> rows(const Layout& layout, const TensorView& t, const DecodeParams& p, Boxes& boxes) {
    if (t.rank() < 2 || t.last(0) != kRow) return misshapen(layout, t, "[1,1,N,7]");
    const auto w = static_cast<float>(p.width), h = static_cast<float>(p.height);
    const std::int64_t count = static_cast<std::int64_t>(t.size()) / kRow;
    for (std::int64_t i = 0; i < count; ++i) {
        const float* row = t.data + i * kRow;
        if (row[0] < 0) break;  // the rest of the table is unused
        if (!(row[2] >= p.score_threshold) || std::lround(row[1]) != layout.person) continue;
        boxes.push_back({row[3] * w, row[4] * h, row[5] * w, row[6] * h, row[2]});
    }
    return {};
}

}  // namespace

Result<void> ssd(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    if (layout.classes < 0) return rows(layout, outputs[static_cast<std::size_t>(layout.boxes)], p, boxes);
    const TensorView& corners = outputs[static_cast<std::size_t>(layout.boxes)];
    const TensorView& scores = outputs[static_cast<std::size_t>(layout.scores)];
    const TensorView& classes = outputs[static_cast<std::size_t>(layout.classes)];
    if (corners.last(0) != 4) return misshapen(layout, corners, "detection_boxes [1,N,4]");
    auto count = static_cast<std::int64_t>(corners.size() / 4);
    if (static_cast<std::int64_t>(scores.size()) < count)
        return misshapen(layout, scores, "detection_scores [1,N]");
    if (static_cast<std::int64_t>(classes.size()) < count)
        return misshapen(layout, classes, "detection_classes [1,N]");
    if (layout.count >= 0 && outputs[static_cast<std::size_t>(layout.count)].size() > 0) {
        const float used = outputs[static_cast<std::size_t>(layout.count)].data[0];
        if (used >= 0 && used < static_cast<float>(count)) count = std::lround(used);
    }
    const auto w = static_cast<float>(p.width), h = static_cast<float>(p.height);
    for (std::int64_t i = 0; i < count; ++i) {
        if (!(scores.data[i] >= p.score_threshold) || std::lround(classes.data[i]) != layout.person) continue;
        const float* b = corners.data + i * 4;
        if (layout.order == BoxOrder::kYxyx) {
            boxes.push_back({b[1] * w, b[0] * h, b[3] * w, b[2] * h, scores.data[i]});
        } else {
            boxes.push_back({b[0] * w, b[1] * h, b[2] * w, b[3] * h, scores.data[i]});
        }
    }
    return {};
}

}  // namespace chairside::families
