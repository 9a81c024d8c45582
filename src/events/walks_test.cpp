#include "events/walks.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

const Anchor kSeat{{500, 400}, 100, 140};

// Shows the log one walker, whose foot is at x(t), every 0.2 s; nullopt: hidden.
class Walkway {
  public:
    template <typename Where>
    void walk(std::int64_t id, double from, double to, Where where) {
        Trail trail;
        double born = -1;
        for (double t = from; t <= to + 1e-9; t += 0.2) {
            View view;
            view.t = t;
            view.dt = 0.2;
            const std::optional<double> x = where(t);
            if (x) {
                if (born < 0) born = t;
                trail.push_back({t, {*x, 400}, false});
                Person p;
                p.track = {id};
                p.foot = {*x, 400};
                p.age_s = t - born;
                p.standing = true;
                p.trail = &trail;
                view.walkers.push_back(p);
            }
            log.observe(view, kSeat);
        }
    }
    WalkLog log{SeatSettings{}};
};

TEST(WalkLog, NotesWhenSomebodyCame) {
    Walkway w;
    w.walk(1, 0, 4, [](double t) { return std::optional(std::min(500.0, 100 + 150 * t)); });
    const auto came = w.log.arrivals(0, 10);
    ASSERT_EQ(came.size(), 1U);
    EXPECT_NEAR(came[0], (500 - 45 - 100) / 150.0, 0.05);
    EXPECT_TRUE(w.log.departures(0, 10).empty());
}

TEST(WalkLog, NotesWhenSomebodyLeft) {
    Walkway w;
    w.walk(1, 0, 8, [](double t) { return std::optional(t < 4 ? 510.0 : 510 + 150 * (t - 4)); });
    const auto left = w.log.departures(0, 10);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_NEAR(left[0], 4 + 35 / 150.0, 0.05);
}

TEST(WalkLog, KnowsHowLongSomebodyWasOnFootAfterComing) {
    Walkway sits, stands;
    const auto comes = [](double t) { return std::min(500.0, 100 + 150 * t); };
    sits.walk(1, 0, 30, [&](double t) { return t < 4 ? std::optional(comes(t)) : std::nullopt; });
    stands.walk(1, 0, 30, [&](double t) { return std::optional(comes(t)); });
    ASSERT_EQ(sits.log.walks(true, 0, 10).size(), 1U);
    ASSERT_EQ(stands.log.walks(true, 0, 10).size(), 1U);
    EXPECT_LT(sits.log.walks(true, 0, 10)[0].on_foot_s, 2);
    EXPECT_GT(stands.log.walks(true, 0, 10)[0].on_foot_s, 8);
}

TEST(WalkLog, KnowsForHowLongSomebodyWasOnFootBeforeSittingDownOrAfterRising) {
    Walkway w;
    w.walk(1, 0, 30,
           [](double t) { return std::optional(t < 26 ? 100 : std::min(500.0, 100 + 150 * (t - 26))); });
    w.walk(2, 100, 160, [](double t) {
        return t < 104   ? std::optional(510.0)
               : t < 125 ? std::optional(510 + std::min(200.0, 150 * (t - 104)))
                         : std::nullopt;
    });
    const auto came = w.log.walks(true, 0, 50), went = w.log.walks(false, 100, 160);
    ASSERT_EQ(came.size(), 1U);
    ASSERT_EQ(went.size(), 1U);
    EXPECT_NEAR(came[0].at_large_s, 28.4, 0.3);
    EXPECT_NEAR(went[0].at_large_s, 20.8, 0.3);
    EXPECT_FALSE(went[0].followed) << "nobody knows what became of them";
}

TEST(WalkLog, WhoWalksPastDoesNeither) {
    Walkway w;
    w.walk(1, 0, 6, [](double t) { return std::optional(100 + 150 * t); });
    EXPECT_TRUE(w.log.arrivals(0, 10).empty());
    EXPECT_TRUE(w.log.departures(0, 10).empty());
}

TEST(WalkLog, WhoStandsBesideTheSeatDoesNeither) {
    Walkway w;
    w.walk(1, 0, 20, [](double t) { return std::optional(560 + 10 * ((static_cast<int>(t * 5)) % 3)); });
    EXPECT_TRUE(w.log.arrivals(0, 20).empty());
    EXPECT_TRUE(w.log.departures(0, 20).empty());
}

