// Other zones and thresholds while people are there: nobody's session ends because a manager moved a corner.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "support/stage.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using support::end_s;
using support::make_zone;
using support::seated;
using support::Stage;
using support::standing;
using support::start_s;

constexpr double kFrame = 0.2;

// The same people from one time to another.
void play(Stage& stage, double from, double to, const std::vector<std::pair<std::int64_t, Box>>& people) {
    for (double t = from; t < to - 1e-9; t += kFrame)
        stage.show(t, people);
}

ZoneConfig room(double dwell_s, double grace_s = 10) {
    return make_zone("room", ZoneType::kWait, 0.1, 0.1, 0.9, 0.99, 12, dwell_s, grace_s);
}
ZoneConfig chair(int number, double left, int capacity = 1) {
    return make_zone("chair " + std::to_string(number), ZoneType::kChair, left, 0.3, left + 0.3, 0.99,
                     capacity);
}

TEST(Rezone, AShorterDwellCountsWhoIsThereAlready) {
    Stage stage({room(60)});
    play(stage, 0, 30, {{1, standing(500, 400)}});
    ASSERT_TRUE(stage.events().empty());
    const auto before = stage.stored();
    ASSERT_EQ(before.size(), 1u);
    stage.rezone({room(20)});
    play(stage, 30, 31, {{1, standing(500, 400)}});
    ASSERT_EQ(stage.events().size(), 1u);
    EXPECT_NEAR(start_s(stage.events()[0]), 0, 1) << "from when the person came";
    EXPECT_EQ(stage.stored().begin()->first, before.begin()->first);
    EXPECT_EQ(stage.events()[0].person, before.begin()->second.person);
}

TEST(Rezone, AnotherGraceIsThatOfTheNextAbsence) {
    Stage stage({room(5, 30)});
    // Somebody outside, so that the camera is not taken for blind.
    play(stage, 0, 20, {{1, standing(500, 400)}, {2, standing(30, 400)}});
    stage.rezone({room(5, 2)});
    play(stage, 20, 30, {{2, standing(30, 400)}});
    ASSERT_EQ(stage.events().size(), 1u);
    EXPECT_EQ(stage.events()[0].state, EventState::kClosed);
    EXPECT_NEAR(end_s(stage.events()[0]), 20, 1);
}

TEST(Rezone, AMovedZoneAndANewOneBesideItEndNoSession) {
    Stage stage({chair(1, 0.1), chair(2, 0.5)});
    play(stage, 0, 40, {{1, seated(250, 400)}, {2, seated(650, 400)}});
    ASSERT_EQ(stage.stored().size(), 2u);
    const auto before = stage.stored();
    // The other way round, moved a little, and a third in front of both.
    stage.rezone({room(500), chair(2, 0.52), chair(1, 0.08)});
    play(stage, 40, 80, {{1, seated(250, 400)}, {2, seated(650, 400)}});
    play(stage, 80, 150, {});
    const auto events = stage.events();
    ASSERT_EQ(events.size(), 2u);
    for (const Event& event : events) {
        EXPECT_EQ(event.state, EventState::kClosed);
        EXPECT_NEAR(start_s(event), 0, 2) << event.zone;
        EXPECT_NEAR(end_s(event), 80, 2) << event.zone;
        EXPECT_EQ(event.zone, event.person == before.begin()->second.person ? "chair 1" : "chair 2");
    }
    EXPECT_EQ(stage.stale_revisions(), 0);
    EXPECT_TRUE(stage.stored().empty());
}

TEST(Rezone, WhoIsInAZoneThatIsTakenAwayWasThereUntilThen) {
    Stage stage({chair(1, 0.1), chair(2, 0.5)});
    play(stage, 0, 40, {{1, seated(250, 400)}, {2, seated(650, 400)}});
    stage.rezone({chair(2, 0.5)});
    play(stage, 40, 60, {{1, seated(250, 400)}, {2, seated(650, 400)}});
    int closed = 0;
    for (const Event& event : stage.events()) {
        if (event.zone == "chair 2") {
            EXPECT_EQ(event.state, EventState::kOpen);
            continue;
        }
        ++closed;
        EXPECT_EQ(event.state, EventState::kClosed);
        EXPECT_EQ(event.metadata.at("end"), "zone removed");
        EXPECT_NEAR(end_s(event), 40, 1);
    }
    EXPECT_EQ(closed, 1);
    EXPECT_EQ(stage.stored().size(), 1u);
}

TEST(Rezone, AnotherTypeIsAnotherZone) {
    Stage stage({room(5)});
    play(stage, 0, 20, {{1, standing(500, 400)}});
    ZoneConfig wash = room(5);
    wash.type = ZoneType::kWash;
    stage.rezone({wash});
    play(stage, 20, 40, {{1, standing(500, 400)}});
    ASSERT_EQ(stage.events().size(), 2u);
    EXPECT_NE(stage.events()[0].type, stage.events()[1].type);
}

TEST(Rezone, MoreSeatsOrAnAreaInsteadKeepTheStayAndItsNumber) {
    for (const int capacity : {3, 20}) {
        SCOPED_TRACE(capacity);
        Stage stage({chair(1, 0.1)});
        play(stage, 0, 40, {{1, seated(250, 400)}});
        ASSERT_EQ(stage.stored().size(), 1u);
        const auto number = stage.stored().begin()->first;
        stage.rezone({chair(1, 0.1, capacity)});
        play(stage, 40, 80, {{1, seated(250, 400)}});
        ASSERT_EQ(stage.stored().size(), 1u);
        EXPECT_EQ(stage.stored().begin()->first, number);
        stage.note(stage.tracker().end_all(EndReason::kStopped));
        ASSERT_EQ(stage.events().size(), 1u);
        EXPECT_NEAR(start_s(stage.events()[0]), 0, 2);
        EXPECT_NEAR(end_s(stage.events()[0]), 80, 2);
    }
}

TEST(Rezone, AnyOrderOfAnyZonesKeepsTheBooks) {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const auto choose = [&] {
            std::vector<ZoneConfig> zones;
            for (int n = 1; n <= 3; ++n)
                if (random() % 3 != 0)
                    zones.push_back(chair(n, 0.05 + 0.3 * (n - 1), std::array{1, 2, 20}[random() % 3]));
            std::shuffle(zones.begin(), zones.end(), random);
            return zones;
        };
        Stage stage(choose());
        for (double t = 0; t < 300; t += 20) {
            std::vector<std::pair<std::int64_t, Box>> people;
            for (int n = 0; n < 3; ++n)
                if (random() % 4 != 0) people.emplace_back(n + 1, seated(170 + 300 * n, 400));
            play(stage, t, t + 20, people);
            stage.rezone(choose());
        }
        stage.note(stage.tracker().end_all(EndReason::kStopped));
        EXPECT_EQ(stage.stale_revisions(), 0);
        EXPECT_TRUE(stage.stored().empty());
        for (const Verdict verdict : {Verdict::kCounted, Verdict::kReview, Verdict::kRejected})
            for (const Event& event : stage.events(verdict))
                EXPECT_EQ(event.state, EventState::kClosed);
    }
}

}  // namespace
}  // namespace chairside
