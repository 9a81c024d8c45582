#include "events/on_foot.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

const OnFoot kClient{false, false}, kStaff{true, true}, kNotSeen{};

TEST(OnFootHabit, WhoWasNotSeenOnFootIsNeither) {
    EXPECT_EQ(OnFootHabit{}.log_odds(kNotSeen), 0);
}

TEST(OnFootHabit, LongWalksSpeakForStaffAndShortOnesForAClient) {
    const OnFootHabit habit;
    EXPECT_LT(habit.log_odds(kStaff), -2);
    EXPECT_GT(habit.log_odds(kClient), 1);
    EXPECT_LT(habit.log_odds({true, std::nullopt}), 0);
    EXPECT_GT(habit.log_odds({std::nullopt, false}), 0);
}

// There is a till, and who has paid has a chat.
TEST(OnFootHabit, WhereClientsStandAboutItSaysNothing) {
    OnFootHabit habit;
    for (int i = 0; i < 60; ++i)
        habit.add_client({false, i % 4 != 0});
    EXPECT_NEAR(habit.log_odds({std::nullopt, true}), 0, 0.1);
    EXPECT_LT(habit.log_odds({true, std::nullopt}), -0.5);  // but they come straight
}

TEST(OnFootHabit, TheOddsNeverTurnRound) {
    OnFootHabit habit;
    for (int i = 0; i < 100; ++i)
        habit.add_client(kStaff);
    EXPECT_EQ(habit.log_odds(kStaff), 0);
    EXPECT_EQ(habit.log_odds(kClient), 0);
}

}  // namespace
}  // namespace chairside
