// Ge et al., "YOLOX: Exceeding YOLO Series in 2021": one box per cell of three grids, the size as a
// logarithm.

#include <array>
#include <cmath>

#include "detect/decode/families.hpp"

namespace chairside::families {
namespace {

constexpr std::array<int, 3> kStrides{8, 16, 32};

struct Cell {
    float x, y, stride;
};

// Row i belongs to which cell: the grids follow each other, finest first, each row by row.
bool locate(std::int64_t i, const DecodeParams& p, Cell& cell) {
    for (const int stride : kStrides) {
        const std::int64_t columns = p.width / stride, rows = p.height / stride;
        if (i < columns * rows) {
            cell = {static_cast<float>(i % columns), static_cast<float>(i / columns),
                    static_cast<float>(stride)};
            return true;
        }
        i -= columns * rows;
    }
    return false;
}

}  // namespace

Result<void> yolox(const Layout& layout, Outputs outputs, const DecodeParams& p, Boxes& boxes) {
    const TensorView& t = outputs[static_cast<std::size_t>(layout.boxes)];
    const std::int64_t width = t.last(0), classes = width - 5;
    if (t.rank() < 2 || classes <= layout.person)
        return misshapen(layout, t, "[1,N,5+C], C more than the person's index");
    const auto count = static_cast<std::int64_t>(t.size()) / width;
    std::int64_t cells = 0;
    for (const int s : kStrides)
        cells += static_cast<std::int64_t>(p.width / s) * (p.height / s);
    if (count != cells)
        return misshapen(layout, t, "one row per cell of the grids with strides 8, 16 and 32");
    for (std::int64_t i = 0; i < count; ++i) {
        const float* row = t.data + i * width;
        const float score = row[4] * row[5 + layout.person];
        Cell cell{};
        if (!(score >= p.score_threshold) || !is_best(row + 5, classes, 1, layout.person) ||
            !locate(i, p, cell))
            continue;
        boxes.push_back(from_center((row[0] + cell.x) * cell.stride, (row[1] + cell.y) * cell.stride,
                                    std::exp(row[2]) * cell.stride, std::exp(row[3]) * cell.stride, score));
    }
    return {};
}

}  // namespace chairside::families
