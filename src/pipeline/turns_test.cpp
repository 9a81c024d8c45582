#include "pipeline/turns.hpp"

#include <gtest/gtest.h>

#include <map>

namespace chairside {
namespace {

using namespace std::chrono_literals;

FramePtr frame(MonoTime taken, std::uint64_t number = 0) {
    auto out = std::make_shared<Frame>();
    out->info.mono = taken;
    out->info.sequence = number;
    return out;
}

const MonoTime kStart{1000s};

std::vector<bool> all(std::size_t cameras) {
    return std::vector<bool>(cameras, true);
}

TEST(Turns, TheNewestPictureWins) {
    Turns turns;
    const auto camera = turns.add({});
    for (std::uint64_t i = 0; i < 5; ++i)
        turns.put(camera, frame(kStart, i));
    const auto next = turns.next(kStart, all(1));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->frame->info.sequence, 4u);
    EXPECT_EQ(turns.drops(camera).newer, 4u);
    EXPECT_EQ(turns.came(camera), 5u);
    EXPECT_FALSE(turns.next(kStart, all(1)));
}

TEST(Turns, NothingOlderThanTwoSecondsIsLookedAt) {
    Turns turns;
    const auto camera = turns.add({});
    turns.put(camera, frame(kStart));
    EXPECT_FALSE(turns.next(kStart + 2001ms, all(1)));
    EXPECT_EQ(turns.drops(camera).too_old, 1u);
    turns.put(camera, frame(kStart));
    EXPECT_TRUE(turns.next(kStart + 2s, all(1)));
}

TEST(Turns, RecordingsLoseNothing) {
    Turns turns;
    const auto camera = turns.add({.live = false, .ages = false});
    turns.put(camera, frame(kStart, 0));
    EXPECT_TRUE(turns.room(camera));
    turns.put(camera, frame(kStart, 1));
    EXPECT_FALSE(turns.room(camera));
    EXPECT_EQ(turns.next(kStart + 1h, all(1))->frame->info.sequence, 0u);
    EXPECT_EQ(turns.next(kStart + 1h, all(1))->frame->info.sequence, 1u);
    EXPECT_EQ(turns.drops(camera).newer + turns.drops(camera).too_old, 0u);
}

// Each camera has a picture whenever it is asked; who got how many of `count`?
std::map<std::size_t, int> shares(Turns& turns, std::size_t cameras, int count) {
    std::map<std::size_t, int> out;
    for (int i = 0; i < count; ++i) {
        for (std::size_t c = 0; c < cameras; ++c)
            turns.put(c, frame(kStart));
        ++out[turns.next(kStart, all(cameras))->camera];
    }
    return out;
}

TEST(Turns, IsFairBetweenCameras) {
    Turns turns;
    for (int i = 0; i < 7; ++i)
        turns.add({});
    for (const auto& [camera, had] : shares(turns, 7, 700))
        EXPECT_EQ(had, 100) << camera;
}

TEST(Turns, CountsTheInferencesNotThePictures) {
    Turns turns;
    turns.add({});
    turns.add({.views = 3});
    const auto had = shares(turns, 2, 400);
    EXPECT_NEAR(had.at(0), 300, 2);
    EXPECT_NEAR(had.at(1), 100, 2);
}

TEST(Turns, WhoWasAwayGetsNoCredit) {
    Turns turns;
    turns.add({});
    turns.add({});
    for (int i = 0; i < 1000; ++i) {
        turns.put(0, frame(kStart));
        turns.next(kStart, all(2));
    }
    const auto had = shares(turns, 2, 100);
    EXPECT_NEAR(had.at(1), 50, 2);
}

TEST(Turns, OnlyThoseThatMay) {
    Turns turns;
    turns.add({});
    turns.add({});
    turns.put(0, frame(kStart));
    turns.put(1, frame(kStart));
    EXPECT_EQ(turns.next(kStart, {false, true})->camera, 1u);
    EXPECT_FALSE(turns.next(kStart, {false, true}));
    EXPECT_EQ(turns.next(kStart, {true, true})->camera, 0u);
}

}  // namespace
}  // namespace chairside
