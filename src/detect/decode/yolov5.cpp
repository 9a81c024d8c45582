// YOLOv5 and what kept its export: [1,N,5+C] with decoded boxes, score = objectness * class.

#include "detect/decode/families.hpp"

namespace chairside::families {

Result<void> yolov5(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    const TensorView& t = outputs[static_cast<std::size_t>(layout.boxes)];
    const std::int64_t width = t.last(0);
    // Columns after the classes are mask coefficients of segmentation models.
    const std::int64_t classes = layout.classes_known > 0 ? layout.classes_known : width - 5;
    if (t.rank() < 2 || classes <= layout.person || width < 5 + classes) {
        return misshapen(layout, t, "[1,N,5+C], C more than the person's index");
    }
    const auto count = static_cast<std::int64_t>(t.size()) / width;
    for (std::int64_t i = 0; i < count; ++i) {
        const float* row = t.data + i * width;
        if (!(row[4] >= p.score_threshold)) continue;
        const float score = row[4] * row[5 + layout.person];
        if (!(score >= p.score_threshold) || !is_best(row + 5, classes, 1, layout.person)) continue;
        boxes.push_back(from_center(row[0], row[1], row[2], row[3], score));
    }
    return {};
}

}  // namespace chairside::families
