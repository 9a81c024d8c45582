#include "events/client_habits.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

// Stands at each place for as long, to and fro, seen five times a second.
Standing stand(double length_s, double place_s, double fps = 5) {
    Stances stances;
    for (int i = 0; i < length_s * fps; ++i) {
        const double t = i / fps;
        const auto place = static_cast<int>(t / place_s);
        const double noise = 0.03 * (i % 3 - 1);
        stances.add(t, 1 / fps, {{(place % 2 == 0 ? -0.4 : 0.4) + noise, 0.1 - noise}});
    }
    return stances.seen();
}

TEST(Stances, CountPlacesOneAfterTheOther) {
    EXPECT_EQ(stand(100, 10).places, 10);
    EXPECT_NEAR(stand(100, 10).seen_s, 100, 1e-6);
    EXPECT_EQ(stand(100, 1000).places, 1);
    EXPECT_EQ(stand(100, 10, 1).places, 10);  // at one frame a second
}

TEST(Stances, WhoWalksThroughStoodNowhere) {
    EXPECT_EQ(stand(20, 0.8).places, 0);
}

TEST(StanceHabit, WhoStaysWhereOthersMoveOnIsACompanion) {
    StanceHabit habit;
    EXPECT_EQ(habit.log_odds({10, 0}), 0);   // too short to tell
    EXPECT_GT(habit.log_odds({60, 1}), -1);  // nothing is known here yet
    for (int i = 0; i < 10; ++i)
        habit.add_client({300, 30});
    EXPECT_LT(habit.log_odds({60, 1}), -2);
    EXPECT_EQ(habit.log_odds({60, 6}), 0);
}

TEST(StanceHabit, WhereWhoeverServesStandsStillItSaysNothing) {
    StanceHabit habit;
    for (int i = 0; i < 10; ++i)
        habit.add_client({120, 1});
    EXPECT_EQ(habit.log_odds({60, 1}), 0);
}

TEST(UsualDwell, AnUnusualLengthSpeaksAgainstAClientTheMoreTheBetterClientsAreKnown) {
    UsualDwell dwell;
    EXPECT_EQ(dwell.log_odds(150), 0);
    dwell.add_client(1500);
    const double after_one = dwell.log_odds(150);
    EXPECT_LT(after_one, 0);
    for (int i = 0; i < 20; ++i)
        dwell.add_client(1200 + 60 * i);
    EXPECT_LT(dwell.log_odds(150), after_one - 1);
    EXPECT_EQ(dwell.log_odds(1700), 0);
    EXPECT_GE(dwell.log_odds(1e6), -3);
}

// Fringes in five minutes and colours in two hours.
TEST(UsualDwell, KnowsServicesOfSeveralLengths) {
    UsualDwell dwell;
    for (int i = 0; i < 20; ++i)
        dwell.add_client(i % 4 == 0 ? 300 : 7000);
    EXPECT_EQ(dwell.log_odds(300), 0);
    EXPECT_EQ(dwell.log_odds(7000), 0);
    EXPECT_LT(dwell.log_odds(900), -1);
}

TEST(ClientHabits, EachTypeOfZoneHasItsOwn) {
    ClientHabits habits;
    for (int i = 0; i < 20; ++i) {
        habits.add_client(ZoneType::kChair, {{}, {600, 60}, 1500});
        habits.add_client(ZoneType::kWash, {{}, {200, 2}, 200});
    }
    const ClientSigns signs{{}, {100, 1}, 200};
    EXPECT_LT(habits.log_odds(ZoneType::kChair, signs), -4);
    EXPECT_EQ(habits.log_odds(ZoneType::kWash, signs), 0);
    const ClientSigns open{{}, {100, 10}, std::nullopt};
    EXPECT_EQ(habits.log_odds(ZoneType::kChair, open), 0);  // how long it will be is not known
}

}  // namespace
}  // namespace chairside
