// JPEG over FFmpeg's MJPEG encoder: it is there already, a library of its own is not needed.

#include "capture/jpeg.hpp"

#include <algorithm>

#include "capture/ffmpeg/rgb_to_yuv.hpp"

namespace chairside {
namespace {

constexpr int kQuality = 5;  // quantiser, 1 best .. 31 worst
constexpr int kLargestSide = 16384;

tl::unexpected<Error> jpeg_error(const char* what, int code) {
    return fail(ErrorKind::kIo,
                std::string("a picture cannot be compressed: ") + what + ": " + av::error_text(code));
}

}  // namespace

Result<std::string> encode_jpeg(const Image& rgb) {
    const auto needed =
        static_cast<std::size_t>(rgb.stride) * static_cast<std::size_t>(std::max(0, rgb.height - 1)) +
        static_cast<std::size_t>(std::max(0, rgb.width)) * 3;
    if (rgb.width < 1 || rgb.height < 1 || rgb.width > kLargestSide || rgb.height > kLargestSide ||
        rgb.format != PixelFormat::kRgb24 || rgb.bytes.size() < needed)
        return fail(ErrorKind::kInvalid, "a picture of " + std::to_string(rgb.width) + "x" +
                                             std::to_string(rgb.height) + " cannot be compressed");
    const AVCodec* encoder = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    const av::CodecPtr codec(avcodec_alloc_context3(encoder));
    const av::FramePtr frame(av_frame_alloc());
    const av::PacketPtr packet(av_packet_alloc());
    if (encoder == nullptr || !codec || !frame || !packet) return fail(ErrorKind::kIo, "out of memory");
    codec->width = frame->width = rgb.width;
    codec->height = frame->height = rgb.height;
    codec->pix_fmt = AV_PIX_FMT_YUVJ420P;
    codec->color_range = AVCOL_RANGE_JPEG;
    codec->time_base = {1, 1};
    codec->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
    codec->global_quality = kQuality * FF_QP2LAMBDA;
    codec->thread_count = 1;
    if (const int code = avcodec_open2(codec.get(), encoder, nullptr); code < 0)
        return jpeg_error("open", code);
    frame->format = AV_PIX_FMT_YUVJ420P;
    frame->quality = codec->global_quality;
    if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) return jpeg_error("memory", code);
    av::RgbToYuv to_yuv;
    if (const int code = to_yuv.open(rgb.width, rgb.height, AV_PIX_FMT_YUVJ420P, SWS_BILINEAR); code < 0)
        return jpeg_error("memory", code);
    to_yuv.convert(rgb.bytes.data(), rgb.stride, *frame);
    if (const int code = avcodec_send_frame(codec.get(), frame.get()); code < 0)
        return jpeg_error("encode", code);
    if (const int code = avcodec_receive_packet(codec.get(), packet.get()); code < 0)
        return jpeg_error("encode", code);
    return std::string(reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size));
}

}  // namespace chairside
