#include "events/edges.hpp"

#include <cmath>

#include "events/on_foot.hpp"

namespace chairside {
namespace {
// Log odds of somebody who went right after the last sighting, and what being on foot before or for long after takes away: a
// logistic choice fitted on 3,200 made-up ends (docs/decisions/0209-changes-of-clients.md).
constexpr double kSeenToGo = 1.7, kStoodBefore = 0.8, kStandsAfter = 0.7;
}  // namespace

bool rose_or_sat_down(const Walk& walk, const SeatSettings& settings) {
    return walk.on_foot_s < kSitsDown && walk.closest < settings.near;
}

std::optional<Walk> who_sat_down(const std::vector<Walk>& arrivals, double from, double usual,
                                 const SeatSettings& settings) {
    std::optional<Walk> out;
    int best = 0;
    for (const Walk& walk : arrivals) {
        const bool recent = walk.t >= usual, sat_down = rose_or_sat_down(walk, settings);
        if (walk.t < from || !(recent || sat_down)) continue;
        const int rank = recent ? 2 + sat_down + (walk.at_large_s < kLongOnFoot) : 1;
        if (rank < best || (rank == best && walk.t < out->t)) continue;
        best = rank;
        out = walk;
    }
    return out;
}

std::optional<Walk> who_rose(const std::vector<Walk>& departures, double last, double mean_gap_s) {
    std::optional<Walk> out;
    double best = 0;
    for (const Walk& walk : departures) {
        const double log_odds = kSeenToGo - std::log1p(std::abs(walk.t - last) / (2 * mean_gap_s)) -
                                (walk.on_foot_s >= kSitsDown ? kStoodBefore : 0) -
                                (walk.at_large_s >= kLongOnFoot ? kStandsAfter : 0);
        if (log_odds > best) best = log_odds, out = walk;
    }
    return out;
}

}  // namespace chairside
