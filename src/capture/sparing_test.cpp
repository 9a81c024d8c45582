#include "capture/sparing.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

// A stream at `full` pictures a second of which `spared` are left when sparing; returns the share of `seconds` spared.
double spared_share(Sparing& sparing, double full, double left, double wanted, double& t, double seconds) {
    double on = 0;
    for (const double end = t + seconds; t < end;) {
        const double step = 1 / (sparing.on() ? left : full);
        t += step;
        if (sparing.decide(from_seconds(t), wanted)) on += step;
    }
    return on / seconds;
}

TEST(Sparing, LeavesAStreamAloneThatIsNotFasterThanWanted) {
    Sparing sparing;
    double t = 0;
    EXPECT_EQ(spared_share(sparing, 10, 7, 10, t, 60), 0);
    EXPECT_EQ(spared_share(sparing, 25, 12, 0, t, 60), 0);
}

TEST(Sparing, SparesWhereWhatIsLeftIsEnough) {
    Sparing sparing;
    double t = 0;
    EXPECT_GT(spared_share(sparing, 25, 12.5, 10, t, 60), 0.9);
}

TEST(Sparing, FallsBackByWhatItMeasuresAndTriesLessAndLess) {
    Sparing sparing;
    double t = 0;
    const double early = spared_share(sparing, 25, 8.3, 10, t, 120);
    EXPECT_GT(early, 0);
    EXPECT_LT(early, 0.12);
    EXPECT_LT(spared_share(sparing, 25, 8.3, 10, t, 1200), 0.01);
}

TEST(Sparing, StopsAtOnceWhenMoreIsWanted) {
    Sparing sparing;
    double t = 0;
    spared_share(sparing, 10, 7, 4, t, 20);
    ASSERT_TRUE(sparing.on());
    EXPECT_FALSE(sparing.decide(from_seconds(t + 0.1), 10));
    EXPECT_GT(spared_share(sparing, 10, 7, 4, t, 20), 0.8);  // and begins again, as that was no failure
}

TEST(Sparing, FallsBackWhenPicturesComeInBursts) {
    Sparing sparing;
    double t = 0;
    for (int i = 0; i < 60; ++i)
        sparing.decide(from_seconds(t += 0.04), 5);
    ASSERT_TRUE(sparing.on());
    for (int i = 0; i < 40; ++i)
        sparing.decide(from_seconds(t += i % 8 == 0 ? 0.7 : 0.02), 5);
    EXPECT_FALSE(sparing.on());
}

}  // namespace
}  // namespace chairside
