// FrameSource on files: times, sampling, loops, waiting, stopping.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <future>
#include <thread>

#include "capture/frame_source.hpp"
#include "capture/video_writer.hpp"
#include "corpus/videos/generated_videos.hpp"
#include "support/manual_clock.hpp"
#include "support/source_reader.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using testing::generated_video;
using testing::ManualClock;
using testing::read_all;

class Source : public ::testing::Test {
  protected:
    void SetUp() override { CHAIRSIDE_NEEDS_VIDEOS(); }

    static SourceOptions options(const std::string& name, double target_fps = 0) {
        SourceOptions o;
        o.source = generated_video(name).string();
        o.target_fps = target_fps;
        o.mono_from_zero = true;
        o.views = {{.region = {0, 0, 1, 1}, .width = 32, .height = 32}};
        return o;
    }
    std::vector<double> times(const SourceOptions& o, std::size_t limit = 100'000) {
        std::vector<double> out;
        for (const auto& frame : read_all(o, clock, limit).frames)
            out.push_back(to_seconds(frame.mono));
        return out;
    }

    ManualClock clock;
};

TEST_F(Source, gives_every_frame_of_a_10_fps_file_once_at_10_fps) {
    for (const char* name : {"ten_fps.mp4", "ten_fps.mkv"}) {
        const auto at = times(options(name, 10));
        ASSERT_EQ(at.size(), 60u) << name;
        for (std::size_t i = 0; i < at.size(); ++i)
            EXPECT_NEAR(at[i], 0.1 * static_cast<double>(i), 0.001) << name;
    }
}

TEST_F(Source, thins_25_to_10_and_30_to_5_by_time) {
    const auto ten = times(options("normal.mp4", 10));
    ASSERT_EQ(ten.size(), 40u);
    for (std::size_t i = 0; i < ten.size(); ++i)
        EXPECT_NEAR(ten[i], 0.1 * static_cast<double>(i), 0.0201);
    const auto five = times(options("thirty_fps.mkv", 5));
    ASSERT_EQ(five.size(), 20u);
    for (std::size_t i = 0; i < five.size(); ++i)
        EXPECT_NEAR(five[i], 0.2 * static_cast<double>(i), 0.0171);
}

TEST_F(Source, gives_all_frames_of_a_variable_rate_with_their_own_times) {
    const auto at = times(options("vfr.mkv"));
    ASSERT_GT(at.size(), 90u);
    double shortest = 1, longest = 0;
    for (std::size_t i = 1; i < at.size(); ++i) {
        shortest = std::min(shortest, at[i] - at[i - 1]);
        longest = std::max(longest, at[i] - at[i - 1]);
    }
    EXPECT_NEAR(shortest, 0.04, 0.002);
    EXPECT_NEAR(longest, 0.28, 0.002);
    // At 2 fps the longest gap is below the grid's distance, so no instant stays without a frame.
    const auto thinned = times(options("vfr.mkv", 2));
    ASSERT_EQ(thinned.size(), 16u);
    for (std::size_t i = 0; i < thinned.size(); ++i)
        EXPECT_NEAR(thinned[i], 0.5 * static_cast<double>(i), 0.1401);
}

TEST_F(Source, starts_at_zero_though_the_stream_starts_late) {
    const auto at = times(options("late_start.ts"));
    ASSERT_EQ(at.size(), 100u);
    EXPECT_DOUBLE_EQ(at.front(), 0.0);
    EXPECT_NEAR(at.back(), 3.96, 0.001);
}

TEST_F(Source, shows_b_frames_in_their_order) {
    const auto at = times(options("bframes.mkv"));
    ASSERT_EQ(at.size(), 75u);
    for (std::size_t i = 0; i < at.size(); ++i)
        EXPECT_NEAR(at[i], 0.04 * static_cast<double>(i), 0.001);
}

