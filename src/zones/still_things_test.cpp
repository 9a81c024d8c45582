#include "zones/still_things.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace chairside {
namespace {

constexpr double kFps = 2;

ZoneConfig zone(ZoneType type, const Polygon& polygon) {
    ZoneConfig out;
    out.name = to_string(type);
    out.type = type;
    out.polygon = polygon;
    return out;
}

class Still : public ::testing::Test {
  protected:
    // One detection around `box` with the detector's noise, which is the same for people and things.
    Detection seen(const Box& box) {
        const double s = 0.012;
        return {{box.x + s * box.w * noise(random), box.y + s * box.h * noise(random),
                 box.w * (1 + s * noise(random)), box.h * (1 + s * noise(random))},
                0.7f};
    }
    // A frame later; how many are left of these.
    std::size_t frame(const std::vector<Box>& boxes) {
        Detections d;
        d.frame.width = 1000;
        d.frame.height = 1000;
        t += 1 / kFps;
        d.frame.mono = MonoTime(from_seconds(t));
        for (const Box& box : boxes)
            d.people.push_back(seen(box));
        fresh += things.apply(d).size();
        return d.people.size();
    }
    // Frames in which the one was left.
    int frames(double seconds, const Box& box) {
        int left = 0;
        for (int i = 0; i < seconds * kFps; ++i)
            left += static_cast<int>(frame({box, walker()}) > 1);
        return left;
    }
    // Somebody is always about: the shop is open.
    Box walker() const { return {400 + 300 * std::sin(t / 7), 600 + 100 * std::sin(t / 11), 80, 240}; }

    std::vector<ZoneConfig> zones{zone(ZoneType::kChair, {{0.0, 0.0}, {0.2, 0.0}, {0.2, 0.5}, {0.0, 0.5}}),
                                  zone(ZoneType::kWait, {{0.5, 0.0}, {0.8, 0.0}, {0.8, 0.5}, {0.5, 0.5}})};
    StillThings things{zones};
    std::mt19937 random{7};
    std::normal_distribution<double> noise{0, 1};
    double t = 0;
    std::size_t fresh = 0;
    const Box poster{300, 100, 90, 200}, chair{60, 150, 90, 200}, bench{600, 150, 90, 200};
};

TEST_F(Still, APosterIsLeftOutOnceItIsLearned) {
    frames(1300, poster);
    EXPECT_EQ(things.learned(), 1);
    EXPECT_EQ(fresh, 1u);
    EXPECT_LE(frames(300, poster), 6) << "a box beyond four standard deviations passes now and then";
}

TEST_F(Still, SomebodyWhoWaitsStillForTenMinutesStays) {
    EXPECT_EQ(frames(600, bench), 1200);
    EXPECT_EQ(frames(600, poster), 1200) << "also outside of the waiting area";
}

TEST_F(Still, AClientWhoSleepsInAChairStays) {
    EXPECT_EQ(frames(4 * 3600, chair), 4 * 7200);
}

TEST_F(Still, AMannequinInTheWaitingAreaTakesLonger) {
    EXPECT_EQ(frames(2400, bench), 4800);
    frames(600, bench);
    EXPECT_EQ(things.learned(), 1);
}

TEST_F(Still, AfterClosingTimeItIsSureSooner) {
    for (int i = 0; i < 1400 * kFps; ++i)
        frame({bench});
    EXPECT_EQ(things.learned(), 1);
}

TEST_F(Still, ALivingPersonMovesMoreThanTheNoise) {
    int left = 0;
    for (int i = 0; i < 2 * 3600 * kFps; ++i) {
        Box box = poster;
        box.x += 0.03 * box.h * std::sin(t / 90);
        box.h *= 1 + 0.02 * std::sin(t / 140);
        left += static_cast<int>(frame({box}) == 1);
    }
    EXPECT_EQ(left, static_cast<int>(2 * 3600 * kFps));
    EXPECT_EQ(things.learned(), 0);
}

TEST_F(Still, WhatMovesComesBackAtOnce) {
    frames(1400, poster);
    ASSERT_EQ(things.learned(), 1);
    Box moved = poster;
    moved.x += 20;
    EXPECT_EQ(frames(10, moved), 20);
    EXPECT_EQ(things.learned(), 0);
}

TEST_F(Still, SomebodyBeforeAPosterIsSeen) {
    frames(1400, poster);
    const Box client{290, 180, 100, 300};
    EXPECT_EQ(frames(60, client), 120);
}

TEST_F(Still, MemoryIsBounded) {
    for (int i = 0; i < 3000; ++i) {
        std::vector<Box> crowd;
        for (int k = 0; k < 100; ++k)
            crowd.push_back({10.0 * k, 3.0 * std::fmod(i * 7.0 + k * 13.0, 200), 40, 90});
        frame(crowd);
    }
    EXPECT_LE(things.learned(), static_cast<int>(StillThings::kMost));
}

}  // namespace
}  // namespace chairside
