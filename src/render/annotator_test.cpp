#include "render/annotator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

// Fontconfig keeps the patterns of its configuration to the end of the process, about 1 kB in all, whatever
// is drawn.
extern "C" const char*
__lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig\n";
}

namespace chairside {
namespace {

using namespace std::chrono_literals;
using Pixel = std::array<int, 3>;

Image grey(int width, int height) {
    Image image{.width = width, .height = height, .stride = width * 3, .bytes = {}, .content = {}};
    image.content = {0, 0, static_cast<double>(width), static_cast<double>(height)};
    image.bytes.assign(static_cast<std::size_t>(image.stride) * height, 128);
    return image;
}

Pixel pixel(const Image& image, int x, int y) {
    const auto* p = image.bytes.data() + static_cast<std::ptrdiff_t>(y) * image.stride +
                    static_cast<std::ptrdiff_t>(x) * 3;
    return {p[0], p[1], p[2]};
}

// How much more of one colour than of another a region has, summed over its pixels.
double excess(const Image& image, const Box& region, std::size_t more, std::size_t less) {
    double sum = 0;
    for (int y = static_cast<int>(region.y); y < region.bottom(); ++y) {
        for (int x = static_cast<int>(region.x); x < region.right(); ++x)
            sum += pixel(image, x, y)[more] - pixel(image, x, y)[less];
    }
    return sum;
}

AnnotatedZone zone(const std::string& name, const Box& b, int occupants, double dwell_s, bool counted) {
    AnnotatedZone z;
    z.zone.name = name;
    z.zone.polygon = {{b.x, b.y}, {b.right(), b.y}, {b.right(), b.bottom()}, {b.x, b.bottom()}};
    z.zone.dwell = 120s;
    z.occupants = occupants;
    z.longest_dwell_s = dwell_s;
    z.counted = counted;
    return z;
}

Tracks person(const Box& box, bool coasted = false) {
    Tracks tracks;
    Track track;
    track.id.value = 12;
    track.box = box;
    track.age_s = 75;
    track.coasted = coasted;
    tracks.people.push_back(track);
    return tracks;
}

FrameInfo frame_info(int width, int height) {
    FrameInfo frame;
    frame.width = width;
    frame.height = height;
    return frame;
}

TEST(Annotator, DarkensWhatIsIgnored) {
    Image image = grey(640, 480);
    Annotator annotator(
        {.time_zone = {}, .ignored = {{"mirror", {{0.5, 0.5}, {0.9, 0.5}, {0.9, 0.9}, {0.5, 0.9}}}}});
    FrameInfo frame;
    frame.width = 640;
    frame.height = 480;
    ASSERT_TRUE(annotator.draw(image, frame, {}, {}, ""));
    EXPECT_LT(pixel(image, 560, 410)[0], 100);
    EXPECT_EQ(pixel(image, 100, 300)[0], 128);
}

TEST(Annotator, colours_a_zone_by_its_state) {
    Image image = grey(768, 576);
    Annotator annotator;
    ASSERT_TRUE(annotator.draw(
        image, frame_info(768, 576), {},
        {zone("Empty", {0.05, 0.3, 0.2, 0.4}, 0, 0, false), zone("Busy", {0.4, 0.3, 0.2, 0.4}, 1, 30, false),
         zone("Counted", {0.7, 0.3, 0.2, 0.4}, 1, 130, true)},
        "0 haircuts"));
    const auto empty = pixel(image, 115, 320), busy = pixel(image, 384, 320),
               counted = pixel(image, 614, 320);
    EXPECT_NEAR(empty[0], empty[2], 3);
    EXPECT_GT(busy[0], busy[2] + 20);        // orange: more red than blue
    EXPECT_GT(counted[1], counted[0] + 20);  // green: more green than red
}

TEST(Annotator, draws_a_box_where_the_person_is_at_any_size_of_the_picture) {
    Image image = grey(384, 288);  // half of the source
    Annotator annotator;
    ASSERT_TRUE(annotator.draw(image, frame_info(768, 576), person({200, 200, 100, 240}), {}, ""));
    EXPECT_GT(pixel(image, 100, 180)[2], pixel(image, 100, 180)[0] + 60);  // left edge, sky blue
    EXPECT_GT(pixel(image, 150, 180)[2], pixel(image, 150, 180)[0] + 60);  // right edge
    EXPECT_EQ(pixel(image, 125, 180), (Pixel{128, 128, 128}));             // inside
    EXPECT_EQ(pixel(image, 170, 180), (Pixel{128, 128, 128}));             // outside
}

TEST(Annotator, follows_a_letterboxed_picture) {
    Image image = grey(400, 400);
    image.content = {0, 50, 400, 300};
    Annotator annotator;
    ASSERT_TRUE(annotator.draw(image, frame_info(800, 600), person({200, 200, 100, 240}), {}, ""));
    EXPECT_GT(pixel(image, 100, 220)[2], pixel(image, 100, 220)[0] + 60);
}

TEST(Annotator, a_predicted_person_has_gaps_in_the_box) {
    const Box edge{199, 250, 3, 150};
    Image seen = grey(768, 576), predicted = grey(768, 576);
    Annotator annotator;
    ASSERT_TRUE(annotator.draw(seen, frame_info(768, 576), person({200, 200, 100, 240}), {}, ""));
    ASSERT_TRUE(annotator.draw(predicted, frame_info(768, 576), person({200, 200, 100, 240}, true), {}, ""));
    EXPECT_LT(excess(predicted, edge, 2, 0), 0.7 * excess(seen, edge, 2, 0));
    EXPECT_GT(excess(predicted, edge, 2, 0), 0.3 * excess(seen, edge, 2, 0));
}

TEST(Annotator, shows_how_much_of_the_dwell_time_has_passed) {
    double last = -1e9;
    for (const double dwell_s : {10.0, 60.0, 119.0}) {
        Image image = grey(768, 576);
        Annotator annotator;
        ASSERT_TRUE(annotator.draw(image, frame_info(768, 576), {},
                                   {zone("Chair", {0.3, 0.3, 0.4, 0.5}, 1, dwell_s, false)}, ""));
        const double orange = excess(image, {232, 170, 310, 40}, 0, 2);
        EXPECT_GT(orange, last);
        last = orange;
    }
}

TEST(Annotator, header_shows_time_since_the_first_picture) {
    Annotator annotator;
    Image first = grey(768, 576), same = grey(768, 576), later = grey(768, 576);
    FrameInfo frame = frame_info(768, 576);
    frame.mono = MonoTime(1000s);
    ASSERT_TRUE(annotator.draw(first, frame, {}, {}, "3 haircuts"));
    ASSERT_TRUE(annotator.draw(same, frame, {}, {}, "3 haircuts"));
    frame.mono += 61s;
    ASSERT_TRUE(annotator.draw(later, frame, {}, {}, "3 haircuts"));
    EXPECT_EQ(first.bytes, same.bytes);
    EXPECT_NE(first.bytes, later.bytes);
}

TEST(Annotator, the_same_input_gives_the_same_pixels) {
    Image a = grey(640, 480), b = grey(640, 480);
    for (Image* image : {&a, &b}) {
        Annotator annotator({TimeZone::utc()});
        ASSERT_TRUE(annotator.draw(*image, frame_info(640, 480), person({100, 100, 50, 120}),
                                   {zone("Chair 1", {0.1, 0.2, 0.3, 0.6}, 1, 12, false)}, "x"));
    }
    EXPECT_EQ(a.bytes, b.bytes);
}

TEST(Annotator, labels_do_not_cover_each_other) {
    // Two people at one place: with both labels there must be about twice as much ink as with one.
    const auto ink = [](const Image& image) {
        int dark = 0;
        for (int y = 60; y < 400; ++y) {
            for (int x = 0; x < 768; ++x)
                dark += pixel(image, x, y)[0] < 60 ? 1 : 0;
        }
        return dark;
    };
    Image one = grey(768, 576), two = grey(768, 576);
    Annotator annotator;
    Tracks tracks = person({200, 200, 100, 240});
    ASSERT_TRUE(annotator.draw(one, frame_info(768, 576), tracks, {}, ""));
    tracks.people.push_back(tracks.people[0]);
    ASSERT_TRUE(annotator.draw(two, frame_info(768, 576), tracks, {}, ""));
    EXPECT_GT(ink(two), 1.7 * ink(one));
}

TEST(Annotator, survives_odd_input) {
    Annotator annotator;
    for (const auto& [w, h] : {std::pair{1, 1}, std::pair{17, 900}, std::pair{321, 243}}) {
        Image image = grey(w, h);
        EXPECT_TRUE(annotator.draw(image, frame_info(0, 0), person({-50, -50, 0, 1e6}),
                                   {zone("", {0, 0, 1, 1}, 0, 1e9, true)}, ""));
    }
    Image image = grey(64, 64);
    const Image before = image;
    EXPECT_EQ(annotator.draw(image, frame_info(64, 64), {}, {}, "\xff\xfe").error().kind,
              ErrorKind::kInvalid);
    EXPECT_EQ(image.bytes, before.bytes);
    EXPECT_TRUE(annotator.draw(image, frame_info(64, 64), {}, {}, "fine again"));
    image.format = PixelFormat::kBgr24;
    EXPECT_EQ(annotator.draw(image, frame_info(64, 64), {}, {}, "").error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace chairside
