#include "capture/sampler.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace chairside {
namespace {

std::vector<std::size_t> taken(double fps, const std::vector<Duration>& times, Duration last_shown_for) {
    Sampler sampler(fps);
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const Duration next = i + 1 < times.size() ? times[i + 1] : times[i] + last_shown_for;
        if (sampler.take(times[i], next)) out.push_back(i);
    }
    return out;
}

std::vector<Duration> regular(double fps, int count) {
    std::vector<Duration> times;
    for (int i = 0; i < count; ++i)
        times.push_back(from_seconds(i / fps));
    return times;
}

TEST(Sampler, takes_every_frame_without_a_target) {
    EXPECT_EQ(taken(0, regular(25, 50), from_seconds(0.04)).size(), 50u);
}

TEST(Sampler, takes_every_frame_of_a_stream_at_the_target_rate) {
    for (const double fps : {5.0, 10.0, 15.0, 25.0, 29.97, 30.0}) {
        EXPECT_EQ(taken(fps, regular(fps, 1000), from_seconds(1 / fps)).size(), 1000u) << fps;
    }
}

TEST(Sampler, takes_every_frame_of_a_slower_stream) {
    EXPECT_EQ(taken(10, regular(7, 300), from_seconds(1.0 / 7)).size(), 300u);
    EXPECT_EQ(taken(10, regular(9.9, 300), from_seconds(1 / 9.9)).size(), 300u);
}

TEST(Sampler, keeps_every_frame_when_timestamps_jitter_by_a_third_of_a_frame) {
    auto times = regular(10, 200);
    for (std::size_t i = 0; i < times.size(); ++i)
        times[i] += from_seconds(i % 2 == 0 ? 0.0 : 0.03);
    EXPECT_EQ(taken(10, times, from_seconds(0.1)).size(), 200u);
}

TEST(Sampler, thins_25_to_10_without_drift) {
    const auto times = regular(25, 25 * 600);
    const auto frames = taken(10, times, from_seconds(0.04));
    ASSERT_EQ(frames.size(), 6000u);
    for (std::size_t k = 0; k < frames.size(); ++k)
        ASSERT_NEAR(to_seconds(times[frames[k]]), 0.1 * static_cast<double>(k), 0.0201) << k;
}

TEST(Sampler, thins_30_to_5_at_even_distances) {
    const auto frames = taken(5, regular(30, 300), from_seconds(1.0 / 30));
    ASSERT_EQ(frames.size(), 50u);
    for (std::size_t k = 0; k < frames.size(); ++k)
        EXPECT_EQ(frames[k], 6 * k);
}

TEST(Sampler, goes_on_after_a_gap_without_catching_up) {
    auto times = regular(25, 50);
    for (std::size_t i = 25; i < times.size(); ++i)
        times[i] += from_seconds(100);
    const auto frames = taken(5, times, from_seconds(0.04));
    EXPECT_LE(frames.size(), 12u);
    EXPECT_GE(frames.size(), 10u);
}

// A frame is taken exactly if some instant of the grid is nearest to it (the earlier of two that are as
// near).
RC_GTEST_PROP(SamplerProperty, takes_the_frames_nearest_to_the_grid, ()) {
    const auto steps = *rc::gen::container<std::vector<int>>(100, rc::gen::inRange(1, 300));
    const int fps = *rc::gen::inRange(1, 30);
    std::vector<Duration> times{Duration{}};
    for (const int ms : steps)
        times.push_back(times.back() + std::chrono::milliseconds(ms));
    std::vector<std::size_t> expected;
    const double end_s = to_seconds(times.back()) + 0.02 + 1e-9;
    for (int k = 0; k / static_cast<double>(fps) <= end_s; ++k) {
        const double instant = k / static_cast<double>(fps);
        std::size_t best = 0;
        for (std::size_t i = 1; i < times.size(); ++i) {
            if (std::abs(to_seconds(times[i]) - instant) < std::abs(to_seconds(times[best]) - instant) - 1e-9)
                best = i;
        }
        if (expected.empty() || expected.back() != best) expected.push_back(best);
    }
    RC_ASSERT(taken(fps, times, from_seconds(0.04)) == expected);
}

}  // namespace
}  // namespace chairside
