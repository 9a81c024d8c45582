#include "events/attendance.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

TEST(AttendanceHabit, TurnsNobodyDownBeforeClientsWereSeenAttended) {
    AttendanceHabit habit{AttendanceSettings{}};
    EXPECT_EQ(habit.limit(), 0);
    for (int i = 0; i < 20; ++i)
        habit.add(0.02);
    EXPECT_EQ(habit.limit(), 0);
}

TEST(AttendanceHabit, KnowsALimitOnceClientsAreAttended) {
    AttendanceHabit habit{AttendanceSettings{}};
    habit.add(0.5);
    habit.add(0.6);
    EXPECT_NEAR(habit.limit(), 0.25 * 0.6, 1e-9);
}

TEST(AttendanceHabit, AsksForLessWhereClientsAreLittleAttended) {
    AttendanceHabit habit{AttendanceSettings{}};
    for (int i = 0; i < 9; ++i)
        habit.add(0.2);
    EXPECT_NEAR(habit.limit(), 0.05, 1e-9);
}

TEST(AttendanceHabit, IsUnknownAgainWhereMostAreUnattended) {
    AttendanceHabit habit{AttendanceSettings{}};
    habit.add(0.5);
    habit.add(0.6);
    for (int i = 0; i < 20; ++i)
        habit.add(0.0);
    EXPECT_EQ(habit.limit(), 0);
}

TEST(NeededShare, IsLessForAShortSession) {
    EXPECT_NEAR(needed_share(0.3, 60), 0.15, 1e-9);
    EXPECT_GT(needed_share(0.3, 600), 0.27);
    EXPECT_EQ(needed_share(0, 600), 0);
}

TEST(Attendance, IsTheShareOfTheTimeWatched) {
    Attendance attendance;
    attendance.add(3, true);
    attendance.add(1, false);
    EXPECT_NEAR(attendance.share(), 0.75, 1e-9);
    EXPECT_EQ(Attendance{}.share(), 0);
}

TEST(StandsBy, WithinReachOnly) {
    const Anchor seat{{500, 400}, 100, 140};
    EXPECT_TRUE(stands_by({560, 410}, seat, {}));
    EXPECT_FALSE(stands_by({640, 410}, seat, {}));
    EXPECT_FALSE(stands_by({560, 480}, seat, {}));
}

}  // namespace
}  // namespace chairside
