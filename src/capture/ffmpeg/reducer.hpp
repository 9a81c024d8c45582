#pragma once
// Large pictures to the small ones that detectors take, for a third of swscale's time: halved by averages while at least twice
// as much is left as is wanted, then scaled and made RGB by libyuv. Private to src/capture.

#include <array>
#include <cstdint>
#include <vector>

#include "capture/ffmpeg/av.hpp"
#include "capture/ffmpeg/yuv_to_rgb.hpp"

namespace chairside::av {

// Threads: one.
class Reducer {
  public:
    struct Wanted {
        int width = 0, height = 0;
        bool red_first = true;  // the order of the bytes
        YuvColours colours;
    };

    // True for planar 4:2:0 of 8 bits that is at least twice as large as wanted both ways, in a matrix that libyuv knows.
    static bool takes(int format, int width, int height, const Wanted& wanted);
    // `to`: three bytes a pixel, rows of `stride` bytes. False: out of memory.
    bool reduce(YuvPicture picture, const Wanted& wanted, std::uint8_t* to, int stride);

  private:
    // Scales into the buffer and says what lies there.
    YuvPicture scaled(const YuvPicture& from, int width, int height, std::vector<std::uint8_t>& into);

    std::array<std::vector<std::uint8_t>, 2> buffers_;  // each step reads one and writes the other
};

}  // namespace chairside::av
