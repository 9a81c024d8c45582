#include "events/attendance.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

constexpr ZoneType kChair = ZoneType::kChair, kWash = ZoneType::kWash;

TEST(AttendanceHabit, TurnsNobodyDownBeforeClientsWereSeenAttended) {
    AttendanceHabit habit{AttendanceSettings{}};
    EXPECT_EQ(habit.limit(kChair), 0);
    for (int i = 0; i < 20; ++i)
        habit.add(kChair, 0.02, false);
    EXPECT_EQ(habit.limit(kChair), 0);
}

TEST(AttendanceHabit, KnowsALimitOnceClientsAreAttended) {
    AttendanceHabit habit{AttendanceSettings{}};
    habit.add(kChair, 0.5, false);
    habit.add(kChair, 0.6, false);
    EXPECT_NEAR(habit.limit(kChair), 0.28 * 0.6, 0.05);
}

TEST(AttendanceHabit, AsksForLessWhereClientsAreLittleAttended) {
    AttendanceHabit little{AttendanceSettings{}}, much{AttendanceSettings{}};
    for (int i = 0; i < 9; ++i) {
        little.add(kChair, 0.2, false);
        much.add(kChair, 0.6, false);
    }
    EXPECT_NEAR(3 * little.limit(kChair), much.limit(kChair), 1e-9);
}

TEST(AttendanceHabit, IsUnknownAgainWhereMostAreUnattended) {
    AttendanceHabit habit{AttendanceSettings{}};
    habit.add(kChair, 0.5, false);
    habit.add(kChair, 0.6, false);
    for (int i = 0; i < 20; ++i)
        habit.add(kChair, 0.0, false);
    EXPECT_EQ(habit.limit(kChair), 0);
}

// Basins that are used for a rest before the first client of the day: the chairs show that clients are attended.
TEST(AttendanceHabit, OneTypeOfZoneTellsOfAnother) {
    AttendanceHabit habit{AttendanceSettings{}};
    habit.add(kWash, 0.01, false);
    EXPECT_EQ(habit.limit(kWash), 0);
    for (int i = 0; i < 5; ++i)
        habit.add(kChair, 0.6, false);
    EXPECT_GT(habit.limit(kWash), 0.05);
    EXPECT_EQ(habit.limit(kWash), habit.limit(kChair));
}

TEST(AttendanceHabit, WhereNobodyIsEverAttendedNobodyNeedsToBe) {
    AttendanceHabit habit{AttendanceSettings{}};
    for (int i = 0; i < 12; ++i) {
        habit.add(kChair, 0.6, false);
        habit.add(kWash, 0.01, false);
    }
    EXPECT_EQ(habit.limit(kWash), 0);
    EXPECT_GT(habit.limit(kChair), 0);
}

// One who is left alone while a colour takes is a client where staff never sit.
TEST(AttendanceHabit, AsksForLessWhereNobodyOfTheStaffRestsInSeats) {
    AttendanceHabit never{AttendanceSettings{}}, often{AttendanceSettings{}};
    for (int i = 0; i < 20; ++i) {
        never.add(kChair, 0.6, false);
        often.add(kChair, 0.6, false);
        if (i % 3 == 0) often.add(kChair, 0.02, true);
    }
    EXPECT_LT(never.limit(kChair), 0.6 * often.limit(kChair));
    EXPECT_GT(never.limit(kChair), 0.05);
}

TEST(ShareWith, WhatElseIsKnownMakesTheShareWorthMoreOrLess) {
    EXPECT_NEAR(share_with(0.4, 0), 0.4, 1e-9);
    EXPECT_GT(share_with(0.02, 2), 0.035);
    EXPECT_LT(share_with(0.18, -3), 0.09);
    EXPECT_EQ(share_with(0, -3), 0);
}

TEST(NeededShare, IsLessForAShortSession) {
    EXPECT_NEAR(needed_share(0.3, 60), 0.15, 1e-9);
    EXPECT_GT(needed_share(0.3, 600), 0.27);
    EXPECT_EQ(needed_share(0, 600), 0);
}

TEST(Attendance, IsTheShareOfTheTimeWatched) {
    Attendance attendance;
    attendance.add(0, 3, true);
    attendance.add(3, 1, false);
    EXPECT_NEAR(attendance.share(), 0.75, 1e-9);
    EXPECT_EQ(Attendance{}.share(), 0);
}

TEST(StandsBy, WithinReachOnly) {
    const Anchor seat{{500, 400}, 100, 140};
    EXPECT_TRUE(stands_by({560, 410}, seat, {}));
    EXPECT_FALSE(stands_by({640, 410}, seat, {}));
    EXPECT_FALSE(stands_by({560, 480}, seat, {}));
}

TEST(VisibleBeside, APlaceBehindSomebodyNearerToTheCameraIsNotSeen) {
    const Anchor seat{{500, 400}, 100, 140};
    const AttendanceSettings settings;
    Figure right, behind;
    right.box = {480, 300, 120, 260};  // before the place to the right
    right.foot = right.box.foot();
    behind.box = {380, 200, 120, 190};  // farther away than the seat: hides nothing
    behind.foot = behind.box.foot();
    EXPECT_EQ(visible_beside(seat, 200, 0.41, {}, settings), 1);
    EXPECT_EQ(visible_beside(seat, 200, 0.41, {behind}, settings), 1);
    EXPECT_EQ(visible_beside(seat, 200, 0.41, {behind, right}, settings), 0.5);
}

TEST(Attendance, TimeInWhichNobodyCouldBeSeenDoesNotCount) {
    Attendance attendance;
    attendance.add(0, 10, true, 0);
    attendance.add(10, 100, false, 0);
    attendance.add(110, 10, false, 0.5);
    EXPECT_NEAR(attendance.watched_s(), 15, 1e-9);
    EXPECT_NEAR(attendance.share(), 10.0 / 15, 1e-9);
}

// A change of clients is noticed some time after it happened.
TEST(Attendance, WhatWasSeenAfterAChangeOfClientsIsTheNextOnes) {
    Attendance rests;
    for (int i = 0; i < 600; ++i)
        rests.add(0.2 * i, 0.2, false);
    for (int i = 650; i < 900; ++i)
        rests.add(0.2 * i, 0.2, true);
    const Attendance client = rests.hand_over(119.8, 130);
    EXPECT_NEAR(rests.share(), 0, 1e-9);
    EXPECT_NEAR(rests.watched_s(), 120, 1.1);
    EXPECT_NEAR(client.share(), 1, 1e-9);
    EXPECT_NEAR(client.watched_s(), 50, 1.1);
}

}  // namespace
}  // namespace chairside
