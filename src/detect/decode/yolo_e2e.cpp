// YOLOv10, YOLO26 and exports with suppression inside: [1,N,6], trained or cut so that one box is left per
// object.

#include <cmath>

#include "detect/decode/families.hpp"

namespace chairside::families {

Result<void> yolo_e2e(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    constexpr std::int64_t kMin = 6;  // further columns are mask coefficients or key points
    const TensorView& t = outputs[static_cast<std::size_t>(layout.boxes)];
    const std::int64_t width = t.last(0);
    if (t.rank() < 2 || width < kMin) return misshapen(layout, t, "[1,N,6]");
    const auto count = static_cast<std::int64_t>(t.size()) / width;
    for (std::int64_t i = 0; i < count; ++i) {
        const float* row = t.data + i * width;
        if (!(row[4] >= p.score_threshold) || std::lround(row[5]) != layout.person) continue;
        boxes.push_back({row[0], row[1], row[2], row[3], row[4]});
    }
    return {};
}

}  // namespace chairside::families
