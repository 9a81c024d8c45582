#include "track/tracker.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "track/test_scene.hpp"

namespace chairside {
namespace {

using test::frame_at;

Detection person(double x, double y, double h, float score = 0.9F) {
    return {{x - 0.2 * h, y - h, 0.4 * h, h}, score};
}

std::set<std::int64_t> ids(const Tracks& tracks) {
    std::set<std::int64_t> all;
    for (const auto& t : tracks.people)
        all.insert(t.id.value);
    return all;
}

TEST(Tracker, KeepsOneIdForAPersonWhoWalks) {
    Tracker tracker;
    for (int i = 0; i < 40; ++i) {
        const auto& tracks = tracker.update({frame_at(0.2 * i), {person(100 + 20.0 * i, 400, 100)}});
        ASSERT_EQ(ids(tracks), std::set<std::int64_t>{1});
        EXPECT_FALSE(tracks.people[0].coasted);
    }
    const Track t = tracker.update({frame_at(8), {person(900, 400, 100)}}).people[0];
    EXPECT_NEAR(t.velocity.x, 100, 10);
    EXPECT_NEAR(t.velocity.y, 0, 5);
    EXPECT_DOUBLE_EQ(t.age_s, 8);
    EXPECT_EQ(t.hits, 41);
    EXPECT_NEAR(t.box.center().x, 900, 5);
    EXPECT_DOUBLE_EQ(t.first.center().x, 100);
}

TEST(Tracker, BelievesAPersonOnlyAfterSeveralSightings) {
    Tracker tracker;
    tracker.update({frame_at(0), {}});
    tracker.update(
        {frame_at(0.1), {person(50, 700, 100)}});  // so that this is not the first sighting of anyone
    std::vector<std::size_t> reported;
    for (int i = 2; i < 8; ++i)
        reported.push_back(
            tracker.update({frame_at(0.1 * i), {person(50, 700, 100), person(600, 400, 100)}}).people.size());
    EXPECT_LT(reported.front(), 2U);
    EXPECT_EQ(reported.back(), 2U);
}

TEST(Tracker, PredictsAPersonWhoIsHiddenForAMomentAndFindsHimAgain) {
    Tracker tracker;
    for (int i = 0; i < 60; ++i) {
        Detections d{frame_at(0.1 * i), {}};
        const bool hidden = i >= 30 && i < 42;  // 1.2 s
        if (!hidden) d.people = {person(100 + 10.0 * i, 400, 100)};
        const auto& tracks = tracker.update(d);
        if (i == 31) {
            ASSERT_EQ(tracks.people.size(), 1U);
            EXPECT_TRUE(tracks.people[0].coasted);
            EXPECT_EQ(tracks.people[0].score, 0);
            EXPECT_NEAR(tracks.people[0].unseen_s, 0.2, 1e-9);
            EXPECT_NEAR(tracks.people[0].box.center().x, 100 + 310, 12);
        }
        if (i == 41) {
            EXPECT_TRUE(tracks.people.empty()) << "a guess of 1.2 s is too old to be reported";
        }
        if (i >= 42) {
            ASSERT_EQ(ids(tracks), std::set<std::int64_t>{1});
        }
    }
}

TEST(Tracker, KeepsTwoPeopleApartWhoPassEachOther) {
    Tracker tracker;
    for (int i = 0; i < 50; ++i) {
        const double x = 20.0 * i;
        const auto& tracks =
            tracker.update({frame_at(0.1 * i), {person(100 + x, 400, 100), person(1100 - x, 430, 120)}});
        ASSERT_EQ(tracks.people.size(), 2U);
        EXPECT_NEAR(tracks.people[0].box.center().x, 100 + x, 15);
    }
}

TEST(Tracker, WeakDetectionsContinueAPersonButStartNone) {
    Tracker tracker;
    for (int i = 0; i < 40; ++i) {
        const float score = i < 10 ? 0.9F : 0.3F;
        const auto& tracks =
            tracker.update({frame_at(0.1 * i), {person(300, 400, 100, score), person(900, 400, 100, 0.3F)}});
        ASSERT_EQ(ids(tracks), std::set<std::int64_t>{1});
        EXPECT_FALSE(tracks.people[0].coasted);
    }
}

TEST(Tracker, EmptyFramesAreFine) {
    Tracker tracker;
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(tracker.update({frame_at(0.1 * i), {}}).people.empty());
}

TEST(Tracker, IgnoresWhatIsNoBox) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                     kInf = std::numeric_limits<double>::infinity();
    const Detection bad[] = {{{kNan, 1, 40, 100}, 0.9F},   {{1, kInf, 40, 100}, 0.9F},
                             {{1, 1, -40, 100}, 0.9F},     {{1, 1, 40, 0}, 0.9F},
                             {{1, 1, kInf, 100}, 0.9F},    {{-1e9, 1, 2e9, 2e9}, 0.9F},
                             {{1, 1, 1e300, 1e300}, 0.9F}, {{1e12, 1, 40, 100}, 0.9F},
                             {{1, 1, 40, 100}, NAN},       {{1, 1, 40, 100}, -1.0F}};
    for (const int width : {1280, 0}) {  // 0: the size of the picture is not known
        Tracker tracker;
        for (int i = 0; i < 20; ++i) {
            Detections d{frame_at(0.1 * i, width, width), {person(300, 400, 100)}};
            d.people.insert(d.people.end(), std::begin(bad), std::end(bad));
            const auto& tracks = tracker.update(d);
            ASSERT_EQ(ids(tracks), std::set<std::int64_t>{1});
            EXPECT_NEAR(tracks.people[0].box.center().x, 300, 1);
        }
    }
}

TEST(Tracker, AFrameThatIsNotLaterChangesNothing) {
    Tracker tracker, clean;
    for (int i = 0; i < 20; ++i) {
        const Detections d{frame_at(0.1 * i), {person(300 + 5.0 * i, 400, 100)}};
        const auto expected = clean.update(d).people;
        tracker.update(d);
        tracker.update({frame_at(0.1 * i), {person(900, 400, 100)}});
        const auto& after = tracker.update({frame_at(0.1 * i - 5), {}});
        ASSERT_EQ(after.people.size(), expected.size());
        EXPECT_EQ(after.people[0].box, expected[0].box);
        EXPECT_EQ(after.frame.mono, d.frame.mono);
    }
}

TEST(Tracker, AfterALongGapEveryoneIsNew) {
    Tracker tracker;
    for (int i = 0; i < 20; ++i)
        tracker.update({frame_at(0.1 * i), {person(300, 400, 100)}});
    std::set<std::int64_t> seen;
    for (int i = 0; i < 20; ++i)
        seen.merge(ids(tracker.update({frame_at(12 + 0.1 * i), {person(700, 400, 100)}})));
    EXPECT_EQ(seen, std::set<std::int64_t>{2});
}

TEST(Tracker, DuplicatedDetectionsDoNotMultiplyPeopleWithoutBound) {
    Tracker tracker;
    for (int i = 0; i < 50; ++i) {
        const auto& tracks =
            tracker.update({frame_at(0.1 * i), {person(300, 400, 100), person(300, 400, 100)}});
        EXPECT_LE(tracks.people.size(), 2U);
        EXPECT_TRUE(ids(tracks).contains(1));
    }
}

TEST(Tracker, APersonAtTheEdgeWhoIsMissedForAMomentIsNotTakenToHaveLeft) {
    Tracker tracker;
    for (int i = 0; i < 40; ++i) {
        Detections d{frame_at(0.1 * i), {}};
        if (i < 20 || i > 25) d.people = {{{-25, 300, 60, 120}, 0.9F}};  // 42 % of the box is outside
        const auto& tracks = tracker.update(d);
        if (!d.people.empty()) {
            ASSERT_EQ(ids(tracks), std::set<std::int64_t>{1});
        }
    }
}

// Metres per second do not depend on how often one looks.
TEST(Tracker, KeepsAStrollerAtAllFrameRatesAndIrregularTimes) {
    const auto walk = [](double t) { return person(100 + 45 * t, 400, 100); };
    for (const double fps : {2.0, 5.0, 10.0, 25.0}) {
        for (const bool irregular : {false, true}) {
            Tracker tracker;
            std::set<std::int64_t> seen;
            for (int i = 0; i < 20 * fps; ++i) {
                const double t = (i + (irregular ? 0.4 * std::sin(7.0 * i) : 0.0)) / fps + 1;
                if (irregular && i % 5 == 3) continue;  // dropped frames
                seen.merge(ids(tracker.update({frame_at(t), {walk(t), person(1100, 500, 120)}})));
            }
            EXPECT_EQ(seen, (std::set<std::int64_t>{1, 2})) << fps << " fps, irregular " << irregular;
        }
    }
}

TEST(Tracker, AtTwoFramesPerSecondAPersonMayBeMissedForFourFrames) {
    Tracker tracker;
    for (int i = 0; i < 40; ++i) {
        Detections d{frame_at(0.5 * i), {}};
        const bool missed = i >= 20 && i < 24;
        if (!missed) d.people = {person(300 + 10.0 * i, 400, 100)};
        const auto& tracks = tracker.update(d);
        if (!missed) {
            ASSERT_EQ(ids(tracks), std::set<std::int64_t>{1}) << i;
        }
    }
}

TEST(Tracker, CanBeMoved) {
    Tracker a;
    a.update({frame_at(0), {person(300, 400, 100)}});
    Tracker b = std::move(a);
    EXPECT_EQ(ids(b.update({frame_at(0.1), {person(300, 400, 100)}})), std::set<std::int64_t>{1});
}

}  // namespace
}  // namespace chairside
