#pragma once
// Pictures of plain bytes as YUV, for encoders. swscale's vector code reads some bytes past the last pixel, which may lie on a
// page that is not there; so it is given a copy with room behind it.

#include "capture/ffmpeg/av.hpp"

namespace chairside::av {

// Threads: one.
class RgbToYuv {
  public:
    // flags: swscale's. 0 or an error of FFmpeg.
    int open(int width, int height, AVPixelFormat to, int flags);
    // rgb: rows of 3 bytes a pixel, of the size that was opened; nothing past the last pixel is read.
    void convert(const std::uint8_t* rgb, int stride, AVFrame& yuv);

  private:
    FramePtr padded_;
    SwsPtr scaler_;
};

}  // namespace chairside::av
