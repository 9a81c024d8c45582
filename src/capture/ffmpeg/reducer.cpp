#include "capture/ffmpeg/reducer.hpp"

#include <libyuv/convert_argb.h>
#include <libyuv/scale.h>

namespace chairside::av {
namespace {

// libyuv's tables come in two orders: with U and V exchanged the same code writes red first.
struct Tables {
    const libyuv::YuvConstants *blue_first, *red_first;
};

Tables tables_of(int colorspace, int range) {
    switch (colorspace) {
        case SWS_CS_ITU709:
            if (range != 0) return {&libyuv::kYuvF709Constants, &libyuv::kYvuF709Constants};
            return {&libyuv::kYuvH709Constants, &libyuv::kYvuH709Constants};
        case SWS_CS_ITU601:
            if (range != 0) return {&libyuv::kYuvJPEGConstants, &libyuv::kYvuJPEGConstants};
            return {&libyuv::kYuvI601Constants, &libyuv::kYvuI601Constants};
        case SWS_CS_BT2020:
            if (range != 0) return {&libyuv::kYuvV2020Constants, &libyuv::kYvuV2020Constants};
            return {&libyuv::kYuv2020Constants, &libyuv::kYvu2020Constants};
        default:
            return {nullptr, nullptr};
    }
}

int half(int length) {
    return (length + 1) / 2;
}

}  // namespace

bool Reducer::takes(int format, int width, int height, const Wanted& wanted) {
    return format == AV_PIX_FMT_YUV420P && wanted.width > 0 && wanted.height > 0 &&
           width >= 2 * wanted.width && height >= 2 * wanted.height &&
           tables_of(wanted.colorspace, wanted.range).red_first != nullptr;
}

Reducer::Picture Reducer::scaled(const Picture& from, int width, int height,
                                 std::vector<std::uint8_t>& into) {
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

bool Reducer::reduce(Picture picture, const Wanted& wanted, std::uint8_t* to, int stride) {
    std::size_t step = 0;
    while (picture.width >= 2 * wanted.width && picture.height >= 2 * wanted.height)
        picture = scaled(picture, half(picture.width), half(picture.height), buffers_[step++ % 2]);
    if (picture.width != wanted.width || picture.height != wanted.height)
        picture = scaled(picture, wanted.width, wanted.height, buffers_[step % 2]);
    if (picture.width == 0) return false;
    const Tables tables = tables_of(wanted.colorspace, wanted.range);
    const int first = wanted.red_first ? 2 : 1, second = wanted.red_first ? 1 : 2;
    return libyuv::I420ToRGB24Matrix(picture.planes[0], picture.strides[0], picture.planes[first],
                                     picture.strides[first], picture.planes[second], picture.strides[second],
                                     to, stride, wanted.red_first ? tables.red_first : tables.blue_first,
                                     wanted.width, wanted.height) == 0;
}

}  // namespace chairside::av
