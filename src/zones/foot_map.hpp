#pragma once
// FootMap: where in the picture people's feet were, for how long, and what their owners did: a coarse grid of times.
// No identities and no order of time within it. `chairside zones doctor` judges zones by it. Pure.

#include <array>
#include <cstddef>
#include <vector>

#include "base/geometry.hpp"

namespace chairside {

enum class FootKind { kSeated, kStanding, kWalking };
inline constexpr std::size_t kFootKinds = 3;

struct FootCell {
    std::array<float, kFootKinds> seconds{};  // people times seconds
    // The same times the width of the person's box, in picture widths: divided by `seconds`, the mean width there.
    std::array<float, kFootKinds> width_s{};
    bool empty() const { return seconds == std::array<float, kFootKinds>{}; }
    friend bool operator==(const FootCell&, const FootCell&) = default;
};

// Threads: one. Memory: 220 kB once somebody was seen, whatever the time.
class FootMap {
  public:
    static constexpr int kColumns = 128, kRows = 72, kCells = kColumns * kRows;

    // A frame that stands for `seconds`; the picture's size in pixels.
    void watch(double seconds, int width, int height);
    // foot: normalised; outside the picture it counts at the nearest edge. width: of the box, in picture widths.
    void add(FootKind kind, Point foot, double width, double seconds);
    void add(const FootMap& other);  // the picture's size: of the one that has one, `other` first
    void set(int cell, const FootCell& value);

    double watched_s() const { return watched_s_; }
    int width() const { return width_; }
    int height() const { return height_; }
    const FootCell& cell(int index) const;  // row by row
    double seconds(FootKind kind) const;    // of all cells
    bool empty() const { return watched_s_ == 0 && cells_.empty(); }

    static Point center_of(int cell);  // normalised
    static int cell_at(Point foot);

  private:
    std::vector<FootCell> cells_;  // empty or kCells
    double watched_s_ = 0;
    int width_ = 0, height_ = 0;
};

}  // namespace chairside
