#include "capture/ffmpeg/rgb_to_yuv.hpp"

#include <algorithm>

namespace chairside::av {

int RgbToYuv::open(int width, int height, AVPixelFormat to, int flags) {
    padded_.reset(av_frame_alloc());
    if (!padded_) return AVERROR(ENOMEM);
    padded_->format = AV_PIX_FMT_RGB24;
    padded_->width = width;
    padded_->height = height;
    if (const int code = av_frame_get_buffer(padded_.get(), 0); code < 0) return code;
    scaler_.reset(
        sws_getContext(width, height, AV_PIX_FMT_RGB24, width, height, to, flags, nullptr, nullptr, nullptr));
    return scaler_ ? 0 : AVERROR(ENOMEM);
}

void RgbToYuv::convert(const std::uint8_t* rgb, int stride, AVFrame& yuv) {
    for (int y = 0; y < padded_->height; ++y)
        std::copy_n(rgb + static_cast<std::ptrdiff_t>(stride) * y, 3 * padded_->width,
                    padded_->data[0] + static_cast<std::ptrdiff_t>(padded_->linesize[0]) * y);
    sws_scale(scaler_.get(), padded_->data, padded_->linesize, 0, padded_->height, yuv.data, yuv.linesize);
}

}  // namespace chairside::av
