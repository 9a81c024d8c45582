#include "events/usual_dwell.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace chairside {
namespace {
constexpr std::size_t kWindow = 100;               // clients
constexpr double kShortest = 30, kLongest = 3600;  // s; rests are of any length between, in the logarithm
constexpr double kSpread = 0.18;                   // of the logarithm, around each known stay
constexpr double kPrior = 2;                       // clients of any length
constexpr double kMost = 3;
}  // namespace

void UsualDwell::add_client(double dwell_s) {
    logs_.push_back(std::log(std::max(1.0, dwell_s)));
    if (logs_.size() > kWindow) logs_.pop_front();
}

// Kernel density of the logarithms (Parzen).
double UsualDwell::log_odds(double dwell_s) const {
    const double log = std::log(std::max(1.0, dwell_s));
    const double even = 1 / std::log(kLongest / kShortest);
    double density = kPrior * even;
    for (const double known : logs_) {
        const double z = (log - known) / kSpread;
        density += std::exp(-z * z / 2) / (kSpread * std::sqrt(2 * std::numbers::pi));
    }
    density /= kPrior + static_cast<double>(logs_.size());
    return std::clamp(std::log(density / even), -kMost, 0.0);
}

}  // namespace chairside
