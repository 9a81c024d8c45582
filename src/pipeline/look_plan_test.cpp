#include "pipeline/look_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace chairside {
namespace {

using namespace std::chrono_literals;

constexpr LookSettings kEverySecond{.whole_every = 1};
constexpr int kWidth = 1000, kHeight = 1000;

MonoTime at(double seconds) {
    return MonoTime(from_seconds(100 + seconds));
}

Track person(std::int64_t id, Box box, Point velocity = {}, double unseen_s = 0) {
    Track track;
    track.id = TrackId{id};
    track.box = box;
    track.velocity = velocity;
    track.unseen_s = unseen_s;
    track.coasted = unseen_s > 0;
    return track;
}

Tracks tracks(double t, std::vector<Track> people) {
    Tracks out;
    out.frame.mono = at(t);
    out.frame.width = kWidth;
    out.frame.height = kHeight;
    out.people = std::move(people);
    return out;
}

ZoneConfig seat() {
    ZoneConfig zone;
    zone.polygon = {{0.8, 0.8}, {0.9, 0.8}, {0.9, 0.9}, {0.8, 0.9}};
    zone.grace = 40s;
    return zone;
}

Occupancy occupancy(std::size_t zones = 0) {
    Occupancy out;
    out.zones.resize(zones);
    return out;
}

bool covered(const std::vector<Box>& regions, Box box) {
    return std::any_of(regions.begin(), regions.end(), [&](const Box& r) {
        return r.x <= box.x && r.y <= box.y && r.right() >= box.right() && r.bottom() >= box.bottom();
    });
}

const Box kBox{400, 400, 50, 150}, kBoxNormalised{0.4, 0.4, 0.05, 0.15};

TEST(LookPlan, BeforeAnythingIsKnownAllIsLookedAt) {
    LookPlan plan({}, kEverySecond);
    EXPECT_TRUE(plan.next(at(0)).empty());
    plan.learn(tracks(0, {}), occupancy(), true);
    EXPECT_TRUE(plan.next(at(0.1)).empty()) << "nobody is there";
}

TEST(LookPlan, EverybodyIsLookedAtWithAMargin) {
    LookPlan plan({}, kEverySecond);
    plan.learn(tracks(0, {person(1, kBox), person(2, {800, 100, 50, 150})}), occupancy(), true);
    const auto regions = plan.next(at(0.1));
    ASSERT_EQ(regions.size(), 2u);
    EXPECT_TRUE(covered(regions, {0.385, 0.385, 0.08, 0.18}));
    EXPECT_TRUE(covered(regions, {0.8, 0.1, 0.05, 0.15}));
}

TEST(LookPlan, OnceASecondAllIsLookedAt) {
    LookPlan plan({}, kEverySecond);
    bool whole = true;
    int wholes = 0;
    for (int i = 0; i < 100; ++i) {
        whole = plan.next(at(0.1 * i)).empty();
        wholes += whole ? 1 : 0;
        plan.learn(tracks(0.1 * i, {person(1, kBox)}), occupancy(), whole);
    }
    EXPECT_GE(wholes, 10);
    EXPECT_LE(wholes, 11);
}

TEST(LookPlan, AWholePictureThatNeverCameIsAskedForAgain) {
    LookPlan plan({}, kEverySecond);
    plan.learn(tracks(0, {person(1, kBox)}), occupancy(), true);
    plan.learn(tracks(0.9, {person(1, kBox)}), occupancy(), false);
    EXPECT_TRUE(plan.next(at(1.0)).empty());
    EXPECT_FALSE(plan.next(at(1.1)).empty()) << "it is on its way";
    EXPECT_TRUE(plan.next(at(1.3)).empty());
}

TEST(LookPlan, WhatIsKnownTooLongAgoIsNotTrusted) {
    LookPlan plan({}, kEverySecond);
    plan.learn(tracks(0, {person(1, kBox)}), occupancy(), true);
    EXPECT_FALSE(plan.next(at(0.5)).empty());
    EXPECT_TRUE(plan.next(at(0.7)).empty());
}

TEST(LookPlan, WhoWalksIsLookedAtWhereTheyWillBe) {
    LookPlan plan({}, kEverySecond);
    plan.learn(tracks(0, {person(1, kBox, {300, 0})}), occupancy(), true);
    const auto regions = plan.next(at(0.5));
    EXPECT_TRUE(covered(regions, kBoxNormalised)) << "or stopped";
    EXPECT_TRUE(covered(regions, {0.55, 0.4, 0.05, 0.15}));
}

TEST(LookPlan, WhoIsLostIsLookedForAsLongAsTheTrackerKeepsThem) {
    LookPlan plan({}, kEverySecond);
    plan.learn(tracks(0, {person(1, kBox)}), occupancy(), true);
    for (int i = 1; i <= 20; ++i)
        plan.learn(tracks(0.1 * i, {person(2, {800, 100, 50, 150})}), occupancy(), true);
    EXPECT_TRUE(covered(plan.next(at(2.1)), kBoxNormalised));
    for (int i = 21; i <= 30; ++i)
        plan.learn(tracks(0.1 * i, {person(2, {800, 100, 50, 150})}), occupancy(), true);
    EXPECT_FALSE(covered(plan.next(at(3.1)), kBoxNormalised));
}

TEST(LookPlan, WhoIsNoTrackYetIsLookedAt) {
    LookPlan plan({}, kEverySecond);
    Occupancy seen = occupancy();
    seen.sightings.push_back({kBox, 0.5f, -1, 0});
    seen.sightings.push_back({{800, 100, 50, 150}, 0.2f, -1, 0});
    plan.learn(tracks(0, {}), seen, true);
    const auto regions = plan.next(at(0.1));
    EXPECT_TRUE(covered(regions, kBoxNormalised));
    EXPECT_EQ(regions.size(), 1u) << "the other is noise";
}

TEST(LookPlan, ASeatIsWatchedForItsGraceTime) {
    LookPlan plan({seat()}, kEverySecond);
    Occupancy sits = occupancy(1);
    sits.zones[0].inside.resize(1);
    plan.learn(tracks(0, {person(1, kBox)}), sits, true);
    for (int i = 1; i <= 390; ++i)
        plan.learn(tracks(0.1 * i, {person(1, kBox)}), occupancy(1), true);
    EXPECT_TRUE(covered(plan.next(at(39.1)), {0.8, 0.8, 0.1, 0.1}));
    for (int i = 391; i <= 410; ++i)
        plan.learn(tracks(0.1 * i, {person(1, kBox)}), occupancy(1), true);
    EXPECT_FALSE(covered(plan.next(at(41.1)), {0.8, 0.8, 0.1, 0.1}));
}

TEST(LookPlan, AWeakBoxInASeatKeepsTheSeatWatched) {
    LookPlan plan({seat()}, kEverySecond);
    Occupancy half_hidden = occupancy(1);
    half_hidden.sightings.push_back({{820, 700, 50, 150}, 0.16f, 0, 0.2});
    plan.learn(tracks(0, {}), half_hidden, true);
    EXPECT_TRUE(covered(plan.next(at(0.1)), {0.82, 0.7, 0.05, 0.15}));
    plan.learn(tracks(0.9, {person(1, kBox)}), occupancy(1), false);
    EXPECT_TRUE(covered(plan.next(at(0.95)), {0.8, 0.8, 0.1, 0.1}));
}

TEST(LookPlan, OtherZonesBeginWithAWholePicture) {
    LookPlan plan({}, kEverySecond);
    plan.learn(tracks(0, {person(1, kBox)}), occupancy(), true);
    plan.rezone({seat()});
    EXPECT_TRUE(plan.next(at(0.1)).empty());
}

}  // namespace
}  // namespace chairside
