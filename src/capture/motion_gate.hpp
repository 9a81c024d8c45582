#pragma once
// Which pictures are worth looking at: those in which something moves, and one a second, later one every three, of those in which nothing does.
//
// The brightness of a grid of cells is compared with that of the picture handed out last, so that slow movement adds up.
// Each cell learns its own noise; a change of light that all cells share (a gain and an offset, fitted without the cells that
// do not follow) is taken out first. Light that changes otherwise counts as movement: pictures too many, never too few. The picture
// in which something moved is always looked at; all that follow, if something moves again within a second of it, as whoever walks
// does and a lamp does not.
// Whoever sits still is looked at every one to three seconds, which the tracker and the engine are made for: nobody vanishes because
// nothing moves (docs/decisions/0701-throughput.md).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace chairside {

// One byte a pixel, rows top to bottom.
struct LumaPlane {
    const std::uint8_t* pixels = nullptr;
    int width = 0, height = 0;
    std::ptrdiff_t stride = 0;
};

struct MotionSettings {
    int columns = 96;           // cells across; as many rows as make them square
    double still_interval = 1;  // s between pictures in which nothing moves, …
    double long_still = 5;      // … after this long without movement …
    double long_interval = 3;   // … this long
    double again = 1.0;         // s within which a second movement makes it going on, and …
    double hold = 1.0;          // … s after its last in which every picture is taken
    double least_change = 2.5;  // levels of brightness of a cell's mean (0..255), and …
    double noise_gate = 6;      // … mean deviations of the cell's own noise
    int least_cells = 3;        // that changed and touch another one that did
};

// When to look, given whether something moved since the picture looked at last. Pure.
class LookTimes {
  public:
    explicit LookTimes(const MotionSettings& settings = {}) : settings_(settings) {}
    // Whether the picture at this time is to be looked at; times grow. The first one is, as if something went on.
    bool take(bool moved, Duration time);
    // Nothing goes on. False before the first picture.
    bool still() const { return still_; }
    void begin_anew() { last_going_on_.reset(); }

  private:
    bool goes_on(bool moved, Duration time);

    const MotionSettings settings_;
    std::optional<Duration> last_taken_, last_moved_, last_going_on_;
    bool still_ = false;
};

// Pure. Threads: one. Memory: some 300 KB.
class MotionGate {
  public:
    explicit MotionGate(MotionSettings settings = {}) : settings_(settings), look_(settings) {}

    // Whether this picture is to be looked at; times grow. Without a plane: yes.
    bool take(const LumaPlane& luma, Duration time);
    bool still() const { return look_.still(); }

  private:
    void measure(const LumaPlane& luma);
    bool moved();
    void take_light_out();
    void learn_noise(bool moved);
    int touching() const;

    const MotionSettings settings_;
    LookTimes look_;
    int columns_ = 0, rows_ = 0, width_ = 0, height_ = 0;
    std::vector<std::uint16_t> sums_;  // of the columns of one row of cells
    std::vector<float> cells_, reference_, change_, previous_, noise_, steps_;
    float usual_noise_ = 0;              // that most cells have
    std::vector<std::uint8_t> changed_;  // with a border of one cell
};

}  // namespace chairside
