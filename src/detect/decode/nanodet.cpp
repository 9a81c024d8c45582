// NanoDet and NanoDet-Plus (RangiLyu, 2020-2022): a row per cell of three or four grids with the classes' scores
// and, for each side of the box, a distribution over distances from the cell's point (Li et al., "Generalized Focal
// Loss", 2020).

#include <algorithm>
#include <array>
#include <cmath>

#include "detect/decode/families.hpp"

namespace chairside::families {
namespace {

constexpr std::array<int, 4> kStrides{8, 16, 32, 64};
constexpr std::int64_t kUsualClasses = 80;  // COCO's, where the model does not say

std::int64_t cells_across(int size, int stride) {
    return (size + stride - 1) / stride;
}

// The mean of a distribution given by its logarithms, over 0, 1, ... steps.
float mean_of(const float* logits, std::int64_t steps) {
    float highest = logits[0];
    for (std::int64_t i = 1; i < steps; ++i)
        highest = std::max(highest, logits[i]);
    float sum = 0, weighted = 0;
    for (std::int64_t i = 0; i < steps; ++i) {
        const float weight = std::exp(logits[i] - highest);
        sum += weight;
        weighted += weight * static_cast<float>(i);
    }
    return weighted / sum;
}

}  // namespace

int nanodet_grids(std::int64_t rows, int width, int height) {
    std::int64_t cells = 0;
    for (std::size_t i = 0; i < kStrides.size(); ++i) {
        cells += cells_across(width, kStrides[i]) * cells_across(height, kStrides[i]);
        if (i >= 2 && cells == rows) return static_cast<int>(i) + 1;
    }
    return 0;
}

Result<void> nanodet(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    const TensorView& t = outputs[static_cast<std::size_t>(layout.boxes)];
    const std::int64_t width = t.last(0),
                       classes = layout.classes_known > 0 ? layout.classes_known : kUsualClasses;
    const std::int64_t steps = (width - classes) / 4;
    if (t.rank() < 2 || steps < 2 || width != classes + 4 * steps || classes <= layout.person)
        return misshapen(layout, t, "[1,N,C+4D], C more than the person's index");
    const int grids = nanodet_grids(static_cast<std::int64_t>(t.size()) / width, p.width, p.height);
    if (grids == 0)
        return misshapen(layout, t, "one row per cell of the grids with strides 8, 16, 32 (and 64)");
    const float middle = grids == 3 ? 0.5f : 0.0f;  // NanoDet-Plus measures from the cell's corner
    const float* row = t.data;
    for (int g = 0; g < grids; ++g) {
        const int stride = kStrides[static_cast<std::size_t>(g)];
        const std::int64_t columns = cells_across(p.width, stride), rows = cells_across(p.height, stride);
        for (std::int64_t i = 0; i < columns * rows; ++i, row += width) {
            const float score = row[layout.person];
            if (!(score >= p.score_threshold)) continue;
            const auto s = static_cast<float>(stride);
            const float x = (static_cast<float>(i % columns) + middle) * s;
            const float y = (static_cast<float>(i / columns) + middle) * s;
            const float* side = row + classes;
            boxes.push_back({x - s * mean_of(side, steps), y - s * mean_of(side + steps, steps),
                             x + s * mean_of(side + 2 * steps, steps),
                             y + s * mean_of(side + 3 * steps, steps), score});
        }
    }
    return {};
}

}  // namespace chairside::families
