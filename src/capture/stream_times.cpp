#include "capture/stream_times.hpp"

#include <algorithm>

namespace chairside {
namespace {

using namespace std::chrono_literals;

constexpr Duration kMinStep = 1ms;  // between two frames whose timestamps do not grow
constexpr Duration kLongestStepBack = 1s;
constexpr Duration kLongestGap = 1h;
constexpr Duration kLongestFrame = 10s;  // a longer "duration" of one frame is not believed

constexpr Duration kLiveJump = 5s;
constexpr double kOffsetRise = 0.005;
constexpr Duration kLongestInterval = 2s;

}  // namespace

Duration FileTimes::map(std::optional<Duration> pts, Duration shown_for) {
    const Duration following = expected_next();
    Duration time = following;
    if (pts) {
        if (!shift_) shift_ = following - *pts;
        time = *pts + *shift_;
        if (last_ && (time < *last_ - kLongestStepBack || time > *last_ + kLongestGap)) {
            shift_ = following - *pts;
            time = following;
        }
    }
    if (last_) time = std::max(time, *last_ + kMinStep);
    last_ = time;
    last_shown_for_ = shown_for > Duration{} && shown_for <= kLongestFrame ? shown_for : nominal_;
    return time;
}

void LiveTimes::adapt_offset(Duration candidate, MonoTime arrival) {
    if (!offset_ || candidate < *offset_ || candidate > *offset_ + kLiveJump) {
        offset_ = candidate;
        return;
    }
    const Duration passed = last_arrival_ ? arrival - *last_arrival_ : Duration{};
    const auto limit = Duration(static_cast<std::int64_t>(static_cast<double>(passed.count()) * kOffsetRise));
    *offset_ += std::min(candidate - *offset_, limit);
}

void LiveTimes::adapt_interval(Duration step) {
    if (step > kLongestInterval) return;  // a gap, not a rate
    interval_ = interval_ == Duration{} ? step : (interval_ * 7 + step) / 8;
}

MonoTime LiveTimes::map(std::optional<Duration> pts, MonoTime arrival) {
    MonoTime time = arrival;
    if (pts) {
        adapt_offset(arrival.time_since_epoch() - *pts, arrival);
        time = MonoTime(*offset_ + *pts);
    }
    if (last_) {
        time = std::max(time, *last_ + kMinStep);
        adapt_interval(time - *last_);
    }
    last_ = time;
    last_arrival_ = arrival;
    return time;
}

}  // namespace chairside
