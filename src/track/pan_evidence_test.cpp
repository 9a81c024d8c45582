#include "track/pan_evidence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace chairside {
namespace {

constexpr double kDt = 0.1;

// Changes of velocity that are everyone's own, `scatter` heights per second, and a common one.
std::vector<VelocityChange> changes(int people, double scatter, Point common, std::mt19937& random,
                                    double scale = 1) {
    std::normal_distribution<double> own(0, scatter);
    std::vector<VelocityChange> all;
    for (int i = 0; i < people; ++i) {
        const double h = 80 + 10 * (i % 5);
        all.push_back(
            {{scale * (common.x + h * own(random)), scale * (common.y + h * own(random))}, scale * h});
    }
    return all;
}

double mean_trust(int people, double scatter, Point common, unsigned seed, double scale = 1) {
    std::mt19937 random(seed);
    PanEvidence evidence({});
    double sum = 0;
    constexpr int kFrames = 3000;
    for (int i = 0; i < kFrames; ++i) {
        evidence.learn(changes(people, scatter, common, random, scale), kDt);
        sum += evidence.trust();
    }
    return sum / kFrames;
}

TEST(PanEvidence, PeopleWhoWalkAsTheyLikeAreNoPan) {
    for (const int people : {3, 5, 20})
        for (const double scatter : {0.02, 0.2, 1.0})
            EXPECT_LT(mean_trust(people, scatter, {}, 1), 0.01) << people << " people, scatter " << scatter;
}

TEST(PanEvidence, AllAtOnceIsAPanWhateverTheScale) {
    for (const double scale : {0.1, 1.0, 10.0})
        EXPECT_GT(mean_trust(5, 0.1, {20, 0}, 2, scale), 0.95) << scale;
}

TEST(PanEvidence, MorePeopleShowASmallerPan) {
    EXPECT_LT(mean_trust(4, 0.2, {15, 0}, 3), 0.3);
    EXPECT_GT(mean_trust(40, 0.2, {15, 0}, 3), 0.9);
}

TEST(PanEvidence, TellsHowFastThePictureChangesItsSpeed) {
    std::mt19937 random(4);
    PanEvidence evidence({});
    for (int i = 0; i < 100; ++i)
        evidence.learn(changes(10, 0.05, {30, 40}, random), kDt);
    // 50 pixels per second in the second that is watched, heights of about 100, two axes
    EXPECT_NEAR(evidence.acceleration(), 0.5 / std::sqrt(2), 0.05);
}

TEST(PanEvidence, TwoPeopleSayNothing) {
    EXPECT_EQ(mean_trust(2, 0.01, {50, 0}, 5), 0);
    PanEvidence evidence({});
    evidence.learn({}, kDt);
    EXPECT_EQ(evidence.trust(), 0);
}

TEST(WatchedVelocity, IsReadyOnlyAfterASecond) {
    WatchedVelocity watched;
    EXPECT_FALSE(watched.ready(1));
    for (int i = 0; i < 12; ++i)
        watched.watch({50, 0}, kDt, 1);
    EXPECT_TRUE(watched.ready(1));
    EXPECT_NEAR(watched.change({60, 5}).x, 10, 1e-9);
    EXPECT_NEAR(watched.change({60, 5}).y, 5, 1e-9);
    watched.restart();
    EXPECT_FALSE(watched.ready(1));
}

}  // namespace
}  // namespace chairside
