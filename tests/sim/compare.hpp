#pragma once
// Two lists of counted services side by side: what one has and the other has not.

#include <string>
#include <vector>

#include "sim/score.hpp"

namespace chairside::sim {

struct Comparison {
    int same = 0;
    std::vector<std::string> differences;  // one line each, for people
    std::string text() const;
};

// The same: same zone, start and end each within tolerance_s; whoever stands at a seat before sitting down may have started at
// any time of that. Times at which the camera was blind in one of the runs
// (gap_s at the end of each gap_every_s) do not count: what happens then cannot be known better. Nor does a service on one
// side alone that is nowhere longer than the dwell threshold by what both edges may be off.
struct Tolerance {
    double start_end_s = 2;
    double gap_every_s = 0, gap_s = 0;
};
Comparison compare(const std::vector<Service>& expected, const std::vector<Service>& got,
                   const std::vector<ZoneConfig>& zones, const Tolerance& tolerance);

}  // namespace chairside::sim
