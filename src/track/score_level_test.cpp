#include "track/score_level.hpp"

#include <gtest/gtest.h>

#include "track/test_scene.hpp"
#include "track/tracker.hpp"

namespace chairside {
namespace {

TEST(ScoreLevel, LeavesConfidentDetectorsAlone) {
    ScoreLevel level({});
    for (int i = 0; i < 100; ++i)
        level.learn(0.97, 0.1);
    EXPECT_FALSE(level.needed());
}

TEST(ScoreLevel, BringsTheBestScoresOfATimidDetectorToTheTop) {
    ScoreLevel level({});
    for (int i = 0; i < 100; ++i)
        level.learn(0.6, 0.1);
    ASSERT_TRUE(level.needed());
    EXPECT_NEAR(level.adjusted(0.6F), 0.9, 1e-3);
    EXPECT_LT(level.adjusted(0.1F), 0.45);
    EXPECT_GT(level.adjusted(0.5F), level.adjusted(0.4F));
    EXPECT_LE(level.adjusted(1.0F), 1.0F);
}

TEST(ScoreLevel, AnEmptyRoomWithAPosterDoesNotLowerIt) {
    ScoreLevel level({});
    for (int i = 0; i < 100; ++i)
        level.learn(0.95, 0.1);
    for (int i = 0; i < 12 * 3600; ++i)
        level.learn(0.3, 1);  // a night
    EXPECT_FALSE(level.needed());
}

TEST(ScoreLevel, AWeakStartIsForgottenWithinSeconds) {
    ScoreLevel level({});
    level.learn(0.4, 0.1);
    EXPECT_TRUE(level.needed());
    for (int i = 0; i < 200; ++i)
        level.learn(0.95, 0.1);
    EXPECT_FALSE(level.needed());
}

TEST(ScoreLevel, TheTrackerFindsPeopleWhateverTheScaleOfTheScores) {
    test::SceneOptions o;
    o.false_boxes = 0;
    const auto frames = test::scene(o, 3);
    const auto reported = [&](float factor) {
        Tracker tracker;
        double sum = 0;
        for (auto frame : frames) {
            for (auto& d : frame.people)
                d.score *= factor;
            sum += static_cast<double>(tracker.update(frame).people.size());
        }
        return sum;
    };
    EXPECT_GT(reported(0.6F), 0.95 * reported(1.0F));
}

}  // namespace
}  // namespace chairside
