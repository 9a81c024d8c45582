#include "capture/ffmpeg/hardware.hpp"

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/pixdesc.h>
}

#include <filesystem>
#include <mutex>

#include "base/log.hpp"
#include "capture/ffmpeg/av_log.hpp"

namespace chairside::av {
namespace {

bool is_in_hardware(const AVFrame& frame) {
    const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    return format != nullptr && (format->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0;
}

bool any_chip() {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/dri", none))
        if (entry.path().filename().string().rfind("renderD", 0) == 0) return true;
    return false;
}

}  // namespace

void tell_of_hardware(const std::string& why) {
    static std::once_flag once;
    std::call_once(once, [&] {
        log_warning("", "runtime.decode_on: VAAPI cannot be used here (" + why + "); the CPU decodes");
    });
}

void attach_hardware(AVCodecContext& codec, DecodeOn on) {
    const bool suits = codec.codec_id == AV_CODEC_ID_H264 || codec.codec_id == AV_CODEC_ID_HEVC;
    if (on == DecodeOn::kCpu || !suits) return;
    if (!any_chip()) {
        // 'auto' means: where there is one.
        if (on == DecodeOn::kVaapi) tell_of_hardware("there is no /dev/dri/renderD*");
        return;
    }
    const int code =
        av_hwdevice_ctx_create(&codec.hw_device_ctx, AV_HWDEVICE_TYPE_VAAPI, nullptr, nullptr, 0);
    if (code < 0) {
        const std::string detail = take_last_error();
        tell_of_hardware(detail.empty() ? error_text(code) : detail);
    }
}

int fetch_from_hardware(AVFrame& frame) {
    if (!is_in_hardware(frame)) return 0;
    FramePtr here(av_frame_alloc());
    if (!here) return AVERROR(ENOMEM);
    if (const int code = av_hwframe_transfer_data(here.get(), &frame, 0); code < 0) return code;
    if (const int code = av_frame_copy_props(here.get(), &frame); code < 0) return code;
    av_frame_unref(&frame);
    av_frame_move_ref(&frame, here.get());
    return 0;
}

}  // namespace chairside::av
