#include "events/people.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "zones/zone_map.hpp"

namespace chairside {
namespace {

Trail trail(double dt, int n, double x0, double speed) {
    Trail out;
    for (int i = 0; i < n; ++i)
        out.push_back({i * dt, {x0 + speed * i * dt, 400}, false});
    return out;
}

TEST(IsWalking, AnEvenWalkIsOneAtEveryFrameRate) {
    for (const double dt : {0.1, 0.2, 0.4, 0.5})
        EXPECT_TRUE(is_walking(trail(dt, static_cast<int>(3 / dt), 100, 100), 200, {})) << dt;
}

TEST(IsWalking, ShortStepsTakeTwiceAsLong) {
    for (const double dt : {0.1, 0.2, 0.4, 0.5})
        EXPECT_TRUE(is_walking(trail(dt, static_cast<int>(4 / dt), 100, 50), 200, {})) << dt;
}

TEST(IsWalking, TwoShortShiftsAreNone) {
    Trail shifts = trail(0.2, 20, 100, 0);
    for (std::size_t i = 0; i < shifts.size(); ++i)
        shifts[i].foot.x += i < 10 ? 0 : i < 18 ? 70 : 140;
    EXPECT_FALSE(is_walking(shifts, 200, {}));
}

TEST(IsWalking, StandingAndSlowShiftsAreNone) {
    EXPECT_FALSE(is_walking(trail(0.2, 15, 100, 0), 200, {}));
    EXPECT_FALSE(is_walking(trail(0.2, 15, 100, 40), 200, {}));
}

TEST(IsWalking, AJumpOfTheBoxIsNone) {
    Trail jump = trail(0.2, 10, 100, 0);
    for (std::size_t i = jump.size() - 2; i < jump.size(); ++i)
        jump[i].foot.x += 300;
    EXPECT_FALSE(is_walking(jump, 200, {}));
}

TEST(IsWalking, ATrailThatIsTooShortIsNone) {
    EXPECT_FALSE(is_walking(trail(0.2, 4, 100, 200), 200, {}));
    EXPECT_FALSE(is_walking({}, 200, {}));
}

class PeopleTest : public ::testing::Test {
  protected:
    const View& show(double t, const std::vector<Box>& boxes, bool tracked = true) {
        Tracks tracks;
        Detections detections;
        tracks.frame.mono = MonoTime(from_seconds(t));
        tracks.frame.width = 1000;
        tracks.frame.height = 500;
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            Track track;
            track.id = {static_cast<std::int64_t>(i) + 1};
            track.box = boxes[i];
            track.score = 0.9F;
            if (tracked) tracks.people.push_back(track);
            detections.people.push_back({boxes[i], 0.9F});
        }
        detections.frame = tracks.frame;
        return people_.update(map_.place(tracks, detections), t);
    }
    ZoneMap map_{{}};
    People people_{EngineSettings{}};
};

TEST_F(PeopleTest, AWalkersTrailBeginsWithTheFirstSighting) {
    for (int i = 0; i < 300; ++i)
        show(0.2 * i, {{100 + (i % 60) * 15.0, 200, 80, 200}});
    show(160, {});
    show(170, {{300, 200, 80, 200}}, false);
    const View& view = show(170.5, {{340, 200, 80, 200}}, false);
    ASSERT_EQ(view.walkers.size(), 1U);
    ASSERT_EQ(view.walkers[0].trail->size(), 2U);
    EXPECT_DOUBLE_EQ(view.walkers[0].trail->front().t, 170);
    EXPECT_DOUBLE_EQ(view.walkers[0].trail->front().foot.x, 340);
    EXPECT_FALSE(std::isnan(view.walkers[0].trail->front().stature));
}

TEST_F(PeopleTest, LearnsFromThoseWhoWalk) {
    for (int i = 0; i < 300; ++i) {
        const double x = 100 + (i % 60) * 15;
        show(0.2 * i, {{x, 200, 80, 200}});
    }
    EXPECT_TRUE(people_.posture().learned());
    EXPECT_NEAR(people_.posture().standing_height(400, 500), 200, 4);
}

TEST_F(PeopleTest, FiguresAreThereThoughNobodyIsTracked) {
    const View& view = show(1, {{100, 200, 80, 200}, {400, 250, 105, 150}}, false);
    ASSERT_EQ(view.figures.size(), 2U);
    EXPECT_TRUE(view.people.empty());
    EXPECT_EQ(view.figures[0].track.value, 0);
    EXPECT_FALSE(view.figures[0].seated);
    EXPECT_TRUE(view.figures[1].seated);
}

TEST_F(PeopleTest, AFigureKnowsTheTrackNearestToIt) {
    const View& view = show(1, {{100, 200, 80, 200}, {400, 200, 80, 200}});
    EXPECT_EQ(view.figures[0].track.value, 1);
    EXPECT_EQ(view.figures[1].track.value, 2);
}

TEST_F(PeopleTest, APictureWithoutAnybodyForSecondsIsAnOutage) {
    show(0, {{100, 200, 80, 200}});
    EXPECT_FALSE(show(1, {}).outage);
    EXPECT_TRUE(show(3, {}).outage);
    EXPECT_FALSE(show(3.2, {{100, 200, 80, 200}}).outage);
}

TEST_F(PeopleTest, AWalkerIsFollowedFromTheSecondBoxOn) {
    show(0.0, {{100, 200, 80, 200}}, false);
    show(0.2, {{115, 200, 80, 200}}, false);
    const View& view = show(0.4, {{130, 200, 80, 200}}, false);
    ASSERT_EQ(view.walkers.size(), 1U);
    ASSERT_NE(view.walkers[0].trail, nullptr);
    EXPECT_GE(view.walkers[0].trail->size(), 2U);
}

TEST(Trails, AnIdThatIsGivenTwiceHasNoTrail) {
    Trails trails;
    Person a, b;
    a.track = b.track = {5};
    a.foot = {1, 1};
    b.foot = {900, 1};
    EXPECT_NE(trails.note(a, 1.0, 4), nullptr);
    EXPECT_EQ(trails.note(b, 1.0, 4), nullptr);
    EXPECT_EQ(b.trail, nullptr);
}

TEST(Trails, KeepOnlyTheLastSecondsAndForgetWhoIsGone) {
    Trails trails;
    Person p;
    p.track = {5};
    for (int i = 0; i <= 100; ++i)
        trails.note(p, 0.2 * i, 4);
    ASSERT_NE(p.trail, nullptr);
    EXPECT_LE(p.trail->size(), 22U);
    trails.forget(40);
    Person again = p;
    again.trail = nullptr;
    trails.note(again, 40.2, 4);
    EXPECT_EQ(again.trail->size(), 1U);
}

}  // namespace
}  // namespace chairside
