#include "pipeline/camera_health.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

using namespace std::chrono_literals;

const MonoTime kStart{Duration(1'790'000'000'000'000)};
WallTime wall(MonoTime t) {
    return WallTime(t.time_since_epoch());
}

TEST(CameraHealth, GoesThroughTheStates) {
    CameraHealth health(std::nullopt, false, "stopped");
    EXPECT_EQ(health.state(), CameraState::kStarting);
    health.on_frame(kStart, wall(kStart));
    EXPECT_EQ(health.state(), CameraState::kOk);
    health.on_tick(kStart + 4s, wall(kStart + 4s));
    EXPECT_EQ(health.state(), CameraState::kOk);
    health.on_tick(kStart + 6s, wall(kStart + 6s));
    EXPECT_EQ(health.state(), CameraState::kDegraded);
    const auto change = health.on_tick(kStart + 11s, wall(kStart + 11s));
    EXPECT_EQ(health.state(), CameraState::kOffline);
    EXPECT_EQ(change.begin, wall(kStart));
    EXPECT_EQ(change.reason, "offline");
    EXPECT_FALSE(health.on_tick(kStart + 12s, wall(kStart + 12s)).begin) << "one gap, not one per second";
    EXPECT_EQ(health.on_frame(kStart + 60s, wall(kStart + 60s)).end, wall(kStart + 60s));
    EXPECT_EQ(health.state(), CameraState::kOk);
}

TEST(CameraHealth, TheTimeBetweenTwoRunsIsAGap) {
    CameraHealth health(wall(kStart), false, "crash");
    const auto change = health.on_frame(kStart + 300s, wall(kStart + 300s));
    EXPECT_EQ(change.begin, wall(kStart));
    EXPECT_EQ(change.end, wall(kStart + 300s));
    EXPECT_EQ(change.reason, "crash");
    EXPECT_FALSE(health.on_frame(kStart + 301s, wall(kStart + 301s)).begin);
}

TEST(CameraHealth, AQuickRestartIsNoGap) {
    CameraHealth health(wall(kStart), false, "stopped");
    EXPECT_FALSE(health.on_frame(kStart + 8s, wall(kStart + 8s)).begin);
}

TEST(CameraHealth, AGapThatACrashLeftOpenGoesOn) {
    CameraHealth health(wall(kStart), true, "crash");
    EXPECT_FALSE(health.on_tick(kStart + 100s, wall(kStart + 100s)).begin);
    EXPECT_FALSE(health.on_tick(kStart + 120s, wall(kStart + 120s)).begin);
    const auto change = health.on_frame(kStart + 130s, wall(kStart + 130s));
    EXPECT_FALSE(change.begin);
    EXPECT_EQ(change.end, wall(kStart + 130s));
}

TEST(CameraHealth, ACameraThatNeverCameIsAGapFromTheStart) {
    CameraHealth health(std::nullopt, false, "stopped");
    health.on_tick(kStart, wall(kStart));
    const auto change = health.on_tick(kStart + 15s, wall(kStart + 15s));
    EXPECT_EQ(change.begin, wall(kStart));
    EXPECT_EQ(health.state(), CameraState::kOffline);
}

TEST(CameraHealth, AStallBetweenTicksIsAGapToo) {
    CameraHealth health(std::nullopt, false, "stopped");
    health.on_frame(kStart, wall(kStart));
    const auto change = health.on_frame(kStart + 20s, wall(kStart + 20s));
    EXPECT_EQ(change.begin, wall(kStart));
    EXPECT_EQ(change.end, wall(kStart + 20s));
}

TEST(CameraHealth, AClockThatStepsForwardIsNoGap) {
    CameraHealth health(std::nullopt, false, "stopped");
    health.on_frame(kStart, wall(kStart));
    EXPECT_FALSE(health.on_frame(kStart + 1s, wall(kStart + 3600s)).begin);
}

TEST(CameraHealth, AGapIsAsLongAsItWasWhicheverWayTheClockIsSetMeanwhile) {
    for (const Duration set : {Duration(1h), Duration(-1h), Duration(24h * 365 * 56)}) {
        CameraHealth health(std::nullopt, false, "stopped");
        health.on_frame(kStart, wall(kStart));
        EXPECT_EQ(health.on_tick(kStart + 11s, wall(kStart + 11s)).begin, wall(kStart));
        health.on_tick(kStart + 30s, wall(kStart + 30s) + set);
        const auto change = health.on_frame(kStart + 60s, wall(kStart + 60s) + set);
        EXPECT_EQ(change.end, wall(kStart + 60s)) << to_seconds(set);
        EXPECT_FALSE(health.on_frame(kStart + 61s, wall(kStart + 61s) + set).begin) << "nor is the step one";
    }
}

TEST(CameraHealth, ACameraThatNeverCameWhileTheClockWasUnsetIsNoGapOfDecades) {
    CameraHealth health(std::nullopt, false, "stopped");
    const WallTime unset(40s);
    health.on_tick(kStart, unset);
    EXPECT_EQ(health.on_tick(kStart + 11s, unset + 11s).begin, unset);
    EXPECT_EQ(health.on_frame(kStart + 20s, wall(kStart + 20s)).end, unset + 20s);
}

TEST(CameraHealth, ARunWithAnUnsetClockLeavesNoGapOfDecades) {
    CameraHealth health(WallTime(40s), false, "crash");
    EXPECT_FALSE(health.on_frame(kStart, wall(kStart)).begin);
}

TEST(CameraHealth, ARunWhoseClockWasAheadLeavesNoGapOfNegativeLength) {
    CameraHealth health(wall(kStart) + 1h, false, "crash");
    EXPECT_FALSE(health.on_frame(kStart, wall(kStart)).begin);
    health.on_tick(kStart + 15s, wall(kStart + 15s));
    EXPECT_EQ(health.on_frame(kStart + 20s, wall(kStart + 20s)).end, wall(kStart + 20s));
}

TEST(CameraHealth, EndedStaysEnded) {
    CameraHealth health(std::nullopt, false, "stopped");
    health.on_frame(kStart, wall(kStart));
    health.on_end();
    EXPECT_FALSE(health.on_tick(kStart + 60s, wall(kStart + 60s)).begin);
    EXPECT_EQ(health.state(), CameraState::kEnded);
}

}  // namespace
}  // namespace chairside
