#include "capture/ffmpeg/yuv_to_rgb.hpp"

#include <libyuv/convert_argb.h>

#include "capture/ffmpeg/av.hpp"

namespace chairside::av {
namespace {

// libyuv's tables come in two orders: with U and V exchanged the same code writes red first.
struct Tables {
    const libyuv::YuvConstants *blue_first = nullptr, *red_first = nullptr;
};

Tables tables_of(const YuvColours& colours) {
    const bool full = colours.range != 0;
    switch (colours.colorspace) {
        case SWS_CS_ITU709:
            if (full) return {&libyuv::kYuvF709Constants, &libyuv::kYvuF709Constants};
            return {&libyuv::kYuvH709Constants, &libyuv::kYvuH709Constants};
        case SWS_CS_ITU601:
            if (full) return {&libyuv::kYuvJPEGConstants, &libyuv::kYvuJPEGConstants};
            return {&libyuv::kYuvI601Constants, &libyuv::kYvuI601Constants};
        case SWS_CS_BT2020:
            if (full) return {&libyuv::kYuvV2020Constants, &libyuv::kYvuV2020Constants};
            return {&libyuv::kYuv2020Constants, &libyuv::kYvu2020Constants};
        default:
            return {};
    }
}

}  // namespace

bool yuv_to_rgb_knows(const YuvColours& colours) {
    return tables_of(colours).blue_first != nullptr;
}

bool yuv_to_rgb(const YuvPicture& picture, const YuvColours& colours, bool red_first, std::uint8_t* to,
                int stride) {
    const Tables tables = tables_of(colours);
    const auto* table = red_first ? tables.red_first : tables.blue_first;
    if (table == nullptr) return false;
    const std::size_t first = red_first ? 2 : 1, second = red_first ? 1 : 2;
    const auto convert = picture.all_chroma_rows ? libyuv::I422ToRGB24Matrix : libyuv::I420ToRGB24Matrix;
    return convert(picture.planes[0], picture.strides[0], picture.planes[first], picture.strides[first],
                   picture.planes[second], picture.strides[second], to, stride, table, picture.width,
                   picture.height) == 0;
}

}  // namespace chairside::av
