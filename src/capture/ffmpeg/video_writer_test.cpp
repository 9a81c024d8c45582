#include "capture/video_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "capture/frame_source.hpp"
#include "corpus/videos/generated_videos.hpp"
#include "support/manual_clock.hpp"
#include "support/source_reader.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using testing::scratch_file;

// A square of one colour that moves over a slope of grey.
Image picture(int width, int height, int at) {
    Image image{.width = width, .height = height, .stride = width * 3, .bytes = {}, .content = {}};
    image.bytes.resize(static_cast<std::size_t>(image.stride) * height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            auto* p = image.bytes.data() + static_cast<std::ptrdiff_t>(y) * image.stride + x * 3;
            const bool inside = x >= at && x < at + 40 && y >= 20 && y < 60;
            p[0] = static_cast<std::uint8_t>(inside ? 200 : x * 255 / width);
            p[1] = inside ? std::uint8_t{30} : p[0];
            p[2] = inside ? std::uint8_t{60} : p[0];
        }
    }
    return image;
}

std::vector<std::uint8_t> written(const std::string& name, int width, int height,
                                  const std::vector<Duration>& times) {
    const auto file = scratch_file(name);
    auto writer = open_video_writer(file, width, height, 10);
    EXPECT_TRUE(writer) << writer.error().message;
    for (std::size_t i = 0; i < times.size(); ++i)
        EXPECT_TRUE((*writer)->write(picture(width, height, static_cast<int>(i) * 3), MonoTime(times[i])));
    EXPECT_TRUE((*writer)->finish());
    return testing::read_bytes(file);
}

std::vector<Duration> tenths(int count) {
    std::vector<Duration> times;
    for (int i = 0; i < count; ++i)
        times.push_back(5s + i * 100ms);
    return times;
}

TEST(VideoWriter, what_is_written_can_be_read_with_its_times_and_colours) {
    for (const char* name : {"round.mp4", "round.mkv", "round.avi"}) {
        written(name, 160, 120, tenths(30));
        SourceOptions o;
        o.source = scratch_file(name).string();
        o.target_fps = 0;
        o.mono_from_zero = true;
        o.views = {{.width = 0, .height = 0}};
        const testing::ManualClock clock;
        auto source = open_source(o, clock);
        ASSERT_TRUE(source) << source.error().message;
        for (int i = 0; i < 30; ++i) {
            const auto frame = (*source)->next();
            ASSERT_TRUE(frame) << name << " " << i << ": " << frame.error().message;
            EXPECT_NEAR(to_seconds((*frame)->info.mono), 0.1 * i, 0.001) << name;
            const auto& view = (*frame)->views[0];
            ASSERT_EQ(view.width, 160);
            const auto* middle =
                view.bytes.data() + static_cast<std::ptrdiff_t>(40) * view.stride + (i * 3 + 20) * 3;
            EXPECT_NEAR(middle[0], 200, 12);
            EXPECT_NEAR(middle[1], 30, 12);
            EXPECT_NEAR(middle[2], 60, 12);
        }
        EXPECT_EQ((*source)->next().error().kind, ErrorKind::kEnd);
    }
}

TEST(VideoWriter, keeps_uneven_times) {
    written("uneven.mp4", 160, 120, {0ms, 40ms, 500ms, 533ms, 3s});
    SourceOptions o;
    o.source = scratch_file("uneven.mp4").string();
    o.target_fps = 0;
    o.mono_from_zero = true;
    const testing::ManualClock clock;
    const auto run = testing::read_all(o, clock);
    ASSERT_EQ(run.frames.size(), 5u);
    EXPECT_NEAR(to_seconds(run.frames[2].mono), 0.5, 0.0011);
    EXPECT_NEAR(to_seconds(run.frames[4].mono), 3, 0.0011);
}

TEST(VideoWriter, the_same_pictures_give_the_same_bytes) {
    for (const char* ending : {".mp4", ".mkv", ".avi"}) {
        const auto a = written(std::string("a") + ending, 160, 120, tenths(20));
        const auto b = written(std::string("b") + ending, 160, 120, tenths(20));
        EXPECT_GT(a.size(), 1000u);
        EXPECT_TRUE(a == b) << ending;
    }
}

TEST(VideoWriter, writes_odd_sizes) {
    EXPECT_GT(written("odd.mp4", 321, 243, tenths(5)).size(), 1000u);
    SourceOptions o;
    o.source = scratch_file("odd.mp4").string();
    o.target_fps = 0;
    const testing::ManualClock clock;
    const auto run = testing::read_all(o, clock);
    EXPECT_EQ(run.frames.size(), 5u);
    EXPECT_EQ(run.info.width, 321);
    EXPECT_EQ(run.info.height, 243);
}

TEST(VideoWriter, says_what_is_wrong) {
    EXPECT_EQ(open_video_writer(scratch_file("x.webm"), 64, 64, 10).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(open_video_writer(scratch_file("x.mp4"), 0, 64, 10).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(open_video_writer(scratch_file("missing/folder/x.mp4"), 64, 64, 10).error().kind,
              ErrorKind::kIo);
    auto writer = open_video_writer(scratch_file("x.mp4"), 64, 64, 10);
    ASSERT_TRUE(writer);
    EXPECT_EQ((*writer)->write(picture(65, 64, 0), MonoTime{}).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace chairside
