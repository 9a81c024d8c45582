#include "capture/sampler.hpp"

#include <cmath>

namespace chairside {
namespace {

// Where two frames are as near, the earlier is taken, whichever way the grid's instant was rounded.
constexpr double kTieUs = 1e-3;

}  // namespace

bool Sampler::take(Duration time, Duration next) {
    if (period_us_ <= 0) return true;
    if (!origin_) origin_ = time;
    // Instants up to the middle between this frame and the next are nearer to this one.
    const double reach_us =
        static_cast<double>((time - *origin_).count() + (next - *origin_).count()) / 2 + kTieUs;
    if (static_cast<double>(instant_) * period_us_ > reach_us) return false;
    instant_ = static_cast<std::int64_t>(std::floor(reach_us / period_us_)) + 1;
    return true;
}

}  // namespace chairside
