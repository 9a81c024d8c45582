#include "capture/motion_gate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace chairside {
namespace {

using namespace std::chrono_literals;

constexpr int kWide = 640, kHigh = 480;
constexpr Duration kStep = 100ms;

// A room with a slope of brightness and some furniture; a sensor's noise, light, and a dark box that may move.
class Room {
  public:
    double noise = 4, light = 1, window = 1;  // window: light on the left half only
    double person_x = -1, person_y = 200;

    LumaPlane picture() {
        pixels_.resize(kWide * kHigh);
        const float* grain = grains() + random_() % kWide;
        for (int y = 0; y < kHigh; ++y) {
            for (int x = 0; x < kWide; ++x) {
                double value = 60 + 80.0 * x / kWide + ((x / 80 + y / 60) % 2 != 0 ? 30 : 0);
                if (person_x >= 0 && x >= person_x && x < person_x + 40 && y >= person_y &&
                    y < person_y + 120)
                    value = 30;
                value = value * light * (x < kWide / 2 ? window : 1) + noise * *grain++;
                pixels_[static_cast<std::size_t>(y) * kWide + x] =
                    static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
            }
        }
        return {pixels_.data(), kWide, kHigh, kWide};
    }

  private:
    // Drawn once, begun anew at another place for each picture: drawing takes longer than all else here.
    static const float* grains() {
        static const std::vector<float> drawn = [] {
            std::minstd_rand random(7);
            std::normal_distribution<float> normal;
            std::vector<float> out(kWide * (kHigh + 1));
            std::generate(out.begin(), out.end(), [&] { return normal(random); });
            return out;
        }();
        return drawn.data();
    }
    std::minstd_rand random_{7};
    std::vector<std::uint8_t> pixels_;
};

class Gate : public ::testing::Test {
  protected:
    // How many of the next pictures were taken.
    int run(int pictures, double dx = 0) {
        int taken = 0;
        for (int i = 0; i < pictures; ++i, time_ += kStep) {
            if (dx != 0) room_.person_x += dx;
            taken += gate_.take(room_.picture(), time_);
        }
        return taken;
    }
    Room room_;
    MotionGate gate_;
    Duration time_ = 5s;
};

TEST_F(Gate, LooksOnceASecondThenLessOftenAtANoisyRoomInWhichNothingMoves) {
    run(30);
    EXPECT_TRUE(gate_.still());
    EXPECT_NEAR(run(20), 2, 1);
    run(40);
    EXPECT_NEAR(run(120), 4, 1);
}

TEST_F(Gate, LearnsMoreNoiseAtNight) {
    run(40);
    room_.noise = 16;  // from one picture to the next, as when the lamps go out
    run(60);
    EXPECT_LE(run(60), 8);
}

TEST_F(Gate, TakesEveryPictureWhileSomebodyWalks) {
    run(30);
    room_.person_x = 100;
    EXPECT_EQ(run(30, 4), 30);
    EXPECT_FALSE(gate_.still());
}

TEST_F(Gate, TakesThePictureInWhichSomebodyAppears) {
    run(30);
    room_.person_x = 300;
    EXPECT_EQ(run(1), 1);
}

// A reflection, a lamp in one corner, a curtain: its picture is looked at, and no more of them than without it.
TEST_F(Gate, WhatMovesOnceIsLookedAtOnce) {
    run(100);
    room_.person_x = 300;
    EXPECT_EQ(run(1), 1);
    EXPECT_TRUE(gate_.still());
    EXPECT_LE(run(60), 3);
}

TEST_F(Gate, WhatMovesAgainWithinASecondIsFollowed) {
    run(100);
    room_.person_x = 300;
    run(8);
    room_.person_x = 310;
    EXPECT_EQ(run(1), 1);
    EXPECT_FALSE(gate_.still());
    EXPECT_EQ(run(9), 9);
}

TEST_F(Gate, AddsUpSlowMovement) {
    room_.person_x = 100;
    run(40);
    EXPECT_GT(run(50, 0.5), 40);  // half a pixel a picture
}

TEST_F(Gate, GoesOnLookingAtWhoSitsStill) {
    room_.person_x = 200;
    run(40);
    EXPECT_NEAR(run(300), 13, 3);  // one a second, then one in three
}

TEST_F(Gate, LampsSwitchedOnAreNoMovement) {
    run(40);
    room_.light = 1.25;
    EXPECT_LE(run(50), 6);
    room_.light = 0.7;
    EXPECT_LE(run(50), 6);
}

TEST_F(Gate, SunThroughOneWindowCostsALittleWhileOnly) {
    run(40);
    room_.window = 1.4;
    EXPECT_LE(run(20), 4);
    EXPECT_LE(run(50), 5);
}

TEST_F(Gate, SeesSomebodyWalkWhileLampsFlicker) {
    run(40);
    room_.person_x = 100;
    int taken = 0;
    for (int i = 0; i < 30; ++i) {
        room_.light = i % 2 != 0 ? 1.06 : 1.0;
        taken += run(1, 4);
    }
    EXPECT_EQ(taken, 30);
}

TEST_F(Gate, AnotherSizeBeginsAnew) {
    run(40);
    auto picture = room_.picture();
    picture.width = 320;
    EXPECT_TRUE(gate_.take(picture, time_));
    EXPECT_FALSE(gate_.still());
}

TEST(MotionGate, TakesWhatHasNoPlaneOfBrightness) {
    MotionGate gate;
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(gate.take({}, i * kStep));
}

TEST(MotionGate, SurvivesTinyPictures) {
    const std::vector<std::uint8_t> pixels(64, 9);
    for (const auto& [w, h] : {std::pair{1, 1}, std::pair{2, 2}, std::pair{3, 16}, std::pair{16, 3}}) {
        MotionGate gate;
        for (int i = 0; i < 30; ++i)
            gate.take({pixels.data(), w, h, w}, i * kStep);
    }
}

}  // namespace
}  // namespace chairside