TEST_F(Source, relates_mono_and_wall_to_the_time_of_opening) {
    auto o = options("ten_fps.mp4");
    o.mono_from_zero = false;
    const auto run = read_all(o, clock);
    ASSERT_EQ(run.frames.size(), 60u);
    EXPECT_EQ(run.frames[0].mono, clock.mono_now());
    EXPECT_EQ(run.frames[0].wall, clock.wall_now());
    EXPECT_EQ(run.frames[59].mono, clock.mono_now() + 5900ms);
    EXPECT_EQ(run.frames[59].wall, clock.wall_now() + 5900ms);
    EXPECT_EQ(run.frames[59].sequence, 59u);
}

TEST_F(Source, takes_the_wall_time_of_the_first_frame_from_the_options) {
    auto o = options("ten_fps.mp4");
    o.start_time = WallTime(1'700'000'000s);
    const auto run = read_all(o, clock);
    ASSERT_EQ(run.frames.size(), 60u);
    EXPECT_EQ(run.frames[10].wall, WallTime(1'700'000'001s));
}

TEST_F(Source, goes_on_in_time_over_loops) {
    auto o = options("ten_fps.mp4", 10);
    o.loop = true;
    const auto at = times(o, 185);
    ASSERT_EQ(at.size(), 185u);
    for (std::size_t i = 0; i < at.size(); ++i)
        EXPECT_NEAR(at[i], 0.1 * static_cast<double>(i), 0.001) << i;
}

std::size_t open_files() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        count += entry.path().empty() ? 0 : 1;
    return count;
}

TEST_F(Source, leaves_no_files_open_over_many_loops) {
    auto o = options("odd_size.avi");
    o.loop = true;
    auto source = open_source(o, clock);
    ASSERT_TRUE(source) << source.error().message;
    const auto before = open_files();
    EXPECT_EQ(read_all(**source, 500).frames.size(), 500u);
    EXPECT_LE(open_files(), before);
}

TEST_F(Source, reports_progress_of_a_file) {
    auto source = open_source(options("ten_fps.mp4"), clock);
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->progress(), 0.0);
    read_all(**source, 31);
    EXPECT_NEAR(*(*source)->progress(), 0.5, 0.02);
    read_all(**source);
    EXPECT_GT(*(*source)->progress(), 0.95);
}

TEST_F(Source, describes_the_stream) {
    const auto run = read_all(options("normal.mp4"), clock, 1);
    EXPECT_EQ(run.info.width, 320);
    EXPECT_EQ(run.info.height, 240);
    EXPECT_DOUBLE_EQ(run.info.fps, 25);
    EXPECT_EQ(run.info.codec, "h264");
    ASSERT_TRUE(run.info.duration);
    EXPECT_NEAR(to_seconds(*run.info.duration), 4, 0.1);
}

TEST_F(Source, keeps_saying_end_at_the_end) {
    auto source = open_source(options("odd_size.avi"), clock);
    ASSERT_TRUE(source);
    ASSERT_EQ(read_all(**source).end->kind, ErrorKind::kEnd);
    EXPECT_EQ((*source)->next().error().kind, ErrorKind::kEnd);
}

TEST_F(Source, waits_in_real_time_until_a_frame_is_due) {
    auto o = options("ten_fps.mp4");
    o.realtime = true;
    auto source = open_source(o, clock);
    ASSERT_TRUE(source);
    ASSERT_TRUE((*source)->next());  // due at once
    auto second = std::async(std::launch::async, [&] { return (*source)->next(); });
    EXPECT_EQ(second.wait_for(50ms), std::future_status::timeout);
    clock.advance(99ms);
    EXPECT_EQ(second.wait_for(50ms), std::future_status::timeout);
    clock.advance(1ms);
    ASSERT_EQ(second.wait_for(5s), std::future_status::ready);
    EXPECT_EQ((*second.get())->info.mono, MonoTime(100ms));
    // Who comes late gets what is overdue without waiting.
    clock.advance(1s);
    EXPECT_EQ(read_all(**source, 10).frames.size(), 10u);
}

TEST_F(Source, in_real_time_a_computer_that_is_too_slow_does_not_fall_behind_for_ever) {
    auto o = options("ten_fps.mp4");
    o.realtime = true;
    auto source = open_source(o, clock);
    ASSERT_TRUE(source);
    const MonoTime start = clock.mono_now();
    const auto first = (*source)->next();
    ASSERT_TRUE(first);
    const Duration wall_ahead =
        (*first)->info.wall.time_since_epoch() - (*first)->info.mono.time_since_epoch();
    Duration previous{};
    for (int i = 0; i < 20; ++i) {  // half a second for each tenth
        clock.advance(500ms);
        const auto frame = (*source)->next();
        ASSERT_TRUE(frame);
        const auto& info = (*frame)->info;
        EXPECT_LE(clock.mono_now() - start - info.mono.time_since_epoch(), 2s) << i;
        EXPECT_GT(info.mono.time_since_epoch(), previous) << i;
        EXPECT_EQ(info.wall.time_since_epoch() - info.mono.time_since_epoch(), wall_ahead) << i;
        previous = info.mono.time_since_epoch();
    }
    EXPECT_GE(previous, 8s);
}

TEST_F(Source, stop_ends_a_wait_at_once) {
    auto o = options("ten_fps.mp4");
    o.realtime = true;
    auto source = open_source(o, clock);
    ASSERT_TRUE(source);
    ASSERT_TRUE((*source)->next());
    auto waiting = std::async(std::launch::async, [&] { return (*source)->next(); });
    EXPECT_EQ(waiting.wait_for(50ms), std::future_status::timeout);
    const auto begin = std::chrono::steady_clock::now();
    (*source)->stop();
    const auto result = waiting.get();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 500ms);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
    EXPECT_EQ((*source)->next().error().kind, ErrorKind::kCancelled);
}

