// What the pictures look like: colours, regions, letterboxes, sizes.

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "capture/frame_source.hpp"
#include "corpus/videos/generated_videos.hpp"
#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using testing::generated_video;

class Views : public ::testing::Test {
  protected:
    void SetUp() override { CHAIRSIDE_NEEDS_VIDEOS(); }

    // The first picture of a video in these views.
    static FramePtr first(const std::string& name, std::vector<ViewSpec> views) {
        SourceOptions o;
        o.source = generated_video(name).string();
        o.views = std::move(views);
        testing::ManualClock clock;
        auto source = open_source(o, clock);
        if (!source) throw std::runtime_error(source.error().message);
        auto frame = (*source)->next();
        if (!frame) throw std::runtime_error(frame.error().message);
        return *frame;
    }
    static Image image(const std::string& name, const ViewSpec& view) {
        return first(name, {view})->views.at(0);
    }
};

using Pixel = std::array<int, 3>;

Pixel pixel(const Image& image, int x, int y) {
    const auto* p = image.bytes.data() + static_cast<std::ptrdiff_t>(y) * image.stride +
                    static_cast<std::ptrdiff_t>(x) * 3;
    return {p[0], p[1], p[2]};
}

bool near(const Pixel& a, const Pixel& b, int tolerance = 6) {
    for (std::size_t i = 0; i < 3; ++i) {
        if (std::abs(a[i] - b[i]) > tolerance) return false;
    }
    return true;
}

#define EXPECT_PIXEL(image, x, y, ...)                                                           \
    EXPECT_TRUE(near(pixel(image, x, y), Pixel{__VA_ARGS__}))                                    \
        << x << "," << y << ": " << pixel(image, x, y)[0] << " " << pixel(image, x, y)[1] << " " \
        << pixel(image, x, y)[2]

constexpr Pixel kGrey{114, 114, 114};

TEST_F(Views, red_is_red_in_both_orders_and_at_any_size) {
    for (const char* name : {"red.mkv", "red_full_range.avi", "red_ten_bit.mkv", "red_hd.mkv"}) {
        for (const int side : {0, 101, 300, 700}) {
            const auto rgb = image(name, {.width = side, .height = side, .format = PixelFormat::kRgb24});
            EXPECT_PIXEL(rgb, rgb.width / 2, rgb.height / 2, 254, 0, 0) << name << " " << side;
            EXPECT_PIXEL(rgb, rgb.width - 1, rgb.height - 1, 254, 0, 0) << name << " " << side;
            const auto bgr = image(name, {.width = side, .height = side, .format = PixelFormat::kBgr24});
            EXPECT_PIXEL(bgr, bgr.width / 2, bgr.height / 2, 0, 0, 254) << name << " " << side;
        }
    }
}

TEST_F(Views, yuv_planes_lie_one_after_the_other) {
    const auto yuv = image("red.mkv", {.width = 101, .height = 75, .format = PixelFormat::kYuv420});
    ASSERT_EQ(yuv.bytes.size(), 101u * 75 + 2 * 51 * 38);
    EXPECT_EQ(yuv.stride, 101);
    for (std::size_t i = 0; i < 101u * 75; ++i)
        ASSERT_NEAR(yuv.bytes[i], 81, 2) << i;
    for (std::size_t i = 101u * 75; i < 101u * 75 + 51 * 38; ++i)
        ASSERT_NEAR(yuv.bytes[i], 90, 2) << i;
    for (std::size_t i = 101u * 75 + 51 * 38; i < yuv.bytes.size(); ++i)
        ASSERT_NEAR(yuv.bytes[i], 240, 2) << i;
}

// The picture's quarters are red, green, blue and white.
TEST_F(Views, cuts_the_region_that_was_asked_for) {
    const auto frame = first("quarters.mkv", {{.region = {0, 0, 0.5, 0.5}, .width = 64, .height = 48},
                                              {.region = {0.5, 0, 0.5, 0.5}, .width = 64, .height = 48},
                                              {.region = {0, 0.5, 0.5, 0.5}, .width = 64, .height = 48},
                                              {.region = {0.5, 0.5, 0.5, 0.5}, .width = 0, .height = 0},
                                              {.region = {0.25, 0.25, 0.5, 0.5}, .width = 64, .height = 48}});
    ASSERT_EQ(frame->views.size(), 5u);
    for (const auto& [x, y] : {std::pair{2, 2}, std::pair{61, 45}}) {
        EXPECT_PIXEL(frame->views[0], x, y, 254, 0, 0);
        EXPECT_PIXEL(frame->views[1], x, y, 0, 255, 0);
        EXPECT_PIXEL(frame->views[2], x, y, 0, 0, 254);
        EXPECT_PIXEL(frame->views[3], x, y, 255, 255, 255);
    }
    EXPECT_EQ(frame->views[3].width, 160);
    EXPECT_EQ(frame->views[3].height, 120);
    EXPECT_PIXEL(frame->views[4], 2, 2, 254, 0, 0);
    EXPECT_PIXEL(frame->views[4], 61, 2, 0, 255, 0);
    EXPECT_PIXEL(frame->views[4], 2, 45, 0, 0, 254);
    EXPECT_PIXEL(frame->views[4], 61, 45, 255, 255, 255);
}

