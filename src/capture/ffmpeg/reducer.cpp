#include "capture/ffmpeg/reducer.hpp"

#include <libyuv/scale.h>

namespace chairside::av {

bool Reducer::takes(int format, int width, int height, const Wanted& wanted) {
    return format == AV_PIX_FMT_YUV420P && wanted.width > 0 && wanted.height > 0 &&
           width >= 2 * wanted.width && height >= 2 * wanted.height && yuv_to_rgb_knows(wanted.colours);
}

YuvPicture Reducer::scaled(const YuvPicture& from, int width, int height, std::vector<std::uint8_t>& into) {
    const int chroma_width = half(width), chroma_height = half(height);
    const auto luma_bytes = static_cast<std::size_t>(width) * height,
               chroma_bytes = static_cast<std::size_t>(chroma_width) * chroma_height;
    into.resize(luma_bytes + 2 * chroma_bytes);
    std::uint8_t *y = into.data(), *u = y + luma_bytes, *v = u + chroma_bytes;
    const int failed = libyuv::I420Scale(from.planes[0], from.strides[0], from.planes[1], from.strides[1],
                                         from.planes[2], from.strides[2], from.width, from.height, y, width,
                                         u, chroma_width, v, chroma_width, width, height, libyuv::kFilterBox);
    if (failed != 0) return {};
    return {{y, u, v}, {width, chroma_width, chroma_width}, width, height};
}

bool Reducer::reduce(YuvPicture picture, const Wanted& wanted, std::uint8_t* to, int stride) {
    std::size_t step = 0;
    while (picture.width >= 2 * wanted.width && picture.height >= 2 * wanted.height)
        picture = scaled(picture, half(picture.width), half(picture.height), buffers_[step++ % 2]);
    if (picture.width != wanted.width || picture.height != wanted.height)
        picture = scaled(picture, wanted.width, wanted.height, buffers_[step % 2]);
    return picture.width != 0 && yuv_to_rgb(picture, wanted.colours, wanted.red_first, to, stride);
}

}  // namespace chairside::av
