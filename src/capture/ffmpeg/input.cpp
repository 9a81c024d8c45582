#include "capture/ffmpeg/input.hpp"

extern "C" {
#include <libavdevice/avdevice.h>
#include <libavutil/avstring.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <mutex>
#include <string_view>

#include "capture/ffmpeg/av_log.hpp"
#include "capture/ffmpeg/host_lookup.hpp"
#include "capture/ffmpeg/input_error.hpp"

namespace chairside::av {
namespace {

// Containers that are read from files and over http. Playlists, descriptions of other addresses, pictures and
// subtitles are not among them: a file must not be able to open anything but itself.
constexpr const char* kFileFormats =
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,ivf,obu,flv,mjpeg,mjpeg_2000,mpjpeg,asf,"
    "ogg,mxf,"
    "nut,dv,yuv4mpegpipe,gif";
constexpr const char* kHttpFormats =
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,h264,hevc,flv,mjpeg,mpjpeg,asf,ogg,hls";
constexpr const char* kKnownFiles =
    "known are mp4/mov, mkv/webm, avi, ts/mpg, flv, asf, ogg, mxf, mjpeg, raw h264/hevc";

constexpr const char* kFileProtocols = "file";
constexpr const char* kHttpProtocols = "http,https,tcp,tls,crypto,httpproxy";
constexpr const char* kRtspProtocols = "rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto";

// A live stream tells what it is within its first seconds; waiting longer only delays the first picture.
constexpr std::int64_t kLiveAnalysisUs = 2'000'000;
constexpr Duration kGoodbye = std::chrono::milliseconds(200);  // for the words at the end of an RTSP session
constexpr int kLargestAllocation = 512 << 20;       // no damaged header makes FFmpeg take more at once
constexpr const char* kUdpBufferBytes = "2097152";  // a key frame of a 4K camera arrives in one burst

void set_up_library() {
    static std::once_flag once;
    std::call_once(once, [] {
        route_log();
        av_max_alloc(kLargestAllocation);
        avdevice_register_all();
        avformat_network_init();
    });
}

Result<InputKind> kind_of(const std::string& source) {
    const auto scheme = source.find("://");
    if (scheme == std::string::npos)
        return source.starts_with("/dev/video") ? InputKind::kDevice : InputKind::kFile;
    const std::string_view name = std::string_view(source).substr(0, scheme);
    if (name == "rtsp" || name == "rtsps") return InputKind::kRtsp;
    if (name == "http" || name == "https") return InputKind::kHttp;
    return fail(ErrorKind::kInvalid,
                redacted(source) + ": '" + std::string(name) +
                    "://' is not known; allowed are rtsp://, rtsps://, http://, https://, a file "
                    "and /dev/videoN");
}

}  // namespace

Input::Input(InputKind kind, std::string name, Interrupt& interrupt)
    : kind_(kind), name_(std::move(name)), interrupt_(interrupt), format_(avformat_alloc_context()) {
    if (format_ != nullptr) format_->interrupt_callback = interrupt_.callback();
}

Input::~Input() {
    interrupt_.allow(kGoodbye);
    avformat_close_input(&format_);
    avio_closep(&file_);
}

tl::unexpected<Error> Input::error(int code) const {
    const bool network = kind_ == InputKind::kRtsp || kind_ == InputKind::kHttp;
    return tl::unexpected(input_error(code, name_, network, interrupt_));
}

Result<std::unique_ptr<Input>> Input::open(const SourceOptions& options, Interrupt& interrupt) {
    set_up_library();
    take_last_error();
    auto kind = kind_of(options.source);
    if (!kind) return tl::unexpected(kind.error());
    std::unique_ptr<Input> input(new Input(*kind, redacted(options.source), interrupt));
    if (input->format_ == nullptr) return input->error(AVERROR(ENOMEM));
    const Result<void> opened = *kind == InputKind::kFile     ? input->open_file(options.source)
                                : *kind == InputKind::kDevice ? input->open_device(options.source)
                                                              : input->open_network(options);
    if (!opened) return tl::unexpected(opened.error());
    if (auto picked = input->pick_video(); !picked) return tl::unexpected(picked.error());
    return input;
}

Result<void> Input::open_file(const std::string& path) {
    if (auto usable = check_path(path); !usable) return usable;
    Options protocol;
    protocol.set("protocol_whitelist", kFileProtocols);
    const std::string url = "file:" + path;  // so that no part of the name is taken for a protocol
    if (const int code =
            avio_open2(&file_, url.c_str(), AVIO_FLAG_READ, &format_->interrupt_callback, protocol.get());
        code < 0)
        return error(code);
    const AVInputFormat* found = nullptr;
    if (const int code = av_probe_input_buffer2(file_, &found, path.c_str(), nullptr, 0, 0);
        code < 0 && code != AVERROR_INVALIDDATA)
        return error(code);
    if (found == nullptr) return fail(ErrorKind::kInvalid, name_ + ": this is not a video; " + kKnownFiles);
    if (av_match_list(found->name, kFileFormats, ',') == 0)
        return fail(ErrorKind::kInvalid, name_ + ": this is not a video but " + found->long_name + " (" +
                                             found->name + "); " + kKnownFiles);
    // We read from the front to the end: an AVI's index is not needed, and a damaged one would hide the pictures.
    if (av_match_name(found->name, "avi") != 0) file_->seekable = 0;
    format_->pb = file_;
    Options input;
    input.set("protocol_whitelist", kFileProtocols);
    input.set("format_whitelist", kFileFormats);
    if (const int code = avformat_open_input(&format_, url.c_str(), found, input.get()); code < 0)
        return error(code);
    if (const int code = avformat_find_stream_info(format_, nullptr); code < 0) return error(code);
    return {};
}

Result<void> Input::open_device(const std::string& path) {
    const AVInputFormat* v4l2 = av_find_input_format("v4l2");
    if (v4l2 == nullptr) return fail(ErrorKind::kInvalid, name_ + ": this FFmpeg cannot read video devices");
    format_->flags |= AVFMT_FLAG_NONBLOCK;  // else a camera without data would hold us in the kernel
    if (const int code = avformat_open_input(&format_, path.c_str(), v4l2, nullptr); code < 0)
        return error(code);
    return {};  // the driver has said all that there is to know
}

Result<void> Input::open_network(const SourceOptions& options) {
    if (auto found = look_up(host_of(options.source), name_, interrupt_); !found) return found;
    const bool rtsp = kind_ == InputKind::kRtsp;
    Options input;
    input.set("protocol_whitelist", rtsp ? kRtspProtocols : kHttpProtocols);
    input.set("format_whitelist", rtsp ? "rtsp" : kHttpFormats);
    if (rtsp) {
        input.set("rtsp_transport", options.rtsp_transport);
        input.set("allowed_media_types", "video");
        if (options.rtsp_transport == "udp") input.set("buffer_size", kUdpBufferBytes);
    }
    if (options.live) format_->max_analyze_duration = kLiveAnalysisUs;
    if (const int code = avformat_open_input(&format_, options.source.c_str(), nullptr, input.get());
        code < 0)
        return error(code);
    // An RTSP server describes its streams; looking into them would only keep the first pictures back.
    const auto* streams = format_->streams;
    const bool described = rtsp && format_->nb_streams > 0 &&
                           std::all_of(streams, streams + format_->nb_streams, [](const AVStream* s) {
                               return s->codecpar->codec_id != AV_CODEC_ID_NONE;
                           });
    if (described || format_->nb_streams == 0) return {};
    if (const int code = avformat_find_stream_info(format_, nullptr); code < 0) return error(code);
    return {};
}

Result<void> Input::pick_video() {
    video_ = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    const bool cover =
        video_ >= 0 && (format_->streams[video_]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    if (video_ < 0 || cover) {
        std::string found;
        for (unsigned i = 0; i < format_->nb_streams; ++i) {
            const AVCodecParameters& codec = *format_->streams[i]->codecpar;
            const char* type = av_get_media_type_string(codec.codec_type);
            found += (found.empty() ? "" : ", ") + std::string(type != nullptr ? type : "unknown") + " (" +
                     avcodec_get_name(codec.codec_id) + ")" +
                     (static_cast<int>(i) == video_ ? ", a still cover" : "");
        }
        return fail(ErrorKind::kInvalid,
                    name_ + ": no video in it; found " + (found.empty() ? "no streams at all" : found));
    }
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
        if (static_cast<int>(i) != video_) format_->streams[i]->discard = AVDISCARD_ALL;
    }
    return {};
}

}  // namespace chairside::av
