#include "serve/pixelate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

namespace chairside {
namespace {

Image noise(int width, int height, unsigned seed) {
    Image out{width, height, width * 3, PixelFormat::kRgb24, {}, {}};
    std::minstd_rand random(seed);
    for (int i = 0; i < width * height * 3; ++i)
        out.bytes.push_back(static_cast<std::uint8_t>(random() >> 8));
    return out;
}

const std::uint8_t* at(const Image& image, int x, int y) {
    return image.bytes.data() + y * image.stride + 3 * x;
}

bool same(const Image& a, const Image& b, int x, int y) {
    return std::equal(at(a, x, y), at(a, x, y) + 3, at(b, x, y));
}

TEST(Pixelate, NothingOfAPersonIsLeftButAFewColours) {
    Image image = noise(320, 240, 1);
    const Image before = image;
    pixelate(image, {{100, 60, 60, 150}});
    std::set<std::array<std::uint8_t, 3>> colours;
    for (int y = 60; y < 210; ++y)
        for (int x = 100; x < 160; ++x)
            colours.insert({at(image, x, y)[0], at(image, x, y)[1], at(image, x, y)[2]});
    EXPECT_LE(colours.size(), 8u * 17u) << "of 9000 pixels";
    EXPECT_TRUE(same(image, before, 10, 10));
    EXPECT_TRUE(same(image, before, 310, 230));
}

TEST(Pixelate, WhatWasUnderASquareCannotBeToldApart) {
    // Two pictures with the same mean in each square look the same afterwards.
    Image a = noise(64, 64, 3), b = a;
    for (int y = 0; y < 64; ++y)
        std::reverse(b.bytes.begin() + y * b.stride, b.bytes.begin() + (y + 1) * b.stride);
    Image flat_a = a, flat_b = a;
    // b's squares are a's with their pixels in another order.
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; x += 8)
            for (int c = 0; c < 3; ++c)
                std::swap(flat_b.bytes[static_cast<std::size_t>(y * 192 + 3 * x + c)],
                          flat_b.bytes[static_cast<std::size_t>(y * 192 + 3 * (x + 7) + c)]);
    ASSERT_NE(flat_a.bytes, flat_b.bytes);
    pixelate(flat_a, {{0, 0, 40, 64}});
    pixelate(flat_b, {{0, 0, 40, 64}});
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 40; ++x)
            ASSERT_TRUE(same(flat_a, flat_b, x, y)) << x << ", " << y;
}

RC_GTEST_PROP(PixelateProperty, AnyBoxIsCoveredAndNothingOutsideThePictureIsTouched, ()) {
    const int width = *rc::gen::inRange(1, 80), height = *rc::gen::inRange(1, 80);
    Image image = noise(width, height, 7);
    const std::size_t size = image.bytes.size();
    const Box box{
        static_cast<double>(*rc::gen::inRange(-50, 100)), static_cast<double>(*rc::gen::inRange(-50, 100)),
        static_cast<double>(*rc::gen::inRange(0, 100)), static_cast<double>(*rc::gen::inRange(0, 100))};
    pixelate(image, {box});
    RC_ASSERT(image.bytes.size() == size);
    // Neighbours within the same square of 8 (the smallest; larger ones hold whole small ones only at 8, 16) are equal.
    if (box.w / 6 >= 16) return;
    for (int y = std::max(0, static_cast<int>(box.y));
         y < std::min<int>(height, static_cast<int>(box.bottom())); ++y)
        for (int x = std::max(0, static_cast<int>(box.x));
             x + 1 < std::min<int>(width, static_cast<int>(box.right())); ++x) {
            const int side = std::max(8, static_cast<int>(box.w / 6));
            if (x / side == (x + 1) / side)
                RC_ASSERT(std::equal(at(image, x, y), at(image, x, y) + 3, at(image, x + 1, y)));
        }
}

}  // namespace
}  // namespace chairside