TEST(WalkLog, AWalkThatBeginsHiddenIsDrawnBackToTheSeat) {
    Walkway w;  // leaves the seat at 2 s, but is hidden until 0.8 widths away
    w.walk(1, 0, 5, [](double t) { return t < 2.6 ? std::nullopt : std::optional(500 + 140 * (t - 2)); });
    const auto left = w.log.departures(0, 10);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_NEAR(left[0], 2.0, 0.2);
}

TEST(WalkLog, WhoAppearsNearbyButWalksElsewhereDidNotLeaveTheSeat) {
    Walkway w;  // first seen 1 width to the right, comes closer and passes in front at half a width
    w.walk(1, 0, 5, [](double t) { return t < 2 ? std::nullopt : std::optional(600 + 1.0 * (t - 2)); });
    EXPECT_TRUE(w.log.departures(0, 10).empty());
}

TEST(WalkLog, ManyWalksMakeEachOfThemTellLess) {
    Walkway busy, calm;
    for (int i = 0; i < 20; ++i)
        busy.walk(i + 1, 10.0 * i, 10.0 * i + 8, [i](double t) {
            return std::optional(t < 10.0 * i + 5 ? 510.0 : 510 + 150 * (t - 10.0 * i - 5));
        });
    calm.walk(1, 0, 200, [](double) { return std::nullopt; });
    EXPECT_GT(busy.log.departure_rate(), 3 * calm.log.departure_rate());
}

// Trails of one walker, whose foot is at x(t), every 0.2 s.
template <typename Where>
void leave_trail(Trails& trails, std::int64_t id, double from, double to, Where where) {
    for (double t = from; t <= to + 1e-9; t += 0.2) {
        Person p;
        p.track = {id};
        p.foot = {where(t), 400};
        p.age_s = t - from;
        trails.note(p, t, SeatSettings{}.trail_s);
    }
}

TEST(WalkLog, FindsTheArrivalOfWhoSatDownBeforeTheSeatWasKnown) {
    Trails trails;
    leave_trail(trails, 3, 0, 2, [](double t) { return std::min(500.0, 200 + 200 * t); });
    WalkLog log{SeatSettings{}};
    log.look_back(trails, 5, kSeat);  // and is not seen standing since 3 s
    const auto came = log.walks(true, 0, 5);
    ASSERT_EQ(came.size(), 1U);
    EXPECT_NEAR(came[0].t, (500 - 45 - 200) / 200.0, 0.05);
    EXPECT_LT(came[0].on_foot_s, 1);
    EXPECT_FALSE(came[0].followed);
}

TEST(WalkLog, FindsTheArrivalOfWhoWasHiddenOnTheWayToASeatThatWasNotKnown) {
    Trails trails;
    leave_trail(trails, 3, 0, 1.6, [](double t) { return 200 + 150 * t; });  // last seen 0.6 widths away
    WalkLog log{SeatSettings{}};
    log.look_back(trails, 5, kSeat);
    EXPECT_EQ(log.walks(true, 0, 5).size(), 1U);
    WalkLog elsewhere{SeatSettings{}};
    elsewhere.look_back(trails, 5, {{440, 800}, 100, 140});
    EXPECT_TRUE(elsewhere.walks(true, 0, 5).empty());
}

TEST(WalkLog, KnowsOfAWalkBeforeTheSeatWasKnownThatItsOwnerIsStillOnFoot) {
    Trails trails;
    leave_trail(trails, 3, 0, 4, [](double t) { return std::min(500.0, 300 + 200 * t); });
    WalkLog log{SeatSettings{}};
    log.look_back(trails, 4, kSeat);
    const auto came = log.walks(true, 0, 4);
    ASSERT_EQ(came.size(), 1U);
    EXPECT_GT(came[0].on_foot_s, 3);
    EXPECT_TRUE(came[0].followed);
}

TEST(WalkLog, LeavesOutWhoOnlyPassedASeatThatWasNotKnown) {
    Trails trails;
    leave_trail(trails, 3, 0, 3, [](double t) { return 300 + 150 * t; });
    WalkLog log{SeatSettings{}};
    log.look_back(trails, 5, kSeat);
    EXPECT_TRUE(log.walks(true, 0, 5).empty());
    EXPECT_TRUE(log.walks(false, 0, 5).empty());
}

}  // namespace
}  // namespace chairside
