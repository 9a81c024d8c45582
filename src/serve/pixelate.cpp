#include "serve/pixelate.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"

namespace chairside {
namespace {

constexpr double kAround = 0.15;      // of the box, on each side: boxes are not exact
constexpr double kSquaresAcross = 6;  // of a person's width
constexpr int kSmallestSquare = 8;    // pixels

int clamped(double value, int most) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(most)));
}

struct Area {
    int left, top, right, bottom;  // [left, right)
};

void flatten(Image& image, const Area& area) {
    std::array<std::uint64_t, 3> sum{};
    const auto count = static_cast<std::uint64_t>(area.right - area.left) *
                       static_cast<std::uint64_t>(area.bottom - area.top);
    if (count == 0) return;
    const auto each = [&](auto&& use) {
        for (int y = area.top; y < area.bottom; ++y) {
            std::uint8_t* pixel =
                image.bytes.data() + static_cast<std::ptrdiff_t>(y) * image.stride + 3 * area.left;
            for (int x = area.left; x < area.right; ++x, pixel += 3)
                use(pixel);
        }
    };
    each([&](const std::uint8_t* pixel) {
        for (std::size_t c = 0; c < 3; ++c)
            sum[c] += pixel[c];
    });
    each([&](std::uint8_t* pixel) {
        for (std::size_t c = 0; c < 3; ++c)
            pixel[c] = static_cast<std::uint8_t>(sum[c] / count);
    });
}

}  // namespace

void pixelate(Image& image, const std::vector<Box>& people) {
    CHAIRSIDE_CHECK(image.format == PixelFormat::kRgb24);
    for (const Box& person : people) {
        const double extra_x = person.w * kAround, extra_y = person.h * kAround;
        const Area area{clamped(std::floor(person.x - extra_x), image.width),
                        clamped(std::floor(person.y - extra_y), image.height),
                        clamped(std::ceil(person.right() + extra_x), image.width),
                        clamped(std::ceil(person.bottom() + extra_y), image.height)};
        const int side = std::max(kSmallestSquare, static_cast<int>(person.w / kSquaresAcross));
        // Squares lie on one grid for the whole picture, so that those of overlapping boxes tell no more than one.
        for (int y = area.top / side * side; y < area.bottom; y += side)
            for (int x = area.left / side * side; x < area.right; x += side)
                flatten(image, {x, y, std::min(x + side, image.width), std::min(y + side, image.height)});
    }
}

}  // namespace chairside
