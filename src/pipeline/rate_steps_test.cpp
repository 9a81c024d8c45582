#include "pipeline/rate_steps.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace chairside {
namespace {

using namespace std::chrono_literals;

// Cameras of which an engine can look at so many pictures a second in all; the rest is late.
class Shop {
  public:
    Shop(WhenBusy when, const std::vector<int>& priorities) : steps(when) {
        for (const int priority : priorities)
            steps.add(priority, 10);
        seen_.resize(priorities.size());
    }
    // Returns how often a step changed.
    int run(int seconds, double engine_fps) {
        int changes = 0;
        for (int s = 0; s < seconds; ++s, now_ += 1s) {
            double wanted = 0;
            for (std::size_t i = 0; i < seen_.size(); ++i)
                wanted += steps.allowed_fps(i);
            const double late = std::max(0.0, 1 - engine_fps / wanted);
            for (std::size_t i = 0; i < seen_.size(); ++i) {
                came_ += steps.allowed_fps(i);
                seen_[i].came += static_cast<std::uint64_t>(std::lround(steps.allowed_fps(i)));
                seen_[i].late += static_cast<std::uint64_t>(std::lround(steps.allowed_fps(i) * late));
            }
            changes += steps.tick(now_, seen_);
        }
        return changes;
    }
    RateSteps steps;

  private:
    std::vector<RateSteps::Seen> seen_;
    double came_ = 0;
    MonoTime now_{1000s};
};

TEST(RateSteps, StaysAtTheTargetWhileThereIsCpu) {
    Shop shop(WhenBusy::kEvenly, {5, 5, 5, 5});
    EXPECT_EQ(shop.run(600, 41), 0);
    EXPECT_FALSE(shop.steps.any_lowered());
}

TEST(RateSteps, FallsEvenlyByTheStatedStepsToWhatThereIsCpuFor) {
    Shop shop(WhenBusy::kEvenly, {1, 5, 9, 10});
    shop.run(15, 22);
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_EQ(shop.steps.allowed_fps(i), 5);
}

TEST(RateSteps, FallsByPriorityTheLeastImportantFirst) {
    Shop shop(WhenBusy::kByPriority, {1, 5, 5, 10});
    shop.run(30, 30.5);
    EXPECT_EQ(shop.steps.allowed_fps(0), 1.25);
    EXPECT_EQ(shop.steps.allowed_fps(1), 10);
    EXPECT_EQ(shop.steps.allowed_fps(3), 10);
    shop.run(60, 19);
    EXPECT_EQ(shop.steps.allowed_fps(0), 1.25);
    EXPECT_LT(shop.steps.allowed_fps(1), 10);
    EXPECT_EQ(shop.steps.allowed_fps(1), shop.steps.allowed_fps(2));
    EXPECT_EQ(shop.steps.allowed_fps(3), 10);
}

TEST(RateSteps, RisesAgainStepByStepTheMostImportantFirst) {
    Shop shop(WhenBusy::kByPriority, {1, 10});
    shop.run(60, 3);
    ASSERT_LT(shop.steps.allowed_fps(1), 5);
    shop.run(65, 100);
    EXPECT_GT(shop.steps.allowed_fps(1), shop.steps.allowed_fps(0));
    shop.run(300, 100);
    EXPECT_FALSE(shop.steps.any_lowered());
}

TEST(RateSteps, LearnsToWaitWhereRisingIsTooMuch) {
    Shop shop(WhenBusy::kEvenly, {5, 5, 5, 5});
    const int early = shop.run(600, 22);
    const int later = shop.run(3600, 22) / 6;
    EXPECT_GT(early, 2);
    EXPECT_LT(later, early / 2);
}

TEST(RateSteps, NoCameraFallsBelowOnePictureASecond) {
    RateSteps steps(WhenBusy::kEvenly);
    steps.add(5, 10);
    steps.add(5, 4);
    steps.add(5, 0.5);
    std::vector<RateSteps::Seen> seen(3);
    for (int s = 0; s < 60; ++s) {
        for (auto& one : seen)
            one = {one.came + 10, one.late + 9};
        steps.tick(MonoTime(1000s) + s * 1s, seen);
    }
    EXPECT_EQ(steps.allowed_fps(0), 1.25);
    EXPECT_EQ(steps.allowed_fps(1), 1);
    EXPECT_EQ(steps.allowed_fps(2), 0.5);
}

TEST(RateSteps, AHiccupChangesNothing) {
    RateSteps steps(WhenBusy::kEvenly);
    steps.add(5, 10);
    std::vector<RateSteps::Seen> seen(1);
    for (int s = 0; s < 600; ++s) {
        seen[0].came += 10;
        seen[0].late += s % 10 == 0 ? 2 : 0;
        EXPECT_FALSE(steps.tick(MonoTime(1000s) + s * 1s, seen));
    }
}

}  // namespace
}  // namespace chairside
