#include "events/exchange.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace chairside {
namespace {

// A seat seen five times a second but for gaps; somebody else's size from `change` on.
class Seat {
  public:
    void sit(double from, double to, double size, double noise = 0.004) {
        if (!sizes.empty()) gaps.push_back(SeatGap{sizes.back().t, from, 0, 0, -1e9, 0});
        int i = 0;
        for (double t = from; t <= to + 1e-9; t += 0.2)
            sizes.push_back({t, std::log(size) + noise * ((i++ % 3) - 1)});
    }
    std::optional<SplitFound> test(double now, bool ended = false) {
        SplitInput in;
        in.now = now;
        in.dt = 0.2;
        in.ended = ended;
        in.sizes = &sizes;
        in.gaps = &gaps;
        in.walks = &walks;
        in.statistics = &statistics;
        in.other_shape = other_shape;
        return find_split(in, {});
    }
    void walk(double t, bool arrival) {
        static const Anchor seat{{500, 400}, 100, 140};
        Trail trail;
        View view;
        Person p;
        p.track = {++ids};
        p.standing = true;
        for (int i = 0; i <= 12; ++i) {
            const double along = 150 * (0.2 * i) - 180;  // passes x = 500 at the middle
            const double x = arrival ? std::min(500.0, 500 + along - 45) : std::max(500.0, 500 + along + 45);
            trail.push_back({t + 0.2 * (i - 6), {x, 400}, false});
        }
        p.foot = trail.back().foot;
        p.trail = &trail;
        p.age_s = 100;
        view.t = trail.back().t;
        view.dt = 0.2;
        view.walkers.push_back(p);
        walks.observe(view, seat);
    }
    std::deque<SizeSample> sizes;
    std::deque<SeatGap> gaps;
    WalkLog walks{SeatSettings{}};
    GapStatistics statistics{SplitSettings{}};
    std::optional<Shapes::Spread> other_shape;
    std::int64_t ids = 0;
};

TEST(FindSplit, OneClientBrieflyHiddenStaysOne) {
    Seat seat;
    seat.sit(0, 10, 100);
    seat.sit(14, 24, 100);
    EXPECT_FALSE(seat.test(24));
    EXPECT_LT(seat.gaps[0].score, -2);
}

TEST(FindSplit, AnotherSizeAndTwoWalksAreAnExchange) {
    Seat seat;
    seat.sit(0, 10, 100);
    seat.walk(10.3, false);
    seat.walk(15.8, true);
    seat.sit(16, 26, 112);
    const auto found = seat.test(26);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->exit, 10, 1e-6);
    EXPECT_NEAR(found->enter, 16, 1e-6);
}

TEST(FindSplit, TwoWalksAtTheEndsOfALongGapSufficeForTwoOfOneSize) {
    Seat seat;
    seat.sit(0, 10, 100);
    seat.walk(10.2, false);
    seat.walk(24.9, true);
    seat.sit(25, 40, 100);
    EXPECT_TRUE(seat.test(40));
}

TEST(FindSplit, AnotherSizeAloneInAShortGapIsDoubtedByItsScore) {
    Seat with_walks, without;
    for (Seat* seat : {&with_walks, &without}) {
        seat->sit(0, 10, 100);
        if (seat == &with_walks) seat->walk(10.3, false);
        if (seat == &with_walks) seat->walk(12.8, true);
        seat->sit(13, 25, 106);
        seat->test(25);
    }
    EXPECT_GT(with_walks.gaps[0].score, without.gaps[0].score + 4);
}

TEST(FindSplit, TimeInWhichTheCameraWasBlindIsNoEvidence) {
    Seat seen, blind;
    for (Seat* seat : {&seen, &blind}) {
        seat->sit(0, 10, 100);
        seat->sit(50, 62, 100);
    }
    blind.gaps[0].blind_s = 39;
    seen.test(62);
    blind.test(62);
    EXPECT_LT(blind.gaps[0].score, seen.gaps[0].score - 3);
    EXPECT_LT(blind.gaps[0].score, -2);
}

TEST(FindSplit, WaitsForEnoughBoxesUnlessTheSessionEnded) {
    Seat seat;
    seat.sit(0, 10, 100);
    seat.walk(10.3, false);
    seat.walk(15.8, true);
    seat.sit(16, 17.4, 115);
    EXPECT_FALSE(seat.test(17.4));
    EXPECT_TRUE(seat.test(17.4, true));
}

// Seldom seen before rising: the new size shows first where an earlier gap is old enough to be judged.
TEST(FindSplit, WaitsForALaterGapThatExplainsMore) {
    Seat seat;
    for (int i = 0; i < 50; ++i)
        seat.statistics.same_person(2, SizeChange{0.001, 0.00001});
    seat.sit(0, 30, 100);
    seat.sit(34, 34.4, 100);
    seat.walk(35, false);
    seat.walk(59.8, true);
    seat.sit(60, 62, 108);
    EXPECT_FALSE(seat.test(62));
    seat.sit(62.2, 66, 108);
    seat.gaps.pop_back();
    const auto found = seat.test(66);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->exit, 34.4, 1e-6);
    EXPECT_NEAR(found->enter, 60, 1e-6);
}

