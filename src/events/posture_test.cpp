#include "events/posture.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

constexpr double kPicture = 720;

double height_at(double y, double scale = 1) {
    return scale * (80 + 0.4 * y / scale);
}
Box upright(double y, double scale = 1, double aspect = 0.38) {
    const double h = height_at(y, scale);
    return {500, y - h, aspect * h, h};
}
Box sitting(double y, double scale = 1) {
    const double h = 0.72 * height_at(y, scale);
    return {500, y - h, 0.7 * h, h};
}

PostureModel taught(int samples = 200, double scale = 1) {
    PostureModel model{PostureSettings{}};
    for (int i = 0; i < samples; ++i)
        model.learn(upright(scale * (300 + (i * 37) % 400), scale), scale * kPicture, {1 + i / 20});
    return model;
}

TEST(PostureModel, LearnsTheStandingHeightAtEachPlaceFromWalkers) {
    const PostureModel model = taught();
    EXPECT_TRUE(model.learned());
    EXPECT_NEAR(model.standing_height(350, kPicture), height_at(350), 2);
    EXPECT_NEAR(model.standing_height(650, kPicture), height_at(650), 2);
    EXPECT_NEAR(model.standing_aspect(), 0.38, 0.02);
}

TEST(PostureModel, TellsWhoSitsNearAndFar) {
    const PostureModel model = taught();
    for (const double y : {320.0, 450.0, 690.0}) {
        EXPECT_TRUE(model.judge(sitting(y), kPicture).seated) << y;
        EXPECT_TRUE(model.judge(upright(y), kPicture).standing) << y;
        EXPECT_FALSE(model.judge(upright(y), kPicture).seated) << y;
    }
}

TEST(PostureModel, WhomThePicturesSideCutsIsToldByTheHeight) {
    const PostureModel model = taught();
    Box sits = sitting(450), stands = upright(450);
    sits.w *= 0.5;
    stands.w *= 0.5;
    EXPECT_FALSE(model.judge(sits, kPicture).seated);
    EXPECT_TRUE(model.judge(sits, kPicture, true).seated);
    EXPECT_TRUE(model.judge(stands, kPicture, true).standing);
}

TEST(PostureModel, SmallReflectionsNeitherSitNorStand) {
    const PostureModel model = taught();
    const Box reflection{500, 180, 55, 110};
    EXPECT_FALSE(model.judge(reflection, kPicture).seated);
    EXPECT_FALSE(model.judge(reflection, kPicture).standing);
}

TEST(PostureModel, GoesByTheShapeAloneUntilEnoughPeopleWalked) {
    const PostureModel model = taught(10);
    EXPECT_FALSE(model.learned());
    EXPECT_TRUE(model.judge(sitting(450), kPicture).seated);
    EXPECT_FALSE(model.judge(upright(450), kPicture).seated);
}

TEST(PostureModel, GivesTheSameAnswersInALargerPicture) {
    const PostureModel model = taught(), large = taught(200, 1.5);
    EXPECT_NEAR(large.judge(sitting(1.5 * 450, 1.5), 1.5 * kPicture).score,
                model.judge(sitting(450), kPicture).score, 1e-6);
}

TEST(PostureModel, IsNotMisledByAFewWrongBoxes) {
    PostureModel model = taught();
    for (int i = 0; i < 20; ++i) {
        model.learn({500, 300, 100, 60}, kPicture, {1000 + i});
        for (int k = 0; k < 5; ++k)
            model.learn(upright(300 + 60 * k), kPicture, {2000 + i});
    }
    EXPECT_NEAR(model.standing_height(450, kPicture), height_at(450), 5);
}

TEST(PostureModel, LearnsAnewWhenTheCameraWasMoved) {
    PostureModel model = taught();
    for (int i = 0; i < 2000; ++i) {
        const double y = 300 + (i * 37) % 400, h = 0.4 * height_at(y);
        model.learn({500, y - h, 0.38 * h, h}, kPicture, {1000 + i / 20});
    }
    EXPECT_NEAR(model.standing_height(450, kPicture), 0.4 * height_at(450), 4);
}

// Three people, the tallest farthest away: a line through all boxes would be flat. Each also comes nearer by a little.
TEST(PostureModel, IsNotTiltedByFewWalkersOfDifferentSizes) {
    PostureModel model{PostureSettings{}};
    const double sizes[] = {1.08, 1.0, 0.92}, rows[] = {420, 460, 500};
    for (int who = 0; who < 3; ++who) {
        for (int i = 0; i < 25; ++i) {
            const double y = rows[who] - 45 + 90 * i / 24.0, h = sizes[who] * height_at(y);
            model.learn({500, y - h, 0.38 * h, h}, kPicture, {1 + who});
        }
    }
    EXPECT_TRUE(model.learned());
    EXPECT_NEAR(model.standing_height(350, kPicture) / height_at(350), 1, 0.05);
    EXPECT_NEAR(model.standing_height(600, kPicture) / height_at(600), 1, 0.05);
}

// Until then the usual slope is better than what the noise of their boxes makes of it.
TEST(PostureModel, TakesNoSlopeFromPeopleWhoWalkInOneRow) {
    PostureModel model{PostureSettings{}};
    for (int i = 0; i < 100; ++i) {
        const double y = 500 + 4 * (i % 3 - 1), h = height_at(500);  // the foot's noise alone
        model.learn({500, y - h, 0.38 * h, h}, kPicture, {1 + i / 25});
    }
    EXPECT_NEAR(model.standing_height(500, kPicture) / height_at(500), 1, 0.01);
    EXPECT_GT(model.standing_height(600, kPicture), 1.05 * model.standing_height(500, kPicture));
}

TEST(PostureModel, IgnoresBoxesWithoutSize) {
    PostureModel model{PostureSettings{}};
    model.learn({0, 0, 0, 0}, kPicture, {1});
    EXPECT_EQ(model.standing_height(450, kPicture), 0);
    EXPECT_FALSE(model.judge({0, 0, 0, 10}, kPicture).seated);
}

}  // namespace
}  // namespace chairside
