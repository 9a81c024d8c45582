#include "serve/expected_wait.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

std::vector<double> around(double mean_s) {
    std::vector<double> out;
    for (int i = -5; i <= 5; ++i)
        out.push_back(mean_s + i * 60);
    return out;
}

TEST(ExpectedWait, IsUnknownWhereLittleIsKnown) {
    EXPECT_FALSE(expected_wait({{1, 2, 3}, {10}, 0}));
    EXPECT_FALSE(expected_wait({around(1800), {}, 3})) << "nobody cuts hair";
}

TEST(ExpectedWait, AFreeChairMeansNoWait) {
    const auto wait = expected_wait({around(1800), {600, -1}, 0});
    ASSERT_TRUE(wait);
    EXPECT_EQ(wait->mean_s, 0);
    EXPECT_EQ(wait->p90_s, 0);
}

TEST(ExpectedWait, IsTheRestOfTheServiceThatGoesOn) {
    const auto wait = expected_wait({around(1800), {600}, 0});
    EXPECT_NEAR(wait->mean_s, 1200, 60);
    EXPECT_GT(wait->p90_s, wait->mean_s);
    EXPECT_LE(wait->p90_s, 1500);
}

TEST(ExpectedWait, GrowsWithThoseBeforeAndFallsWithChairs) {
    const double one = expected_wait({around(1800), {600}, 1})->mean_s;
    const double two = expected_wait({around(1800), {600}, 2})->mean_s;
    const double more_chairs = expected_wait({around(1800), {600, 600}, 2})->mean_s;
    EXPECT_NEAR(one, 3000, 120);
    EXPECT_NEAR(two, 4800, 150);
    EXPECT_LT(more_chairs, one + 120);
}

TEST(ExpectedWait, OutlastingAllThatIsKnownIsNoReasonToDespair) {
    EXPECT_NEAR(expected_wait({around(1800), {9000}, 0})->mean_s, 300, 1);
}

TEST(ExpectedWait, DoesNotFlicker) {
    EXPECT_EQ(expected_wait({around(1800), {600, 30}, 1})->mean_s,
              expected_wait({around(1800), {600, 30}, 1})->mean_s);
}

}  // namespace
}  // namespace chairside
