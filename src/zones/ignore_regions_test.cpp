#include "zones/ignore_regions.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

constexpr int kWidth = 1000, kHeight = 1000;

// On the wall, from 100 to 300 pixels across and from 100 to 400 down.
IgnoreRegions mirror() {
    return IgnoreRegions({{"mirror", {{0.1, 0.1}, {0.3, 0.1}, {0.3, 0.4}, {0.1, 0.4}}}});
}

bool ignored(const Box& box) {
    return mirror().ignored(box, kWidth, kHeight);
}

TEST(IgnoreRegions, AReflectionInTheMirrorIsNobody) {
    EXPECT_TRUE(ignored({150, 150, 80, 200}));
    // Cut off by the frame, and a little below it as detectors see it.
    EXPECT_TRUE(ignored({150, 200, 80, 215}));
}

TEST(IgnoreRegions, AClientWhoSitsBeforeTheMirrorStays) {
    EXPECT_FALSE(ignored({150, 250, 140, 350}));  // head and shoulders before it
    EXPECT_FALSE(ignored({150, 350, 140, 200}));
}

TEST(IgnoreRegions, SomebodyBeforeAFullLengthMirrorStays) {
    const Box box{150, 120, 100, 340};  // 82 % before the mirror, feet on the floor
    EXPECT_FALSE(ignored(box));
}

TEST(IgnoreRegions, SomebodyBesideTheMirrorStays) {
    EXPECT_FALSE(ignored({310, 150, 80, 200}));
    EXPECT_FALSE(ignored({255, 150, 120, 250}));  // foot at its edge, less than half of the box in it
}

TEST(IgnoreRegions, WhoStandsInTheStreetIsNobodyHowTallTheyAre) {
    const IgnoreRegions street({{"street", {{0, 0.4}, {1, 0.4}, {1, 0.6}, {0, 0.6}}}});
    EXPECT_TRUE(street.ignored({500, 100, 120, 420}, kWidth, kHeight));
}

TEST(IgnoreRegions, OnlyThoseInsideAreTakenFromAFrame) {
    Detections frame;
    frame.frame.width = kWidth;
    frame.frame.height = kHeight;
    frame.people = {{{150, 150, 80, 200}, 0.8f}, {{600, 500, 100, 300}, 0.7f}};
    mirror().apply(frame);
    ASSERT_EQ(frame.people.size(), 1u);
    EXPECT_EQ(frame.people[0].box.x, 600);
}

TEST(IgnoreRegions, AFrameWithoutASizeIsLeftAsItIs) {
    Detections frame;
    frame.people = {{{0, 0, 80, 200}, 0.8f}};
    mirror().apply(frame);
    EXPECT_EQ(frame.people.size(), 1u);
}

}  // namespace
}  // namespace chairside
