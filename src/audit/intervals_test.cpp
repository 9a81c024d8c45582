#include "audit/intervals.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

TEST(Intervals, WilsonGivesTheTextbooksLimits) {
    // Newcombe (1998), table I: 81 of 263, and 0 of 20.
    EXPECT_NEAR(wilson(81, 263).low, 0.2553, 1e-4);
    EXPECT_NEAR(wilson(81, 263).high, 0.3662, 1e-4);
    EXPECT_DOUBLE_EQ(wilson(0, 20).low, 0);
    EXPECT_NEAR(wilson(0, 20).high, 0.1611, 1e-4);
    EXPECT_DOUBLE_EQ(wilson(20, 20).high, 1);
    EXPECT_DOUBLE_EQ(wilson(0, 0).high, 1);
}

TEST(Intervals, PoissonGivesTheTextbooksLimits) {
    EXPECT_DOUBLE_EQ(poisson(0).low, 0);
    EXPECT_NEAR(poisson(0).high, 3.6889, 1e-4);
    EXPECT_NEAR(poisson(5).low, 1.6235, 1e-4);
    EXPECT_NEAR(poisson(5).high, 11.6683, 1e-4);
}

TEST(Intervals, F1sHoldsF1AndNarrowsWithMoreServices) {
    const Interval few = f1_interval(18, 1, 1), many = f1_interval(180, 10, 10);
    const double f1 = 2.0 * 18 / (2 * 18 + 2);
    EXPECT_LT(few.low, f1);
    EXPECT_GT(few.high, f1);
    EXPECT_LT(many.high - many.low, few.high - few.low);
}

TEST(Intervals, DifferencesComeFromTheUnitsAndRepeat) {
    std::vector<CountUnit> hours;
    for (int i = 0; i < 40; ++i)
        hours.push_back({3, i % 4 == 0 ? 4 : 3});
    const auto interval = difference_interval(hours);
    ASSERT_TRUE(interval);
    EXPECT_LT(interval->low, 10.0 / 120);
    EXPECT_GT(interval->high, 10.0 / 120);
    EXPECT_GT(interval->low, 0.02);
    EXPECT_LT(interval->high, 0.15);
    EXPECT_DOUBLE_EQ(difference_interval(hours)->low, interval->low);
    EXPECT_FALSE(difference_interval({{1, 1}, {1, 0}, {1, 1}, {1, 1}})) << "four units tell too little";
    EXPECT_FALSE(difference_interval({{0, 1}, {0, 0}, {0, 0}, {0, 1}, {0, 0}}));
}

}  // namespace
}  // namespace chairside