TEST_F(Source, can_be_cancelled_before_it_opens) {
    const std::atomic<bool> cancel{true};
    const auto source = open_source(options("normal.mp4"), clock, &cancel);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().kind, ErrorKind::kCancelled);
}

TEST_F(Source, uses_its_buffers_again) {
    auto source = open_source(options("ten_fps.mp4"), clock);
    ASSERT_TRUE(source);
    const auto* first = (*(*source)->next())->views[0].bytes.data();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ((*(*source)->next())->views[0].bytes.data(), first);
}

TEST_F(Source, follows_a_change_of_size_in_the_middle) {
    auto small = testing::read_bytes(generated_video("raw.h264"));
    const auto large = testing::read_bytes(generated_video("raw_large.h264"));
    small.insert(small.end(), large.begin(), large.end());
    auto o = options("raw.h264");
    o.source = testing::write_bytes(testing::scratch_file("two_sizes.h264"), small).string();
    const auto run = read_all(o, clock);
    ASSERT_EQ(run.frames.size(), 125u);
    EXPECT_EQ(run.frames.front().width, 320);
    EXPECT_EQ(run.frames.front().height, 240);
    EXPECT_EQ(run.frames.back().width, 480);
    EXPECT_EQ(run.frames.back().height, 360);
    EXPECT_EQ(run.info.width, 480);
    for (std::size_t i = 1; i < run.frames.size(); ++i)
        EXPECT_GT(run.frames[i].mono, run.frames[i - 1].mono);
}

TEST_F(Source, joins_two_recordings_in_one_file) {
    auto bytes = testing::read_bytes(generated_video("normal.ts"));
    const auto again = bytes;
    bytes.insert(bytes.end(), again.begin(), again.end());
    auto o = options("normal.ts");
    o.source = testing::write_bytes(testing::scratch_file("joined.ts"), bytes).string();
    const auto at = times(o);
    ASSERT_GE(at.size(), 198u);
    EXPECT_NEAR(at.back(), 7.96, 0.1);
    for (std::size_t i = 1; i < at.size(); ++i)
        EXPECT_GT(at[i], at[i - 1]);
}

