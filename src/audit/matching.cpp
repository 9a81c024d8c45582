#include "audit/matching.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace chairside {
namespace {
constexpr double kSame = 0.5;
}

double time_overlap(WallTime start_a, WallTime end_a, WallTime start_b, WallTime end_b) {
    const double common = to_seconds(std::min(end_a, end_b) - std::max(start_a, start_b)),
                 all = to_seconds(std::max(end_a, end_b) - std::min(start_a, start_b));
    return all > 0 ? std::max(0.0, common) / all : 0;
}

std::vector<std::pair<std::size_t, std::size_t>> match_services(
    const std::vector<HandService>& hand, const std::vector<const AuditedEvent*>& events) {
    std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < hand.size(); ++i) {
        for (std::size_t j = 0; j < events.size(); ++j) {
            if (hand[i].zone != events[j]->zone || hand[i].type != events[j]->type) continue;
            const double overlap = time_overlap(hand[i].start, hand[i].end, events[j]->start, events[j]->end);
            if (overlap >= kSame) pairs.emplace_back(overlap, i, j);
        }
    }
    std::sort(pairs.begin(), pairs.end(), std::greater<>());
    std::vector<char> used_hand(hand.size()), used_event(events.size());
    std::vector<std::pair<std::size_t, std::size_t>> out;
    for (const auto& [overlap, i, j] : pairs) {
        if (used_hand[i] || used_event[j]) continue;
        used_hand[i] = used_event[j] = 1;
        out.emplace_back(i, j);
    }
    return out;
}

}  // namespace chairside
