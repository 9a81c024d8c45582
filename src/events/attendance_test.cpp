#include "events/attendance.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

constexpr ZoneType kChair = ZoneType::kChair, kWash = ZoneType::kWash;

TEST(AttendanceHabit, TurnsNobodyDownBeforeClientsWereSeenAttended) {
    AttendanceHabit habit{AttendanceSettings{}};
    EXPECT_EQ(habit.limit(kChair), 0);
    for (int i = 0; i < 20; ++i)
        habit.add(kChair, 0.02);
    EXPECT_EQ(habit.limit(kChair), 0);
}

TEST(AttendanceHabit, KnowsALimitOnceClientsAreAttended) {
    AttendanceHabit habit{AttendanceSettings{}};
    habit.add(kChair, 0.5);
    habit.add(kChair, 0.6);
    EXPECT_NEAR(habit.limit(kChair), 0.28 * 0.6, 1e-9);
}

TEST(AttendanceHabit, AsksForLessWhereClientsAreLittleAttended) {
    AttendanceHabit habit{AttendanceSettings{}};
    for (int i = 0; i < 9; ++i)
        habit.add(kChair, 0.2);
    EXPECT_NEAR(habit.limit(kChair), 0.28 * 0.2, 1e-9);
}

TEST(AttendanceHabit, IsUnknownAgainWhereMostAreUnattended) {
    AttendanceHabit habit{AttendanceSettings{}};
    habit.add(kChair, 0.5);
    habit.add(kChair, 0.6);
    for (int i = 0; i < 20; ++i)
        habit.add(kChair, 0.0);
    EXPECT_EQ(habit.limit(kChair), 0);
}

// Basins that are used for a rest before the first client of the day: the chairs show that clients are attended.
TEST(AttendanceHabit, OneTypeOfZoneTellsOfAnother) {
    AttendanceHabit habit{AttendanceSettings{}};
    habit.add(kWash, 0.01);
    EXPECT_EQ(habit.limit(kWash), 0);
    for (int i = 0; i < 5; ++i)
        habit.add(kChair, 0.6);
    EXPECT_NEAR(habit.limit(kWash), 0.28 * 0.6, 1e-9);
}

TEST(AttendanceHabit, WhereNobodyIsEverAttendedNobodyNeedsToBe) {
    AttendanceHabit habit{AttendanceSettings{}};
    for (int i = 0; i < 12; ++i) {
        habit.add(kChair, 0.6);
        habit.add(kWash, 0.01);
    }
    EXPECT_EQ(habit.limit(kWash), 0);
    EXPECT_GT(habit.limit(kChair), 0);
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
