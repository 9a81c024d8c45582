#include "events/session_engine.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/stage.hpp"

namespace chairside {
namespace {

using support::end_s;
using support::make_zone;
using support::People;
using support::seated;
using support::Stage;
using support::standing;
using support::start_s;

// A chair at x 500, y 400 of a 1000 x 500 picture, and one at x 200.
std::vector<ZoneConfig> chairs() {
    return {make_zone("chair-1", ZoneType::kChair, 0.43, 0.7, 0.57, 0.9, 1, 60, 40),
            make_zone("chair-2", ZoneType::kChair, 0.13, 0.7, 0.27, 0.9, 1, 60, 40)};
}

// A shop in which somebody walked up and down for a minute and somebody sat, so that postures are known.
class KnownShop : public ::testing::Test, protected support::Play {
  protected:
    KnownShop() : Play(chairs()) { teach_postures(200); }
};

TEST_F(KnownShop, WhoSitsIsCountedOnceThroughHidingsBehindTheBarber) {
    const double begin = now();
    play(600, [](double t) {
        const bool hidden = std::fmod(t, 90) > 60;
        People out{{2, standing(hidden ? 500 : 560, 405)}};
        if (!hidden) out.emplace_back(1, seated(500, 400));
        return out;
    });
    const auto events = finish();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(start_s(events[0]), begin, 1);
    EXPECT_NEAR(end_s(events[0]), now(), 35);
    EXPECT_EQ(events[0].zone, "chair-1");
}

TEST_F(KnownShop, WhoRisesBehindTheBarberIsExpectedToHaveSatForHalfOfTheHiddenTime) {
    const double begin = now();
    const auto scene = [](double seen_s) {
        return [seen_s](double t) {
            People out{{2, standing(t < seen_s || t > seen_s + 20 ? 560 : 500, 405)}};
            if (t < seen_s) out.emplace_back(1, seated(500, 400));
            return out;
        };
    };
    play(120, scene(45));  // 55 s with it: too short
    play(120, scene(54));  // 64 s
    const auto events = finish();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(start_s(events[0]), begin + 120, 1);
    EXPECT_NEAR(end_s(events[0]), begin + 120 + 64, 1.5);
}

TEST_F(KnownShop, WhoCameAndStaysOnFootBesideDidNotSitDown) {
    const double begin = now();
    play(120, [](double t) {
        People out{{2, standing(std::max(540.0, 900 - std::max(0.0, t - 3) * 150), 405)}};  // there at 5.4 s
        if (t < 6.4) out.emplace_back(1, standing(std::min(500.0, 200 + 75 * t), 400));     // at 4 s
        if (t > 8) out.emplace_back(1, seated(500, 400));
        return out;
    });
    const auto events = finish();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(start_s(events[0]), begin + 4, 0.6);
}

TEST_F(KnownShop, TheBarberWhoGoesWhileTheClientIsHiddenDoesNotEndTheStay) {
    const double begin = now();
    play(160, [](double t) {
        People out;
        const double barber = t < 100 ? 560 : t < 102 ? 500 : std::min(900.0, 500 + 120 * (t - 102));
        out.emplace_back(2, standing(barber, 405));
        if (t < 100) out.emplace_back(1, seated(500, 400));
        if (t > 104 && t < 108) out.emplace_back(3, standing(500 - 100 * (t - 104), 400));
        return out;
    });
    const auto events = finish();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(end_s(events[0]), begin + 104, 0.8);
}

TEST_F(KnownShop, TheThresholdOfAStayIsExactToHalfAFrame) {
    const auto served = [](double) { return People{{2, standing(560, 405)}, {1, seated(500, 400)}}; };
    const auto empty = [](double) { return People{{2, standing(900, 405)}}; };
    play(60.0, served);  // seen from 0 to 59.8 s
    play(90, empty);
    EXPECT_TRUE(stage.events().empty());
    play(60.2, served);
    play(90, empty);
    EXPECT_EQ(finish().size(), 1U);
}

TEST_F(KnownShop, WhoStandsInTheZoneIsNoClient) {
    play(300, [](double) { return People{{1, standing(500, 400)}}; });
    EXPECT_TRUE(finish().empty());
}

TEST_F(KnownShop, TwoClientsInOneChairAreTwo) {
    const auto barber = std::pair<std::int64_t, Box>{9, standing(560, 405)};
    play(200, [&](double) { return People{{1, seated(500, 400)}, barber}; });
    const double exchange = now();
    play(8, [&](double t) {  // one walks off to the right, the next comes from the left
        People out{barber};
        if (t < 5) out.emplace_back(11, standing(510 + 100 * t, 400));
        if (t > 3) out.emplace_back(12, standing(std::min(500.0, 100 + 100 * (t - 3)), 400, 215));
        return out;
    });
    play(200, [&](double) { return People{{12, seated(500, 400, 215)}, barber}; });
    const auto events = finish();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_NEAR(end_s(events[0]), exchange, 2);
    EXPECT_NEAR(start_s(events[1]), exchange + 7, 2);
    EXPECT_NE(events[0].person, events[1].person);
    EXPECT_EQ(stage.stale_revisions(), 0);
}

TEST_F(KnownShop, StaffWhoRestInAChairAreRejectedOnceClientsAreKnownToBeAttended) {
    for (int k = 0; k < 2; ++k) {
        play(150, [&](double) { return People{{20 + k, seated(500, 400)}, {9, standing(555, 405)}}; });
        play(60, [&](double) { return People{{9, standing(900, 405)}}; });
    }
    const double before = stage.tracker().summary().haircuts;
    play(150, [&](double) { return People{{9, seated(200, 400)}, {8, standing(900, 405)}}; });
    play(60, [&](double) { return People{{8, standing(900, 405)}}; });
    EXPECT_EQ(before, 2);
    EXPECT_EQ(finish().size(), 2U);
    const auto rejected = stage.events(Verdict::kRejected);
    ASSERT_FALSE(rejected.empty());
    EXPECT_EQ(rejected.back().metadata.at("rejected"), "unattended");
    EXPECT_EQ(rejected.back().zone, "chair-2");
    EXPECT_EQ(stage.tracker().summary().haircuts, 2);
}

TEST_F(KnownShop, AnOutageOfTheCameraCostsNoClient) {
    play(100, [](double) { return People{{1, seated(500, 400)}}; });
    lose_frames(300);  // a minute without frames
    play(100, [](double) { return People{{1, seated(500, 400)}}; });
    const auto events = finish();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(to_seconds(events[0].dwell), 260, 1);
    EXPECT_TRUE(events[0].metadata.contains("camera_blind_s"));
}

TEST_F(KnownShop, TheEndIsWhenTheClientWalkedAway) {
    play(100, [](double) { return People{{1, seated(500, 400)}}; });
    const double rises = now();
    play(4, [](double t) { return People{{1, standing(500 + 110 * t, 400)}}; });
    play(60, [](double) { return People{{5, standing(900, 450)}}; });
    const auto events = finish();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(end_s(events[0]), rises, 1);
    EXPECT_EQ(events[0].metadata.at("end"), "left");
}

TEST_F(KnownShop, TheStartIsWhenTheClientCameThoughTheOneWhoServesHidTheSeatSince) {
    const auto barber = std::pair<std::int64_t, Box>{9, standing(505, 410)};
    play(100, [](double) { return People{{1, seated(500, 400)}}; });
    play(4, [](double t) { return People{{1, standing(500 + 110 * t, 400)}}; });
    play(60, [](double) { return People{{9, standing(900, 450)}}; });
    play(20, [&](double) { return People{barber}; });
    const double comes = now();
    play(4, [&](double t) { return People{barber, {2, standing(100 + 100 * t, 400)}}; });
    play(30, [&](double) { return People{barber}; });
    play(100, [](double) { return People{{2, seated(500, 400)}, {9, standing(560, 405)}}; });
    const auto events = finish();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_NEAR(start_s(events[1]), comes + 4, 2);
}

TEST_F(KnownShop, OneOfTheStaffWhoGoesDoesNotTakeTheHiddenClientAlong) {
    play(100, [](double) { return People{{1, seated(500, 400)}, {9, standing(560, 405)}}; });
    play(90, [](double t) {  // another takes over, before the client
        People out;
        if (t > 25) out.emplace_back(8, standing(500, 415));
        out.emplace_back(9, standing(t < 30 ? 505 : std::min(950.0, 505 + 110 * (t - 30)), 410));
        return out;
    });
    play(100, [](double) { return People{{1, seated(500, 400)}, {8, standing(560, 405)}}; });
    const auto events = finish();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(to_seconds(events[0].dwell), 290, 2);
}

TEST_F(KnownShop, AReflectionIsNobody) {
    play(200, [](double) { return People{{1, Box{475, 330, 50, 70}}}; });
    EXPECT_TRUE(finish().empty());
}

TEST(SessionEngine, CountsWhoIsThereWhereNoPostureWasEverSeen) {
    Stage stage(chairs());
    for (int i = 0; i < 500; ++i)
        stage.show(0.2 * i, {{1, standing(500, 400)}});
    EXPECT_EQ(stage.tracker().summary().haircuts, 1);
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    ASSERT_EQ(stage.events().size(), 1U);
    EXPECT_NEAR(to_seconds(stage.events()[0].dwell), 99.8, 0.3);
}

TEST(SessionEngine, PeopleWhoPassAllTheTimeDoNotTakeASeat) {
    Stage stage(chairs());
    for (int i = 0; i < 1500; ++i)
        stage.show(0.2 * i, {{1 + i / 100, standing(50 + 9.0 * (i % 100), 400)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_TRUE(stage.events().empty());
}

TEST(SessionEngine, PutsRightWhatWasCountedBeforePosturesWereKnown) {
    Stage stage(chairs());
    int frame = 0;
    // A barber stands in the first chair's zone for two minutes, then people walk, then a client sits in the second.
    for (; frame < 600; ++frame)
        stage.show(0.2 * frame, {{1, standing(500, 400)}});
    EXPECT_EQ(stage.tracker().summary().haircuts, 1);
    for (; frame < 1000; ++frame)
        stage.show(0.2 * frame, {{2, standing(60 + 15.0 * std::abs(frame % 120 - 60), 380 + frame % 7)}});
    for (; frame < 2000; ++frame)
        stage.show(0.2 * frame, {{3, seated(200, 400)}, {4, standing(255, 400)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    const auto counted = stage.events();
    ASSERT_EQ(counted.size(), 1U);
    EXPECT_EQ(counted[0].zone, "chair-2");
    ASSERT_FALSE(stage.events(Verdict::kRejected).empty());
    EXPECT_EQ(stage.events(Verdict::kRejected)[0].metadata.at("rejected"), "not seated");
}

TEST(SessionEngine, AStayToldAsEndedBeforePosturesWereKnownIsNotCountedAgain) {
    Stage stage(chairs());
    int frame = 0;
    const auto until = [&](double t, const People& people) {
        for (; 0.2 * frame < t; ++frame)
            stage.show(0.2 * frame, people);
    };
    // By presence alone the client left when the barber stood before the chair; by the posture, never.
    until(100, {{1, seated(500, 400)}});
    until(150, {{2, standing(500, 495, 250)}});
    for (; frame < 1500; ++frame)
        stage.show(0.2 * frame, {{3, seated(500, 400)},
                                 {4, standing(60 + 15.0 * std::abs(frame % 120 - 60), 480 + frame % 7)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    const auto counted = stage.events();
    ASSERT_EQ(counted.size(), 1U);
    EXPECT_NEAR(to_seconds(counted[0].dwell), 300, 2);
    ASSERT_EQ(stage.events(Verdict::kRejected).size(), 1U);
    EXPECT_EQ(stage.events(Verdict::kRejected)[0].metadata.at("rejected"), "part of a longer stay");
}

TEST(SessionEngine, WhoIsHiddenByThoseBesideOnABenchStaysThere) {
    Stage stage({make_zone("waiting", ZoneType::kWait, 0.4, 0.7, 0.7, 0.9, 3, 30, 15)});
    int frame = 0;
    const auto until = [&](double t, const People& people) {
        for (; 0.2 * frame < t; ++frame)
            stage.show(0.2 * frame, people);
    };
    for (; frame < 300; ++frame)  // somebody walks up and down: postures are known
        stage.show(0.2 * frame, {{9, standing(60 + 15.0 * std::abs(frame % 120 - 60), 380 + frame % 7)}});
    until(120, {{1, seated(500, 420)}, {2, seated(555, 425)}});
    until(180, {{2, seated(555, 425)}});  // four times the grace
    until(240, {{1, seated(500, 420)}, {2, seated(555, 425)}});
    until(300, {{1, seated(500, 420)}});
    until(400, {});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    const auto counted = stage.events();
    ASSERT_EQ(counted.size(), 2U);
    EXPECT_NEAR(to_seconds(counted[0].dwell) + to_seconds(counted[1].dwell), 240 + 180, 5);
}

TEST(SessionEngine, IgnoresFramesThatAreNotLater) {
    SessionEngine engine(chairs());
    Occupancy occupancy;
    occupancy.frame.width = 1000;
    occupancy.frame.height = 500;
    occupancy.zones.resize(2);
    engine.update(occupancy, 5);
    engine.update(occupancy, 5);
    engine.update(occupancy, 4);
    EXPECT_TRUE(engine.open().empty());
}

}  // namespace
}  // namespace chairside
