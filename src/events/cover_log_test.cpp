#include "events/cover_log.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

// Covered from 10 s to 20 s and from 25 s to 40 s, seen five times a second; missed in single frames.
CoverLog log_of_two() {
    CoverLog log;
    for (int i = 0; i <= 250; ++i) {
        const double t = 0.2 * i;
        const bool covered = (t >= 10 && t <= 20) || (t >= 25 && t <= 40);
        log.observe(t, 0.2, covered && i % 4 != 1);
    }
    return log;
}

TEST(CoverLog, TimeInWhichTheSeatWasHiddenDoesNotCount) {
    const CoverLog log = log_of_two();
    EXPECT_NEAR(log.back(50, 5), 45, 1e-9);  // in view since 40 s
    EXPECT_NEAR(log.back(42, 5), 22, 0.5);   // 2 s after it was hidden and 3 s before
    EXPECT_NEAR(log.back(42, 10), 7, 0.5);   // and the time it was hidden before that
    EXPECT_NEAR(log.back(30, 1), 24, 0.5);   // hidden right now
    EXPECT_NEAR(CoverLog{}.back(42, 5), 37, 1e-9);
}

TEST(CoverLog, LooksAheadLikewise) {
    const CoverLog log = log_of_two();
    EXPECT_NEAR(log.forward(1, 5), 6, 1e-9);
    EXPECT_NEAR(log.forward(8, 3), 21, 0.5);  // 2 s before it was hidden and 1 s after
    EXPECT_NEAR(log.forward(8, 8), 41, 0.5);  // over both
    EXPECT_NEAR(log.forward(30, 1), 41, 0.5);
    EXPECT_NEAR(CoverLog{}.forward(42, 5), 47, 1e-9);
}

TEST(CoverLog, HoldsAtOneFrameInTwoSeconds) {
    CoverLog log;
    for (int i = 0; i < 30; ++i)
        log.observe(2.0 * i, 2, true);
    EXPECT_NEAR(log.back(60, 3), -1, 1e-9);
}

}  // namespace
}  // namespace chairside
