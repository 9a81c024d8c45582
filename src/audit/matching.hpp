#pragma once
// Pairs services counted by hand with counted events. Private to src/audit.

#include <utility>
#include <vector>

#include "audit/compare.hpp"

namespace chairside {

// Part of the union that two times have in common, 0..1.
double time_overlap(WallTime start_a, WallTime end_a, WallTime start_b, WallTime end_b);

// Indexes (hand, event) of pairs of the same zone and type that overlap by half or more: best first, each once.
std::vector<std::pair<std::size_t, std::size_t>> match_services(
    const std::vector<HandService>& hand, const std::vector<const AuditedEvent*>& events);

}  // namespace chairside
