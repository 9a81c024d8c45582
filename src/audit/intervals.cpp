#include "audit/intervals.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <random>

namespace chairside {
namespace {

constexpr double kZ = 1.959963984540054;  // of the normal distribution, 95 % within
constexpr double kTail = 0.025;
constexpr int kDraws = 4000;
constexpr std::size_t kLeastUnits = 5;
constexpr std::uint64_t kSeed = 20261122;

}  // namespace

Interval wilson(int k, int n) {
    if (n <= 0) return {0, 1};
    const double p = static_cast<double>(k) / n, z2 = kZ * kZ / n;
    const double middle = (p + z2 / 2) / (1 + z2);
    const double half = kZ / (1 + z2) * std::sqrt(p * (1 - p) / n + z2 / (4 * n));
    return {k == 0 ? 0 : std::max(0.0, middle - half), k == n ? 1 : std::min(1.0, middle + half)};
}

Interval poisson(int k) {
    const double low = k > 0 ? boost::math::gamma_p_inv(static_cast<double>(k), kTail) : 0;
    return {low, boost::math::gamma_p_inv(k + 1.0, 1 - kTail)};
}

Interval f1_interval(int matched, int missed, int wrong) {
    const Interval share = wilson(matched, matched + missed + wrong);
    return {2 * share.low / (1 + share.low), 2 * share.high / (1 + share.high)};
}

std::optional<Interval> difference_interval(const std::vector<CountUnit>& units) {
    if (units.size() < kLeastUnits) return std::nullopt;
    std::mt19937_64 random(kSeed);
    std::vector<double> differences;
    for (int draw = 0; draw < kDraws; ++draw) {
        int hand = 0, counted = 0;
        for (std::size_t i = 0; i < units.size(); ++i) {
            // By hand: what std::uniform_int_distribution draws is not the same everywhere.
            const double uniform = static_cast<double>(random() >> 11) * 0x1.0p-53;
            const CountUnit& unit =
                units[static_cast<std::size_t>(uniform * static_cast<double>(units.size()))];
            hand += unit.hand;
            counted += unit.counted;
        }
        if (hand > 0) differences.push_back(static_cast<double>(counted - hand) / hand);
    }
    if (differences.size() < kDraws / 2) return std::nullopt;
    std::sort(differences.begin(), differences.end());
    const auto at = [&](double q) {
        return differences[static_cast<std::size_t>(q * static_cast<double>(differences.size() - 1))];
    };
    return Interval{at(kTail), at(1 - kTail)};
}

}  // namespace chairside
