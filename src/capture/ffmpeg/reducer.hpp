#pragma once
// Large pictures to the small ones that detectors take, for a third of swscale's time: halved by averages while at least twice
// as much is left as is wanted, then scaled and made RGB by libyuv. Private to src/capture.

#include <array>
#include <cstdint>
#include <vector>

#include "capture/ffmpeg/av.hpp"

namespace chairside::av {

// Threads: one.
class Reducer {
  public:
    struct Picture {
        std::array<const std::uint8_t*, 3>
            planes;  // Y, U, V; chroma of half the width and height, rounded up
        std::array<int, 3> strides;
        int width = 0, height = 0;
    };
    struct Wanted {
        int width = 0, height = 0;
        bool red_first = true;          // the order of the bytes
        int colorspace = 0, range = 0;  // SWS_CS_*; 1: full range
    };

    // True for planar 4:2:0 of 8 bits that is at least twice as large as wanted both ways, in a matrix that libyuv knows.
    static bool takes(int format, int width, int height, const Wanted& wanted);
    // `to`: three bytes a pixel, rows of `stride` bytes. False: out of memory.
    bool reduce(Picture picture, const Wanted& wanted, std::uint8_t* to, int stride);

  private:
    // Scales into the buffer and says what lies there.
    Picture scaled(const Picture& from, int width, int height, std::vector<std::uint8_t>& into);

    std::array<std::vector<std::uint8_t>, 2> buffers_;  // each step reads one and writes the other
};

}  // namespace chairside::av