// A room with a slope of grey; a dark square in it from picture `from` on, which walks.
std::filesystem::path room(const std::string& name, int pictures, int from) {
    const auto file = testing::scratch_file(name);
    auto writer = open_video_writer(file, 320, 240, 10);
    EXPECT_TRUE(writer);
    Image image{.width = 320, .height = 240, .stride = 960, .bytes = {}, .content = {}};
    image.bytes.resize(960 * 240);
    for (int i = 0; i < pictures; ++i) {
        for (int y = 0; y < 240; ++y) {
            for (int x = 0; x < 320; ++x) {
                const int left = (i - from) * 5;
                const bool inside = i >= from && x >= left && x < left + 30 && y >= 80 && y < 180;
                std::memset(image.bytes.data() + y * 960 + x * 3, inside ? 20 : 60 + x / 2, 3);
            }
        }
        EXPECT_TRUE((*writer)->write(image, MonoTime(i * 100ms)));
    }
    EXPECT_TRUE((*writer)->finish());
    return file;
}

TEST_F(Source, pictures_in_which_nothing_moves_come_once_a_second) {
    auto o = options("normal.mp4", 10);
    o.source = room("room.mp4", 100, 70).string();
    EXPECT_EQ(times(o).size(), 100u);
    o.skip_still = true;
    auto source = open_source(o, clock);
    ASSERT_TRUE(source);
    std::vector<double> at;
    while (auto frame = (*source)->next())
        at.push_back(to_seconds((*frame)->info.mono));
    EXPECT_EQ((*source)->counters().still, 100 - at.size());
    const auto count = [&](double from, double to) {
        return std::count_if(at.begin(), at.end(),
                             [&](double t) { return t > from - 0.01 && t < to - 0.01; });
    };
    EXPECT_NEAR(static_cast<double>(count(2, 7)), 5, 1);
    EXPECT_EQ(count(7, 10), 30);
}

TEST_F(Source, a_limit_on_the_rate_holds_from_the_next_picture_on) {
    std::atomic<double> limit = 0;
    auto o = options("normal.mp4", 10);
    o.loop = true;
    o.fps_limit = &limit;
    auto source = open_source(o, clock);
    ASSERT_TRUE(source);
    const auto seconds_of = [&](int pictures) {
        const auto first = (*source)->next().value()->info.mono;
        MonoTime last = first;
        for (int i = 0; i < pictures; ++i)
            last = (*source)->next().value()->info.mono;
        return to_seconds(last - first);
    };
    EXPECT_NEAR(seconds_of(40), 4, 0.1);
    limit = 2.5;
    (*source)->next().value();
    EXPECT_NEAR(seconds_of(20), 8, 0.5);
    limit = 100;  // no more than the target
    (*source)->next().value();
    EXPECT_NEAR(seconds_of(40), 4, 0.1);
}

TEST_F(Source, pictures_that_no_other_needs_stay_undecoded_where_enough_are_left) {
    auto o = options("bframes.mkv", 4);
    o.loop = true;
    const auto decoded = [&](bool spare) {
        o.spare_decoding = spare;
        auto source = open_source(o, clock);
        EXPECT_TRUE(source);
        for (int i = 0; i < 80; ++i)
            EXPECT_TRUE((*source)->next());
        return (*source)->counters().decoded;
    };
    const auto all = decoded(false), spared = decoded(true);
    EXPECT_NEAR(static_cast<double>(all), 25.0 / 4 * 80, 30);
    EXPECT_LT(spared, all * 8 / 10);
}

TEST_F(Source, what_no_chip_decodes_the_cpu_does) {
    auto o = options("normal.mp4");
    o.decode_on = DecodeOn::kVaapi;
    EXPECT_EQ(times(o).size(), 100u);
    o.decode_on = DecodeOn::kAuto;
    EXPECT_EQ(times(o).size(), 100u);
}

}  // namespace
}  // namespace chairside
