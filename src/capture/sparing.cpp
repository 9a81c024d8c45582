#include "capture/sparing.hpp"

#include <algorithm>

namespace chairside {
namespace {

constexpr Duration kWindow = std::chrono::seconds(2);
constexpr double kClearlyMore = 1.25;  // times the wanted rate, before it is tried
constexpr double kWidestGap = 1.6;     // periods of the wanted rate
constexpr Duration kFirstRetry = std::chrono::seconds(30);
constexpr int kMostDoublings = 5;

}  // namespace

bool Sparing::decide(Duration time, double wanted_fps) {
    if (!begin_ || time < *last_) begin_window(time);
    widest_ = std::max(widest_, time - last_.value_or(time));
    last_ = time;
    ++pictures_;
    if (on_ && (wanted_fps <= 0 || (rate_ > 0 && wanted_fps > rate_))) {
        on_ = false;  // more is wanted than there would be: no failure
        begin_window(time);
    } else if (time - *begin_ >= kWindow) {
        end_window(time, wanted_fps);
    }
    return on_;
}

void Sparing::begin_window(Duration time) {
    begin_ = time;
    last_ = time;
    pictures_ = 0;
    widest_ = {};
}

void Sparing::end_window(Duration time, double wanted_fps) {
    const double rate = pictures_ / to_seconds(time - *begin_);
    if (on_) {
        rate_ = rate;
        if (rate < wanted_fps || to_seconds(widest_) > kWidestGap / wanted_fps) {
            on_ = false;
            retry_ = time + kFirstRetry * (1 << std::min(failures_, kMostDoublings));
            ++failures_;
        }
    } else if (wanted_fps > 0 && rate >= kClearlyMore * wanted_fps && time >= retry_) {
        on_ = true;
        rate_ = 0;
    }
    begin_window(time);
}

}  // namespace chairside
