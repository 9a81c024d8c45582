#include "track/pan_filter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace chairside {
namespace {

constexpr double kDt = 0.1, kJitter = 1;  // pixels, of the mean of all boxes

struct Followed {
    double seen_error = 0, lost_error = 0;  // r.m.s. over the last part, pixels
};

// A camera that swings +-50 pixels in 8 s; `seen` and `lost` are a track that is measured and one that is not,
// both at rest in the room. `acceleration` is what the filter expects; `believed` whether it is applied.
Followed follow(double acceleration, bool believed) {
    std::mt19937 random(1);
    std::normal_distribution<double> jitter(0, kJitter);
    PanFilter filter;
    Point seen, seen_v, lost, lost_v;
    double seen2 = 0, lost2 = 0;
    int counted = 0;
    for (int i = 1; i <= 400; ++i) {
        const double truth = 50 * std::sin(2 * M_PI * i * kDt / 8);
        seen.x += kDt * seen_v.x;
        lost.x += kDt * lost_v.x;
        const double e = truth + jitter(random) - seen.x;
        const auto belief = filter.update({{e, 0}, kJitter * kJitter, 25, 100}, acceleration, kDt);
        PanStep moved{{belief.own_gain * e, 0}, {belief.own_gain_velocity * e, 0}}, lost_moved;
        if (believed) {
            moved = belief.seen;
            lost_moved = belief.lost;
        }
        seen.x += moved.shift.x;
        seen_v.x += moved.push.x;
        lost.x += lost_moved.shift.x;
        lost_v.x += lost_moved.push.x;
        filter.applied(moved, lost_moved);
        // one who is lost is found and lost again every 2 s
        if (i % 20 == 0) {
            lost2 += i > 100 ? std::pow(lost.x - truth, 2) : 0;
            lost = seen;
            lost_v = seen_v;
        }
        if (i <= 100) continue;
        seen2 += std::pow(seen.x - truth, 2);
        ++counted;
    }
    return {std::sqrt(seen2 / counted), std::sqrt(lost2 / 15)};
}

TEST(PanFilter, LagsLessThanThePeoplesOwnFiltersAndTakesTheLostAlong) {
    const Followed with = follow(30, true), without = follow(30, false);
    EXPECT_LT(with.seen_error, 0.9 * kJitter) << "it should smooth, too";
    EXPECT_LT(with.lost_error, without.lost_error / 2);
    EXPECT_GT(without.lost_error, 30) << "the scene is too easy";
}

TEST(PanFilter, WhereNoCameraIsExpectedItDoesWhatTheFiltersDoAndLeavesTheLost) {
    std::mt19937 random(2);
    std::normal_distribution<double> jitter(0, 3);
    PanFilter filter;
    for (int i = 0; i < 100; ++i) {
        const Point e{jitter(random), jitter(random)};
        const auto belief = filter.update({e, 4, 25, 100}, 0, kDt);
        const PanStep own{{belief.own_gain * e.x, belief.own_gain * e.y},
                          {belief.own_gain_velocity * e.x, belief.own_gain_velocity * e.y}};
        EXPECT_NEAR(belief.seen.shift.x, own.shift.x, 1e-6);
        EXPECT_NEAR(belief.seen.push.y, own.push.y, 1e-6);
        EXPECT_EQ(belief.lost.shift.x, 0);
        EXPECT_EQ(belief.lost.push.y, 0);
        filter.applied(own, {});
    }
}

TEST(PanFilter, StaysFiniteWithExactDetectionsAndLongGaps) {
    PanFilter filter;
    for (const double dt : {0.1, 0.001, 0.5, 3600.0, 0.1, 1e6, 0.04}) {
        const auto belief = filter.update({{1, -1}, 0, 0, 0}, 10, dt);
        EXPECT_TRUE(std::isfinite(belief.seen.shift.x) && std::isfinite(belief.seen.push.y)) << dt;
        EXPECT_TRUE(std::isfinite(belief.lost.shift.x) && std::isfinite(belief.lost.push.y)) << dt;
        EXPECT_LE(belief.own_gain, 1);
        filter.applied(belief.seen, belief.lost);
    }
}

}  // namespace
}  // namespace chairside