TEST_F(Views, stretch_fills_the_whole_image) {
    const auto view = image("quarters.mkv", {.width = 100, .height = 100});
    EXPECT_EQ(view.content, (Box{0, 0, 100, 100}));
    EXPECT_PIXEL(view, 99, 99, 255, 255, 255);
}

TEST_F(Views, letterbox_keeps_the_aspect_at_the_top_left) {
    const auto view = image("quarters.mkv", {.width = 200, .height = 200, .fit = Fit::kLetterbox});  // 4:3
    EXPECT_EQ(view.content, (Box{0, 0, 200, 150}));
    EXPECT_PIXEL(view, 1, 1, 254, 0, 0);
    EXPECT_PIXEL(view, 198, 148, 255, 255, 255);
    for (int x = 0; x < 200; ++x) {
        EXPECT_EQ(pixel(view, x, 150), kGrey);
        EXPECT_EQ(pixel(view, x, 199), kGrey);
    }
}

TEST_F(Views, letterbox_leaves_grey_at_the_right_of_a_wide_image) {
    const auto view = image("quarters.mkv", {.width = 301, .height = 101, .fit = Fit::kLetterbox});
    EXPECT_EQ(view.content, (Box{0, 0, 135, 101}));
    for (int y = 0; y < 101; ++y) {
        EXPECT_NE(pixel(view, 134, y), kGrey);
        for (int x = 135; x < 301; ++x)
            ASSERT_EQ(pixel(view, x, y), kGrey) << x << "," << y;
    }
}

TEST_F(Views, centred_letterbox_has_grey_on_both_sides) {
    const auto view =
        image("quarters.mkv",
              {.width = 300, .height = 100, .format = PixelFormat::kBgr24, .fit = Fit::kLetterboxCentered});
    EXPECT_EQ(view.content, (Box{83, 0, 133, 100}));
    EXPECT_EQ(pixel(view, 82, 50), kGrey);
    EXPECT_PIXEL(view, 84, 1, 0, 0, 254);
    EXPECT_PIXEL(view, 214, 98, 255, 255, 255);
    EXPECT_EQ(pixel(view, 216, 50), kGrey);
}

TEST_F(Views, views_of_every_good_video_come_in_every_format) {
    for (const auto& name : testing::good_videos()) {
        for (const auto format : {PixelFormat::kRgb24, PixelFormat::kBgr24, PixelFormat::kYuv420}) {
            const auto frame = first(name, {{.width = 97, .height = 53, .format = format},
                                            {.region = {0.3, 0.3, 0.33, 0.41},
                                             .width = 33,
                                             .height = 65,
                                             .format = format,
                                             .fit = Fit::kLetterboxCentered},
                                            {.width = 0, .height = 0, .format = format}});
            ASSERT_EQ(frame->views.size(), 3u);
            EXPECT_EQ(frame->views[0].width, 97);
            EXPECT_EQ(frame->views[2].width, frame->info.width) << name;
            EXPECT_EQ(frame->views[2].height, frame->info.height) << name;
        }
    }
}

TEST_F(Views, a_region_outside_the_picture_is_refused) {
    testing::ManualClock clock;
    SourceOptions o;
    o.source = generated_video("red.mkv").string();
    for (const Box& region :
         {Box{0.5, 0, 0.6, 1}, Box{-0.1, 0, 1, 1}, Box{0, 0, 0, 1}, Box{0, 0, std::nan(""), 1}}) {
        o.views = {{.region = region, .width = 10, .height = 10}};
        const auto source = open_source(o, clock);
        ASSERT_FALSE(source);
        EXPECT_EQ(source.error().kind, ErrorKind::kInvalid);
    }
}

}  // namespace
}  // namespace chairside
