#include "pipeline/crash_loop.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{1795341600s};

TEST(CrashLoop, OneCrashOrTwoStopNothing) {
    StartPlan plan = plan_start("", true, kNow);
    EXPECT_EQ(plan.cameras_after, 0s);
    plan = plan_start(plan.remember, true, kNow + 10s);
    EXPECT_EQ(plan.crashes, 2);
    EXPECT_EQ(plan.cameras_after, 0s);
    EXPECT_TRUE(plan.alarm.empty());
}

TEST(CrashLoop, FromTheThirdOnTheCamerasWaitLongerEachTime) {
    StartPlan plan;
    std::vector<Duration> pauses;
    for (int i = 0; i < 9; ++i) {
        plan = plan_start(plan.remember, true, kNow + i * 10s);
        pauses.push_back(plan.cameras_after);
    }
    EXPECT_EQ(pauses, (std::vector<Duration>{0s, 0s, 60s, 120s, 240s, 480s, 600s, 600s, 600s}));
    EXPECT_NE(plan.alarm.find("crashed 9 times"), std::string::npos) << plan.alarm;
}

TEST(CrashLoop, ACleanStopAndTimeHeal) {
    std::string remember;
    for (int i = 0; i < 3; ++i)
        remember = plan_start(remember, true, kNow).remember;
    EXPECT_EQ(plan_start(remember, false, kNow + 1s).cameras_after, 0s) << "it was stopped on purpose";
    EXPECT_EQ(plan_start(remember, true, kNow + kCrashWindow).crashes, 1);
}

TEST(CrashLoop, AClockThatJumpsBackAndARowThatIsNoneAreHarmless) {
    EXPECT_EQ(plan_start("1795341600 1795341601 1795341602", true, WallTime{1000s}).crashes, 1);
    EXPECT_EQ(plan_start("no number", true, kNow).crashes, 1);
    EXPECT_EQ(plan_start("99999999999999999999999", true, kNow).crashes, 1);
}

}  // namespace
}  // namespace chairside
