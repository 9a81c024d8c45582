#include "pipeline/detection_log.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

using namespace std::chrono_literals;

CameraConfig camera_with(const Polygon& polygon) {
    CameraConfig out;
    out.id = "front";
    ZoneConfig zone;
    zone.name = "bench";
    zone.type = ZoneType::kWait;
    zone.capacity = 12;
    zone.polygon = polygon;
    zone.dwell = 20s;
    zone.grace = 10s;
    out.zones = {zone};
    return out;
}

const Polygon kLeft = {{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}, kRight = {{0.5, 0}, {1, 0}, {1, 1}, {0.5, 1}};

// Somebody stands on the left for a minute and goes.
void put_somebody_on_the_left(DetectionLog& log) {
    for (int i = 0; i < 900; ++i) {
        Detections one;
        one.frame = {static_cast<std::uint64_t>(i), MonoTime(100ms * i), WallTime(1h + 100ms * i), 640, 480};
        const bool there = i >= 100 && i < 700;
        if (there) one.people = {{Box{120.0 + (i % 2), 150, 60, 160}, 0.9f}};
        log.put(one);
    }
}

TEST(DetectionLogTest, OtherZonesAreTriedOnWhatWasSeen) {
    DetectionLog log;
    put_somebody_on_the_left(log);
    const ZoneTrial left = log.tried(camera_with(kLeft), 1h), right = log.tried(camera_with(kRight), 1h);
    EXPECT_EQ(left.frames, 900u);
    EXPECT_EQ(left.from, WallTime(1h));
    ASSERT_EQ(left.zones.size(), 1u);
    EXPECT_EQ(left.zones[0].counted, 1);
    EXPECT_NEAR(to_seconds(left.zones[0].stays.at(0).dwell), 60, 3);
    EXPECT_EQ(right.zones[0].counted, 0);
    EXPECT_EQ(log.tried(camera_with(kLeft), 5s).zones[0].counted, 0) << "nobody was there in the last 5 s";
}

TEST(DetectionLogTest, WhatIsMoreThanThereIsRoomForPushesTheOldestOut) {
    DetectionLog log(1);  // for 3601 pictures and 14404 people
    Detections crowd{{0, {}, {}, 640, 480}, std::vector<Detection>(10, {Box{120, 150, 60, 160}, 0.9f})};
    for (int i = 0; i < 2000; ++i) {
        crowd.frame.mono = MonoTime(1s * i);
        log.put(crowd);
    }
    EXPECT_EQ(log.tried(camera_with(kLeft), 1h).frames, 1440u);
    for (int i = 0; i < 4000; ++i)
        log.put({{0, MonoTime(2000s + 100ms * i), {}, 640, 480}, {}});
    EXPECT_EQ(log.tried(camera_with(kLeft), 1h).frames, 3601u);
}

TEST(DetectionLogTest, WhoWasSeenIsTheSameAfterTheRoomWasUsedManyTimes) {
    DetectionLog log(1);
    for (int i = 0; i < 20'000; ++i)
        log.put({{0, MonoTime(-24h + 1s * i), {}, 640, 480},
                 std::vector<Detection>(static_cast<std::size_t>(i % 7), {Box{400, 150, 60, 160}, 0.9f})});
    put_somebody_on_the_left(log);
    EXPECT_EQ(log.tried(camera_with(kLeft), 89s).zones[0].counted, 1);
    EXPECT_EQ(log.tried(camera_with(kRight), 89s).zones[0].counted, 0);
}

TEST(DetectionLogTest, OnlyAnHourIsKept) {
    DetectionLog log;
    for (int i = 0; i < 400; ++i)
        log.put({{0, MonoTime(30s * i), WallTime(30s * i), 640, 480}, {}});
    EXPECT_EQ(log.tried(camera_with(kLeft), 2h).frames, 121u);
    EXPECT_EQ(DetectionLog().tried(camera_with(kLeft), 1h).frames, 0u);
}

}  // namespace
}  // namespace chairside
