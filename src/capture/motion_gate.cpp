#include "capture/motion_gate.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

constexpr int kRowStep = 2;             // every second row is enough for a mean
constexpr float kFirstNoise = 1.0f;     // levels, until it is learned
constexpr float kNoiseMemory = 0.05f;   // weight of the newest picture
constexpr float kMeanOfMedian = 1.18f;  // mean deviation by median deviation, of normal noise
constexpr std::size_t kMedianStep = 4;
constexpr float kFollows = 2.0f;  // mean deviations from the fit within which a cell follows the light

void add_row(std::uint16_t* __restrict sums, const std::uint8_t* __restrict row, int width) {
    for (int x = 0; x < width; ++x)
        sums[x] = static_cast<std::uint16_t>(sums[x] + row[x]);
}

struct Line {
    float gain = 1, offset = 0;
};

// Least squares of `now` over `then`, of the cells whose `distance` is at most `most`.
Line fit(const std::vector<float>& then, const std::vector<float>& now, const std::vector<float>& distance,
         float most) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (std::size_t i = 0; i < then.size(); ++i) {
        if (std::fabs(distance[i]) > most) continue;
        n += 1;
        x += then[i];
        y += now[i];
        xx += static_cast<double>(then[i]) * then[i];
        xy += static_cast<double>(then[i]) * now[i];
    }
    const double spread = n * xx - x * x;
    if (n < 2 || spread < 1e-3 * n * n) return {1, n > 0 ? static_cast<float>((y - x) / n) : 0};
    const double gain = (n * xy - x * y) / spread;
    return {static_cast<float>(gain), static_cast<float>((y - gain * x) / n)};
}

// How far a cell's change is from what light explains: anything from none of the light's change (a picture part that is white
// already, or that the camera's coder has not sent anew yet) to all of it.
float beside_the_light(float change, float without_light) {
    const float light = change - without_light;
    return std::max({change - std::max(0.0f, light), std::min(0.0f, light) - change, 0.0f});
}

}  // namespace

bool LookTimes::take(bool moved, Duration time) {
    still_ = !goes_on(moved, time);
    const bool long_still = time - *last_going_on_ > from_seconds(settings_.long_still);
    const double interval = long_still ? settings_.long_interval : settings_.still_interval;
    // A picture's time jitters; a twentieth early is on time.
    if (still_ && !moved && time - *last_taken_ < from_seconds(0.95 * interval)) return false;
    last_taken_ = time;
    return true;
}

bool LookTimes::goes_on(bool moved, Duration time) {
    if (!last_going_on_) {
        last_going_on_ = last_moved_ = time;
    } else if (moved) {
        if (time - *last_moved_ <= from_seconds(settings_.again)) last_going_on_ = time;
        last_moved_ = time;
    }
    return time - *last_going_on_ <= from_seconds(settings_.hold);
}

bool MotionGate::take(const LumaPlane& luma, Duration time) {
    if (luma.pixels == nullptr || luma.width < 2 || luma.height < 2) return true;
    const bool fresh = luma.width != width_ || luma.height != height_;
    measure(luma);
    if (fresh) {
        noise_.assign(cells_.size(), kFirstNoise);
        previous_.assign(cells_.size(), 0);
        look_.begin_anew();
    }
    if (!look_.take(fresh || moved(), time)) return false;
    reference_ = cells_;
    std::fill(previous_.begin(), previous_.end(), 0.0f);
    return true;
}

void MotionGate::measure(const LumaPlane& luma) {
    if (luma.width != width_ || luma.height != height_) {
        width_ = luma.width;
        height_ = luma.height;
        columns_ = std::min(settings_.columns, width_ / 2);
        rows_ = std::clamp(columns_ * height_ / width_, 1, height_ / 2);
        cells_.assign(static_cast<std::size_t>(columns_) * rows_, 0);
        changed_.assign(static_cast<std::size_t>(columns_ + 2) * (rows_ + 2), 0);
    }
    for (int r = 0; r < rows_; ++r) {
        const int top = r * height_ / rows_, bottom = (r + 1) * height_ / rows_;
        sums_.assign(static_cast<std::size_t>(width_), 0);
        int lines = 0;
        for (int y = top; y < bottom && lines < 256; y += kRowStep, ++lines)  // 256 x 255 fits into 16 bits
            add_row(sums_.data(), luma.pixels + y * luma.stride, width_);
        for (int c = 0; c < columns_; ++c) {
            const int left = c * width_ / columns_, right = (c + 1) * width_ / columns_;
            std::uint32_t sum = 0;
            for (int x = left; x < right; ++x)
                sum += sums_[static_cast<std::size_t>(x)];
            cells_[static_cast<std::size_t>(r) * columns_ + c] =
                static_cast<float>(sum) / static_cast<float>((right - left) * lines);
        }
    }
}

// Into change_: what of each cell's change is not the light's.
void MotionGate::take_light_out() {
    change_.assign(cells_.size(), 0);
    Line line = fit(reference_, cells_, change_, 1);
    for (int pass = 0; pass < 3; ++pass) {
        double sum = 0;
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            change_[i] = cells_[i] - (line.gain * reference_[i] + line.offset);
            sum += std::fabs(change_[i]);
        }
        const float usual = static_cast<float>(sum / static_cast<double>(cells_.size()));
        if (pass < 2) line = fit(reference_, cells_, change_, kFollows * usual);
    }
}

bool MotionGate::moved() {
    take_light_out();
    const auto gate = static_cast<float>(settings_.noise_gate);
    const float least = std::max(static_cast<float>(settings_.least_change), gate * usual_noise_);
    for (int r = 0; r < rows_; ++r) {
        for (int c = 0; c < columns_; ++c) {
            const std::size_t i = static_cast<std::size_t>(r) * columns_ + c;
            changed_[static_cast<std::size_t>(r + 1) * (columns_ + 2) + c + 1] =
                beside_the_light(cells_[i] - reference_[i], change_[i]) > std::max(least, gate * noise_[i]);
        }
    }
    const bool moved = touching() >= settings_.least_cells;
    learn_noise(moved);
    return moved;
}

int MotionGate::touching() const {
    int count = 0;
    const std::size_t width = static_cast<std::size_t>(columns_) + 2;
    for (int r = 1; r <= rows_; ++r) {
        const std::uint8_t* at = changed_.data() + static_cast<std::size_t>(r) * width;
        for (int c = 1; c <= columns_; ++c)
            if (at[c] != 0 && (at[c - 1] | at[c + 1] | *(at + c - width) | at[c + width]) != 0) ++count;
    }
    return count;
}

// From one picture to the next, so that what moved slowly since the reference is no noise. While something moves, only the
// noise that most cells have: people are never most of the picture for long.
void MotionGate::learn_noise(bool moved) {
    steps_.resize(cells_.size());
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        steps_[i] = std::fabs(change_[i] - previous_[i]);
        previous_[i] = change_[i];
    }
    for (std::size_t i = 0; i < cells_.size() && !moved; ++i)
        noise_[i] += kNoiseMemory * (std::min(steps_[i], 3 * noise_[i] + 0.1f) - noise_[i]);
    // The median of every fourth is as good.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < steps_.size(); i += kMedianStep)
        steps_[kept++] = steps_[i];
    const auto middle = steps_.begin() + static_cast<std::ptrdiff_t>(kept / 2);
    std::nth_element(steps_.begin(), middle, steps_.begin() + static_cast<std::ptrdiff_t>(kept));
    usual_noise_ += kNoiseMemory * (kMeanOfMedian * *middle - usual_noise_);
}

}  // namespace chairside
