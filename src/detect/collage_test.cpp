#include "detect/collage.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

constexpr CanvasSize kPicture{416, 416};
const std::vector<CanvasSize> kSizes{{192, 192}, {256, 256}, {320, 320}};

Box pixels(double x, double y, double w, double h) {
    return {x / kPicture.width, y / kPicture.height, w / kPicture.width, h / kPicture.height};
}

bool apart(const Patch& a, const Patch& b) {
    return a.to_x + a.width <= b.to_x || b.to_x + b.width <= a.to_x || a.to_y + a.height <= b.to_y ||
           b.to_y + b.height <= a.to_y;
}

TEST(Collage, TakesTheFirstSizeThatHoldsAll) {
    EXPECT_EQ(arrange({pixels(10, 10, 60, 150)}, kPicture, kSizes)->canvas, 0u);
    EXPECT_EQ(arrange({pixels(10, 10, 60, 200)}, kPicture, kSizes)->canvas, 1u);
    EXPECT_FALSE(arrange({pixels(0, 0, 400, 100)}, kPicture, kSizes));
    EXPECT_FALSE(arrange({}, kPicture, kSizes));
    EXPECT_FALSE(arrange({pixels(10, 10, 60, 150)}, kPicture, {}));
}

TEST(Collage, PeopleFarApartLieSideBySide) {
    const std::vector<Box> regions{pixels(0, 0, 60, 160), pixels(352, 250, 60, 160),
                                   pixels(200, 100, 64, 80)};
    const auto collage = arrange(regions, kPicture, kSizes);
    ASSERT_TRUE(collage);
    EXPECT_EQ(collage->canvas, 0u);
    ASSERT_EQ(collage->patches.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        const Patch& p = collage->patches[i];
        EXPECT_EQ(p.x % 8 + p.y % 8 + p.to_x % 8 + p.to_y % 8, 0) << "off the grid of the detector";
        EXPECT_LE(p.to_x + p.width, collage->size.width);
        EXPECT_LE(p.to_y + p.height, collage->size.height);
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_TRUE(apart(p, collage->patches[j]));
    }
}

TEST(Collage, RegionsThatOverlapAreOne) {
    // The third reaches the first only through the second.
    const auto collage =
        arrange({pixels(0, 0, 40, 40), pixels(80, 0, 40, 40), pixels(32, 8, 56, 24)}, kPicture, kSizes);
    ASSERT_TRUE(collage);
    EXPECT_EQ(collage->patches, (std::vector<Patch>{{0, 0, 120, 40, 0, 0}}));
}

TEST(Collage, PixelsAreCopiedAndTheRestIsGrey) {
    Image picture;
    picture.width = picture.height = 16;
    picture.stride = 64;  // rows with padding
    picture.format = PixelFormat::kBgr24;
    picture.bytes.resize(static_cast<std::size_t>(64) * 16);
    for (std::size_t i = 0; i < picture.bytes.size(); ++i)
        picture.bytes[i] = static_cast<std::uint8_t>(i % 251);
    const Collage collage{0, {24, 16}, {{8, 0, 8, 16, 0, 0}, {0, 8, 8, 8, 8, 0}}};
    Image out;
    paste(collage, picture, out);
    const auto at = [&](int x, int y) { return out.bytes[static_cast<std::size_t>(y) * out.stride + x * 3]; };
    EXPECT_EQ(at(3, 5), picture.bytes[5 * 64 + (8 + 3) * 3]);
    EXPECT_EQ(at(9, 2), picture.bytes[(8 + 2) * 64 + 1 * 3]);
    EXPECT_EQ(at(9, 12), 114);
    EXPECT_EQ(at(20, 0), 114);
    EXPECT_EQ(out.format, PixelFormat::kBgr24);
}

TEST(Collage, BoxesReturnToTheirPlaces) {
    const Collage collage{0, {192, 192}, {{200, 100, 80, 160, 0, 0}, {0, 256, 64, 160, 80, 0}}};
    const auto boxes = in_place(collage, kPicture, {{20, 30, 60, 130, 0.9f}, {84, 20, 120, 159, 0.8f}});
    ASSERT_EQ(boxes.size(), 2u);
    EXPECT_FLOAT_EQ(boxes[0].x0, 220);
    EXPECT_FLOAT_EQ(boxes[0].y1, 230);
    EXPECT_FLOAT_EQ(boxes[1].x0, 4);
    EXPECT_FLOAT_EQ(boxes[1].y1, 415) << "the picture's own edge cuts nobody";
}

TEST(Collage, WhoIsCutOrBetweenPatchesIsLeftOut) {
    const Collage collage{0, {192, 192}, {{200, 100, 80, 160, 0, 0}}};
    EXPECT_TRUE(in_place(collage, kPicture, {{1, 30, 40, 130, 0.9f}}).empty());
    EXPECT_TRUE(in_place(collage, kPicture, {{30, 30, 79, 130, 0.9f}}).empty());
    EXPECT_TRUE(in_place(collage, kPicture, {{100, 30, 140, 130, 0.9f}}).empty());
}

}  // namespace
}  // namespace chairside
