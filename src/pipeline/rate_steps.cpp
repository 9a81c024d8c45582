#include "pipeline/rate_steps.hpp"

#include <algorithm>

namespace chairside {
namespace {

constexpr std::uint64_t kLeastLate = 3;  // one or two may be a hiccup
constexpr Duration kTooEarly =
    std::chrono::seconds(30);  // a fall this soon after a rise: it should have waited
constexpr Duration kCalm =
    std::chrono::hours(1);  // after this long without late pictures patience is short again

}  // namespace

std::size_t RateSteps::add(int priority, double target_fps) {
    cameras_.push_back({priority, target_fps, 0});
    return cameras_.size() - 1;
}

double RateSteps::allowed_fps(std::size_t camera) const {
    const Camera& c = cameras_[camera];
    return std::max(c.target_fps * kSteps[c.step], std::min(c.target_fps, kLeastFps));
}

bool RateSteps::any_lowered() const {
    return std::any_of(cameras_.begin(), cameras_.end(), [](const Camera& c) { return c.step > 0; });
}

// Over the window that ends now, if it does.
bool RateSteps::too_many(MonoTime now, const Seen& all) {
    if (!window_) {
        window_ = now;
        at_window_ = all;
    }
    const std::uint64_t came = all.came - at_window_.came, late = all.late - at_window_.late;
    if (late > 0 || !quiet_since_) quiet_since_ = now;
    if (now - *window_ < kJudged) return false;
    window_ = now;
    at_window_ = all;
    return late >= kLeastLate && static_cast<double>(late) > kLateShare * static_cast<double>(came);
}

bool RateSteps::tick(MonoTime now, const std::vector<Seen>& cameras) {
    Seen all;
    for (const Seen& one : cameras) {
        all.came += one.came;
        all.late += one.late;
    }
    if (too_many(now, all)) {
        if (risen_ && now - *risen_ < kTooEarly) patience_ = std::min(2 * patience_, kLongestPatience);
        risen_.reset();
        changed_ = now;
        return fall();
    }
    if (now - *quiet_since_ >= kCalm) patience_ = kPatience;
    const MonoTime since = std::max(*quiet_since_, changed_.value_or(*quiet_since_));
    if (!any_lowered() || now - since < patience_) return false;
    risen_ = changed_ = now;
    return rise();
}

// The least important that can fall; all of the same importance together, and all at once if that is how it is shared.
bool RateSteps::fall() {
    std::optional<int> least;
    for (const Camera& c : cameras_)
        if (c.step + 1 < kSteps.size()) least = std::min(least.value_or(c.priority), c.priority);
    for (Camera& c : cameras_) {
        const bool its_turn = when_ == WhenBusy::kEvenly || c.priority == least;
        if (its_turn && c.step + 1 < kSteps.size()) ++c.step;
    }
    return least.has_value();
}

bool RateSteps::rise() {
    std::optional<int> most;
    for (const Camera& c : cameras_)
        if (c.step > 0) most = std::max(most.value_or(c.priority), c.priority);
    for (Camera& c : cameras_) {
        const bool its_turn = when_ == WhenBusy::kEvenly || c.priority == most;
        if (its_turn && c.step > 0) --c.step;
    }
    return most.has_value();
}

}  // namespace chairside