TEST(FindSplit, AVisitorBetweenTwoClientsIsLeftOut) {
    Seat seat;
    seat.sit(0, 10, 100);
    seat.walk(10.3, false);
    seat.sit(13, 16, 85);
    seat.walk(18.8, true);
    seat.sit(19, 30, 112);
    const auto found = seat.test(30);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->exit, 10, 1e-6);
    EXPECT_NEAR(found->enter, 19, 1e-6);
}

TEST(GapStatistics, CamerasWithLongGapsAskForMore) {
    GapStatistics calm{SplitSettings{}}, occluded{SplitSettings{}};
    for (int i = 0; i < 50; ++i) {
        calm.same_person(2, {});
        occluded.same_person(12, {});
    }
    EXPECT_LT(calm.mean_s(), 1.5);
    EXPECT_GT(occluded.mean_s(), 8);
}

TEST(GapStatistics, LearnsHowMuchOnePersonsSizeVaries) {
    GapStatistics steady{SplitSettings{}}, restless{SplitSettings{}};
    for (int i = 0; i < 50; ++i) {
        steady.same_person(3, SizeChange{0.004, 0.00001});
        restless.same_person(3, SizeChange{0.06, 0.00001});
    }
    EXPECT_LT(steady.size_noise(), 0.02);
    EXPECT_GT(restless.size_noise(), 0.05);
}

TEST(GapStatistics, AZoneWithFewGapsLearnsFromTheOthersOfItsCamera) {
    Steadiness camera;
    GapStatistics busy{SplitSettings{}, &camera}, quiet{SplitSettings{}, &camera}, alone{SplitSettings{}};
    for (int i = 0; i < 50; ++i)
        busy.same_person(3, SizeChange{0.001, 0.00001});
    quiet.same_person(3, SizeChange{0.001, 0.00001});
    alone.same_person(3, SizeChange{0.001, 0.00001});
    EXPECT_LT(quiet.size_noise(), 0.01);
    EXPECT_LT(quiet.aspect_noise(), 0.01);
    EXPECT_GT(alone.size_noise(), 0.015);
}

TEST(SizeChange, AFewBoxesThatHappenToBeAlikeAreNoSurerThanAllAre) {
    Seat seat;
    seat.sit(0, 100, 100, 0.014);
    seat.sit(108, 109, 101.5, 0.0001);  // six boxes
    const auto change = size_change(seat.sizes, 100, 108, {});
    ASSERT_TRUE(change);
    EXPECT_GT(change->variance, 0.011 * 0.011 / 6);
}

TEST(SizeSample, IsTheMeanAndSpreadOfItsBoxes) {
    SizeSample sample{0, 1, 1, 0, 0.5, 0};
    sample.add(2, 0.7);
    sample.add(3, 0.9);
    EXPECT_EQ(sample.boxes, 3);
    EXPECT_NEAR(sample.size, 2, 1e-12);
    EXPECT_NEAR(sample.spread, 2, 1e-12);
    EXPECT_NEAR(sample.aspect, 0.7, 1e-12);
    EXPECT_NEAR(sample.aspect_spread, 0.08, 1e-12);
}

TEST(SizeChange, AnotherShapeIsFoundWhereTheSizeIsTheSame) {
    std::deque<SizeSample> sizes;
    for (int i = 0; i < 200; ++i)
        sizes.push_back({i + (i < 100 ? 0.0 : 8.0), 4, 5, 0.001, i < 100 ? -0.35 : -0.29, 0.004});
    const auto change = size_change(sizes, 99, 108, {});
    ASSERT_TRUE(change);
    EXPECT_NEAR(change->mean, 0, 1e-9);
    EXPECT_NEAR(change->aspect, 0.06, 1e-9);
    EXPECT_LT(change->aspect_variance, 1e-4);
}

Shape shape_at(double mean) {
    return {mean, 1e-6};
}

TEST(Shapes, TheSpreadIsKnownAfterSomePeopleAndNotFromOneWhoseStayWasCut) {
    Shapes shapes;
    EXPECT_FALSE(shapes.spread());
    for (int i = 0; i < 12; ++i)
        shapes.follow(shape_at(0), shape_at(i % 4 == 0 ? 0 : 0.05));
    ASSERT_TRUE(shapes.spread());
    EXPECT_NEAR(shapes.spread()->of_two, 0.05 / std::sqrt(0.455), 0.01);
    EXPECT_GT(shapes.spread()->surety, 0.7);
}

// A barber goes, another comes, and the client is not seen meanwhile: size and shape stay the same.
TEST(FindSplit, TheSameShapeSpeaksForOneClientWherePeopleDifferInIt) {
    Seat alike, different;
    for (Seat* seat : {&alike, &different}) {
        if (seat == &alike) seat->other_shape = {0.0, 1};
        if (seat == &different) seat->other_shape = {0.07, 1};
        seat->sit(0, 30, 100);
        seat->walk(30.3, false);
        seat->walk(32.8, true);
        seat->sit(33, 60, 100);
        seat->test(60);
    }
    EXPECT_LT(different.gaps[0].score, alike.gaps[0].score - 0.3);
}

}  // namespace
}  // namespace chairside
