#include "pipeline/clock_watch.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

using namespace std::chrono_literals;

const MonoTime kMono{Duration(1'790'000'000'000'000)};
const WallTime kWall{kMono.time_since_epoch()};

TEST(ClockWatch, TellsAStepOnceAndByHowMuch) {
    ClockWatch watch(kMono, kWall, kWall);
    EXPECT_FALSE(watch.look(kMono + 1s, kWall + 1s));
    EXPECT_EQ(watch.look(kMono + 2s, kWall + 3602s), Duration(1h));
    EXPECT_FALSE(watch.look(kMono + 3s, kWall + 3603s));
    EXPECT_EQ(watch.look(kMono + 4s, kWall + 4s), Duration(-1h));
}

TEST(ClockWatch, AClockThatIsSlewedIsNotTold) {
    ClockWatch watch(kMono, kWall, kWall);
    EXPECT_FALSE(watch.look(kMono + 10s, kWall + 11s));
    EXPECT_FALSE(watch.look(kMono + 20s, kWall + 19s));
}

TEST(ClockWatch, AfterALeapNothingIsOldForADay) {
    ClockWatch watch(kMono, kWall, kWall);
    EXPECT_TRUE(watch.trusts_ages(kMono));
    watch.look(kMono + 1s, kWall + 24h * 365);
    EXPECT_FALSE(watch.trusts_ages(kMono + 1h));
    EXPECT_TRUE(watch.trusts_ages(kMono + 25h));
}

TEST(ClockWatch, WhatLeaptAndIsBackIsTrusted) {
    ClockWatch watch(kMono, kWall, kWall);
    watch.look(kMono + 1s, kWall + 24h * 365);
    watch.look(kMono + 2s, kWall + 2s);
    EXPECT_TRUE(watch.trusts_ages(kMono + 3s));
}

TEST(ClockWatch, AfterALongAbsenceTheClockHasToShowItselfFirst) {
    const ClockWatch watch(kMono, kWall, kWall - 24h * 400);
    EXPECT_FALSE(watch.trusts_ages(kMono + 23h));
    EXPECT_TRUE(watch.trusts_ages(kMono + 24h));
    EXPECT_TRUE(ClockWatch(kMono, kWall, std::nullopt).trusts_ages(kMono)) << "a new store has nothing old";
}

TEST(ClockWatch, ABoardWithoutAClockIsTrustedOnceATimeServerSetIt) {
    ClockWatch watch(kMono, WallTime(20s), kWall - 12h);
    EXPECT_TRUE(watch.look(kMono + 5s, kWall));
    EXPECT_TRUE(watch.trusts_ages(kMono + 6s))
        << "else it would never delete where it is switched off each night";
}

TEST(ClockWatch, KnowsAClockThatWasNeverSet) {
    EXPECT_FALSE(ClockWatch::is_set(WallTime(5min)));
    EXPECT_TRUE(ClockWatch::is_set(kWall));
}

}  // namespace
}  // namespace chairside
