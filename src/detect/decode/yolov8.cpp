// YOLOv8, 9, 11 and 12: [1,4+C,N], no objectness. The columns of one box lie N apart.

#include "detect/decode/families.hpp"

namespace chairside::families {

Result<void> yolov8(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    const TensorView& t = outputs[static_cast<std::size_t>(layout.boxes)];
    const std::int64_t count = t.last(0), rows = t.last(1);
    // Rows after the classes are mask coefficients or key points.
    const std::int64_t classes = layout.classes_known > 0 ? layout.classes_known : rows - 4;
    if (t.rank() < 2 || classes <= layout.person || rows < 4 + classes) {
        return misshapen(layout, t, "[1,4+C,N], C more than the person's index");
    }
    const float* scores = t.data + (4 + layout.person) * count;
    for (std::int64_t i = 0; i < count; ++i) {
        if (!(scores[i] >= p.score_threshold) ||
            !is_best(t.data + 4 * count + i, classes, count, layout.person))
            continue;
        const float* b = t.data + i;
        boxes.push_back(from_center(b[0], b[count], b[2 * count], b[3 * count], scores[i]));
    }
    return {};
}

}  // namespace chairside::families
