#include "capture/stream_times.hpp"

#include <gtest/gtest.h>

#include <random>

namespace chairside {
namespace {

using namespace std::chrono_literals;

TEST(FileTimes, begin_at_zero_whatever_the_first_timestamp_is) {
    FileTimes times(40ms);
    EXPECT_EQ(times.map(5000s, 40ms), 0ms);
    EXPECT_EQ(times.map(5000s + 40ms, 40ms), 40ms);
}

TEST(FileTimes, keep_real_gaps) {
    FileTimes times(40ms);
    times.map(0ms, 40ms);
    EXPECT_EQ(times.map(90s, 40ms), 90s);
    EXPECT_EQ(times.map(90s + 40ms, 40ms), 90s + 40ms);
}

TEST(FileTimes, go_on_at_the_nominal_rate_where_timestamps_are_missing) {
    FileTimes times(40ms);
    EXPECT_EQ(times.map(std::nullopt, 0ms), 0ms);
    EXPECT_EQ(times.map(std::nullopt, 0ms), 40ms);
    EXPECT_EQ(times.map(std::nullopt, 0ms), 80ms);
}

TEST(FileTimes, hold_a_small_step_back_and_return_to_the_stream) {
    FileTimes times(40ms);
    times.map(0ms, 40ms);
    times.map(200ms, 40ms);
    EXPECT_EQ(times.map(120ms, 40ms), 201ms);
    EXPECT_EQ(times.map(240ms, 40ms), 240ms);
}

TEST(FileTimes, join_recordings_whose_timestamps_start_again) {
    FileTimes times(40ms);
    times.map(100s, 40ms);
    times.map(110s, 40ms);
    EXPECT_EQ(times.map(0s, 40ms), 10s + 40ms);
    EXPECT_EQ(times.map(1s, 40ms), 11s + 40ms);
}

TEST(FileTimes, do_not_believe_a_jump_of_years) {
    FileTimes times(40ms);
    times.map(0s, 40ms);
    EXPECT_EQ(times.map(1'000'000h, 40ms), 40ms);
    EXPECT_EQ(times.map(80ms, 40ms), 80ms);
}

TEST(FileTimes, a_second_pass_follows_the_first_by_one_frame) {
    FileTimes times(40ms);
    times.map(7s, 40ms);
    times.map(7s + 100ms, 100ms);
    EXPECT_EQ(times.expected_next(), 200ms);
    times.start_over();
    EXPECT_EQ(times.map(7s, 40ms), 200ms);
    EXPECT_EQ(times.map(7s + 100ms, 100ms), 300ms);
}

// A stream of 10 fps whose frames arrive `delay` after they were taken, plus jitter.
struct Camera {
    explicit Camera(double jitter_s) : jitter(0, jitter_s) {}
    std::mt19937 random{7};
    std::uniform_real_distribution<double> jitter;
    MonoTime start{1000s};
    double rate = 1;  // of its clock against ours

    struct Picture {
        Duration pts;
        MonoTime arrival, taken;
    };
    Picture at(int i, Duration delay) {
        const Duration taken = from_seconds(i * 0.1);
        return {from_seconds(50 + i * 0.1 * rate), start + taken + delay + from_seconds(jitter(random)),
                start + taken};
    }
};

TEST(LiveTimes, take_the_jitter_of_the_network_out) {
    Camera camera(0.08);
    LiveTimes times;
    MonoTime last{};
    double worst = 0;
    for (int i = 0; i < 600; ++i) {
        const auto picture = camera.at(i, 30ms);
        const MonoTime time = times.map(picture.pts, picture.arrival);
        ASSERT_LE(time, picture.arrival + 1ms);
        ASSERT_GT(time, last);
        if (i > 100) worst = std::max(worst, std::abs(to_seconds(time - picture.taken) - 0.03));
        last = time;
    }
    EXPECT_LT(worst, 0.03);  // arrivals alone are wrong by up to 0.08
    EXPECT_NEAR(to_seconds(times.interval()), 0.1, 0.01);
}

TEST(LiveTimes, follow_a_camera_clock_that_is_one_in_a_thousand_fast_or_slow) {
    for (const double rate : {0.999, 1.001}) {
        Camera camera(0.02);
        camera.rate = rate;
        LiveTimes times;
        for (int i = 0; i < 36'000; ++i) {
            const auto picture = camera.at(i, 30ms);
            const MonoTime time = times.map(picture.pts, picture.arrival);
            ASSERT_NEAR(to_seconds(time - picture.taken), 0.04, 0.05) << i;
        }
    }
}

TEST(LiveTimes, a_stall_of_the_network_moves_times_little) {
    Camera camera(0.01);
    LiveTimes times;
    for (int i = 0; i < 300; ++i) {
        auto picture = camera.at(i, 30ms);
        // From 10 s on nothing arrives for 3 s; then all that waited comes at once.
        if (i >= 100 && i < 130) picture.arrival = camera.start + 13s + i * 1ms;
        const MonoTime time = times.map(picture.pts, picture.arrival);
        EXPECT_NEAR(to_seconds(time - picture.taken), 0.04, 0.12) << i;
    }
}

TEST(LiveTimes, anchor_again_when_the_stream_jumps) {
    LiveTimes times;
    times.map(0s, MonoTime(100s));
    times.map(1s, MonoTime(101s));
    EXPECT_EQ(times.map(5000s, MonoTime(102s)), MonoTime(102s));
    EXPECT_EQ(times.map(5001s, MonoTime(103s)), MonoTime(103s));
    EXPECT_EQ(times.map(3s, MonoTime(104s)), MonoTime(104s));
    EXPECT_EQ(times.map(4s, MonoTime(105s)), MonoTime(105s));
}

TEST(LiveTimes, use_the_arrival_where_timestamps_are_missing) {
    LiveTimes times;
    EXPECT_EQ(times.map(std::nullopt, MonoTime(100s)), MonoTime(100s));
    EXPECT_EQ(times.map(std::nullopt, MonoTime(100s + 70ms)), MonoTime(100s + 70ms));
    EXPECT_EQ(times.map(std::nullopt, MonoTime(100s + 70ms)), MonoTime(100s + 71ms));
}

}  // namespace
}  // namespace chairside
