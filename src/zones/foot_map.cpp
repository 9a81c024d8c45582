#include "zones/foot_map.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace chairside {

void FootMap::watch(double seconds, int width, int height) {
    watched_s_ += seconds;
    if (width <= 0 || height <= 0) return;
    width_ = width;
    height_ = height;
}

void FootMap::add(FootKind kind, Point foot, double width, double seconds) {
    if (!std::isfinite(foot.x) || !std::isfinite(foot.y) || !(seconds > 0) || !(width > 0)) return;
    if (cells_.empty()) cells_.resize(kCells);
    FootCell& cell = cells_[static_cast<std::size_t>(cell_at(foot))];
    const auto k = static_cast<std::size_t>(kind);
    cell.seconds[k] += static_cast<float>(seconds);
    cell.width_s[k] += static_cast<float>(seconds * width);
}

void FootMap::add(const FootMap& other) {
    watched_s_ += other.watched_s_;
    if (other.width_ > 0) width_ = other.width_, height_ = other.height_;
    if (other.cells_.empty()) return;
    if (cells_.empty()) cells_.resize(kCells);
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        for (std::size_t k = 0; k < kFootKinds; ++k) {
            cells_[i].seconds[k] += other.cells_[i].seconds[k];
            cells_[i].width_s[k] += other.cells_[i].width_s[k];
        }
    }
}

void FootMap::set(int cell, const FootCell& value) {
    CHAIRSIDE_CHECK(cell >= 0 && cell < kCells);
    if (cells_.empty()) cells_.resize(kCells);
    cells_[static_cast<std::size_t>(cell)] = value;
}

const FootCell& FootMap::cell(int index) const {
    static const FootCell kNone;
    CHAIRSIDE_CHECK(index >= 0 && index < kCells);
    return cells_.empty() ? kNone : cells_[static_cast<std::size_t>(index)];
}

double FootMap::seconds(FootKind kind) const {
    double sum = 0;
    for (const FootCell& cell : cells_)
        sum += static_cast<double>(cell.seconds[static_cast<std::size_t>(kind)]);
    return sum;
}

Point FootMap::center_of(int cell) {
    return {(cell % kColumns + 0.5) / kColumns, (cell / kColumns + 0.5) / kRows};
}

int FootMap::cell_at(Point foot) {
    const auto place = [](double x, int n) {
        return static_cast<int>(std::clamp(std::floor(x * n), 0.0, static_cast<double>(n - 1)));
    };
    return place(foot.y, kRows) * kColumns + place(foot.x, kColumns);
}

}  // namespace chairside
