#include "events/edges.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

Walk walk(double t, double on_foot_s, double at_large_s, double closest = 0.1) {
    Walk out;
    out.t = out.edge = t;
    out.on_foot_s = on_foot_s;
    out.at_large_s = at_large_s;
    out.closest = closest;
    return out;
}

double sat_down(const std::vector<Walk>& arrivals, double from = 0, double usual = 90) {
    const auto who = who_sat_down(arrivals, from, usual, {});
    return who ? who->t : -1;
}
double rose(const std::vector<Walk>& departures) {
    const auto who = who_rose(departures, 100, 1.5);
    return who ? who->t : -1;
}

TEST(WhoSatDown, IsTheLatestWhoCame) {
    EXPECT_EQ(sat_down({walk(92, 1, 5), walk(95, 1, 5)}), 95);
}

TEST(WhoSatDown, IsNotWhoStaysOnFoot) {
    EXPECT_EQ(sat_down({walk(92, 1, 5), walk(95, 8, 5)}), 92);
    EXPECT_EQ(sat_down({walk(92, 1, 5), walk(95, 0, 5, 0.6)}), 92) << "who keeps away from the seat";
}

TEST(WhoSatDown, IsRatherNotWhoWasOnFootForLong) {
    EXPECT_EQ(sat_down({walk(92, 1, 5), walk(95, 1, 170)}), 92);
}

TEST(WhoSatDown, IsWhoStaysOnFootIfNobodyElseCame) {
    EXPECT_EQ(sat_down({walk(92, 8, 170)}), 92) << "one track of client and barber";
}

TEST(WhoSatDown, WhileTheSeatWasHiddenOnlyWhoSatDownCounts) {
    EXPECT_EQ(sat_down({walk(70, 1, 5)}), 70);
    EXPECT_EQ(sat_down({walk(70, 8, 5)}), -1);
    EXPECT_EQ(sat_down({walk(70, 1, 5), walk(95, 8, 170)}), 95);
}

TEST(WhoSatDown, IsNobodyOfBefore) {
    EXPECT_EQ(sat_down({walk(92, 1, 5)}, 93), -1);
    EXPECT_EQ(sat_down({}), -1);
}

TEST(WhoRose, IsWhoWentSoonAfterTheLastSighting) {
    EXPECT_EQ(rose({walk(101, 0.5, 5), walk(106, 0.5, 5)}), 101);
    EXPECT_EQ(rose({walk(99.5, 0.5, 5)}), 99.5);
}

TEST(WhoRose, IsNotWhoServedThereAndGoesOnServing) {
    EXPECT_EQ(rose({walk(102, 170, 55), walk(104, 0.5, 5)}), 104);
    EXPECT_EQ(rose({walk(104, 170, 55)}), -1);
}

TEST(WhoRose, IsWhoStoodBeforeIfItIsRightThen) {
    EXPECT_EQ(rose({walk(100.5, 170, 5)}), 100.5) << "one track of client and barber";
}

TEST(WhoRose, IsNobodyWhoWentMuchLater) {
    EXPECT_EQ(rose({walk(130, 0.5, 5)}), -1);
    EXPECT_EQ(rose({}), -1);
}

}  // namespace
}  // namespace chairside
