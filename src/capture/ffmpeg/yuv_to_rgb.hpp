#pragma once
// Planes of brightness and colour to three bytes a pixel, by libyuv: a tenth of swscale's time. Private to src/capture.

#include <array>
#include <cstdint>

namespace chairside::av {

// Of a length of brightness, the length of chroma.
inline int half(int length) {
    return (length + 1) / 2;
}

// Eight bits; planes of chroma have half the width, rounded up, and half the rows, rounded up, or all of them.
struct YuvPicture {
    std::array<const std::uint8_t*, 3> planes;  // Y, U, V
    std::array<int, 3> strides;
    int width = 0, height = 0;
    bool all_chroma_rows = false;
};

struct YuvColours {
    int colorspace = 0, range = 0;  // SWS_CS_*; 1: full range
    friend bool operator==(const YuvColours&, const YuvColours&) = default;
};

// Whether libyuv has a table for them.
bool yuv_to_rgb_knows(const YuvColours& colours);
// Full range, red or blue first; `to` has rows of `stride` bytes, of which three a pixel are written. False: colours it does not know.
bool yuv_to_rgb(const YuvPicture& picture, const YuvColours& colours, bool red_first, std::uint8_t* to,
                int stride);

}  // namespace chairside::av
