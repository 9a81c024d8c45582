#pragma once
// 95 % intervals for figures that come from few services. Pure. Private to src/audit, but for Interval.

#include <optional>
#include <vector>

namespace chairside {

struct Interval {
    double low = 0, high = 0;
};

// Of a share of k among n: Wilson (1927). n = 0: 0 to 1.
Interval wilson(int k, int n);
// Of the mean of which k were counted: the exact limits of Garwood (1936).
Interval poisson(int k);
// Of F1, from the share s = matched / (matched + missed + wrong), whose Wilson limits it is monotone in: 2s / (1 + s).
Interval f1_interval(int matched, int missed, int wrong);

struct CountUnit {
    int hand = 0, counted = 0;
};
// Of the relative difference of the sums (0.1: a tenth too many): percentile bootstrap over the units (Efron, 1979),
// 4,000 draws from a fixed seed. nullopt: fewer than 5 units, or nothing counted by hand.
std::optional<Interval> difference_interval(const std::vector<CountUnit>& units);

}  // namespace chairside
