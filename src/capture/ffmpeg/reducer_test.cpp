// What the reducer makes of pictures, against averages and matrices worked out pixel by pixel.

#include "capture/ffmpeg/reducer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace chairside::av {
namespace {

using Wanted = Reducer::Wanted;

// A smooth picture whose rows are longer than its width; chroma in half the size, rounded up.
class Source {
  public:
    Source(int width, int height) : width_(width), height_(height), stride_(width + 13) {
        const int chroma_width = (width + 1) / 2, chroma_height = (height + 1) / 2;
        fill(luma_, stride_, width, height, [&](double x, double y) { return 40 + 150 * x + 40 * y; });
        fill(u_, stride_, chroma_width, chroma_height,
             [](double x, double y) { return 70 + 110 * x - 20 * y; });
        fill(v_, stride_, chroma_width, chroma_height,
             [](double x, double y) { return 170 - 90 * x + 30 * y; });
    }
    YuvPicture picture() const {
        return {{luma_.data(), u_.data(), v_.data()}, {stride_, stride_, stride_}, width_, height_};
    }
    struct Yuv {
        double y, u, v;
    };
    static Yuv at(double x, double y) {  // 0 to 1
        return {40 + 150 * x + 40 * y, 70 + 110 * x - 20 * y, 170 - 90 * x + 30 * y};
    }

  private:
    static void fill(std::vector<std::uint8_t>& plane, int stride, int width, int height, auto value) {
        plane.assign(static_cast<std::size_t>(stride) * height,
                     255);  // what lies beside the picture is not it
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                plane[static_cast<std::size_t>(y) * stride + x] =
                    static_cast<std::uint8_t>(std::lround(value((x + 0.5) / width, (y + 0.5) / height)));
    }
    int width_, height_, stride_;
    std::vector<std::uint8_t> luma_, u_, v_;
};

std::array<double, 3> rgb(Source::Yuv p, int colorspace, bool full) {
    const double kr = colorspace == SWS_CS_ITU709 ? 0.2126 : colorspace == SWS_CS_ITU601 ? 0.299 : 0.2627;
    const double kb = colorspace == SWS_CS_ITU709 ? 0.0722 : colorspace == SWS_CS_ITU601 ? 0.114 : 0.0593;
    const double luma = full ? p.y : (p.y - 16) * 255 / 219, gain = full ? 1 : 255.0 / 224;
    const double r = luma + 2 * (1 - kr) * gain * (p.v - 128), b = luma + 2 * (1 - kb) * gain * (p.u - 128);
    const double g = (luma - kr * r - kb * b) / (1 - kr - kb);
    return {std::clamp(r, 0.0, 255.0), std::clamp(g, 0.0, 255.0), std::clamp(b, 0.0, 255.0)};
}

struct Difference {
    double mean = 1e9, largest = 1e9;
};

// Between what comes out and what `truth` says of these colours.
Difference difference(const Source& source, const Wanted& wanted, const Wanted& truth) {
    const int stride = wanted.width * 3 + 5;
    std::vector<std::uint8_t> out(static_cast<std::size_t>(stride) * wanted.height);
    Reducer reducer;
    if (!reducer.reduce(source.picture(), wanted, out.data(), stride)) return {};
    double largest = 0, sum = 0;
    for (int y = 0; y < wanted.height; ++y)
        for (int x = 0; x < wanted.width; ++x) {
            const auto expected = rgb(Source::at((x + 0.5) / wanted.width, (y + 0.5) / wanted.height),
                                      truth.colours.colorspace, truth.colours.range != 0);
            const auto* pixel =
                out.data() + static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x) * 3;
            for (std::size_t c = 0; c < 3; ++c) {
                const double off = std::abs(pixel[wanted.red_first ? c : 2 - c] - expected[c]);
                largest = std::max(largest, off);
                sum += off;
            }
        }
    return {sum / (3.0 * wanted.width * wanted.height), largest};
}

// libyuv's coefficients have six bits, and chroma is not interpolated within a cell of it: a few levels are right.
constexpr double kMean = 2.5, kLargest = 14;

TEST(Reducer, AveragesAndColoursAreRightAtAnySizeAndInBothOrders) {
    for (const auto& [width, height] :
         {std::pair{1920, 1080}, {1280, 720}, {2688, 1520}, {1283, 723}, {833, 1667}}) {
        const Source source(width, height);
        for (const auto& [to_width, to_height] :
             {std::pair{416, 234}, {300, 300}, {97, 61}, {width / 2, height / 2}})
            for (const bool red_first : {true, false}) {
                const Wanted wanted{to_width, to_height, red_first, {SWS_CS_ITU709, 0}};
                const auto off = difference(source, wanted, wanted);
                EXPECT_LT(off.mean, kMean)
                    << width << "x" << height << " to " << to_width << "x" << to_height;
                EXPECT_LT(off.largest, kLargest)
                    << width << "x" << height << " to " << to_width << "x" << to_height;
            }
    }
}

TEST(Reducer, EachMatrixAndRangeIsItsOwn) {
    const Source source(1280, 720);
    const auto wanted = [](int colorspace, int range) { return Wanted{416, 416, true, {colorspace, range}}; };
    for (const int colorspace : {SWS_CS_ITU709, SWS_CS_ITU601, SWS_CS_BT2020})
        for (const int range : {0, 1}) {
            const double own = difference(source, wanted(colorspace, range), wanted(colorspace, range)).mean;
            EXPECT_LT(own, kMean) << colorspace << " " << range;
            for (const int other : {SWS_CS_ITU709, SWS_CS_ITU601, SWS_CS_BT2020})
                for (const int other_range : {0, 1}) {
                    if (other == colorspace && other_range == range) continue;
                    EXPECT_GT(difference(source, wanted(colorspace, range), wanted(other, other_range)).mean,
                              own + 0.3)
                        << colorspace << " " << range << " taken for " << other << " " << other_range;
                }
        }
}

TEST(Reducer, TakesOnlyWhatIsTwiceAsLargeAndPlanar) {
    const Wanted wanted{416, 416, true, {SWS_CS_ITU709, 0}};
    EXPECT_TRUE(Reducer::takes(AV_PIX_FMT_YUV420P, 832, 832, wanted));
    EXPECT_FALSE(Reducer::takes(AV_PIX_FMT_YUV420P, 831, 832, wanted));
    EXPECT_FALSE(Reducer::takes(AV_PIX_FMT_YUV420P, 832, 831, wanted));
    EXPECT_FALSE(Reducer::takes(AV_PIX_FMT_NV12, 1920, 1080, wanted));
    EXPECT_FALSE(Reducer::takes(AV_PIX_FMT_YUV420P10LE, 1920, 1080, wanted));
    EXPECT_FALSE(Reducer::takes(AV_PIX_FMT_YUV420P, 1920, 1080, {416, 416, true, {SWS_CS_SMPTE240M, 0}}));
}

}  // namespace
}  // namespace chairside::av
