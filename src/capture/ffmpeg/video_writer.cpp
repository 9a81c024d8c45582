// VideoWriter over FFmpeg's libraries: MPEG-4 part 2 with its own encoder, one thread, no dates or versions
// inside.

#include "capture/video_writer.hpp"

extern "C" {
#include <libavutil/opt.h>
}

#include <algorithm>
#include <cmath>
#include <optional>

#include "capture/ffmpeg/av.hpp"
#include "capture/ffmpeg/av_log.hpp"
#include "capture/ffmpeg/rgb_to_yuv.hpp"

namespace chairside {
namespace {

constexpr int kQuality = 4;  // quantiser, 1 best .. 31 worst; text stays sharp at 4
constexpr int kTicksPerSecond = 1000;
constexpr int kKeyFrameDistance = 50;  // frames; a player can jump to these
constexpr int kLargestSide = 8190;     // of MPEG-4

class FfmpegWriter final : public VideoWriter {
  public:
    explicit FfmpegWriter(std::filesystem::path file) : file_(std::move(file)) {}
    ~FfmpegWriter() override;

    Result<void> open(int width, int height, double fps);
    Result<void> write(const Image& rgb, MonoTime time) override;
    Result<void> finish() override;

  private:
    Result<void> open_encoder(int width, int height);
    Result<void> encode(const AVFrame* frame);
    tl::unexpected<Error> error(const char* what, int code) const;

    const std::filesystem::path file_;
    AVFormatContext* format_ = nullptr;
    AVStream* stream_ = nullptr;
    av::CodecPtr codec_;
    av::RgbToYuv to_yuv_;
    av::FramePtr frame_{av_frame_alloc()};
    av::PacketPtr packet_{av_packet_alloc()};
    AVRational tick_{1, kTicksPerSecond};
    std::optional<MonoTime> first_;
    std::int64_t last_tick_ = -1;
    bool finished_ = false;
};

tl::unexpected<Error> FfmpegWriter::error(const char* what, int code) const {
    const std::string detail = av::take_last_error();
    return fail(
        code == AVERROR(EINVAL) ? ErrorKind::kInvalid : ErrorKind::kIo,
        file_.string() + ": " + what + ": " + av::error_text(code) + (detail.empty() ? "" : "; " + detail));
}

FfmpegWriter::~FfmpegWriter() {
    if (format_ == nullptr) return;
    avio_closep(&format_->pb);
    avformat_free_context(format_);
}

Result<void> FfmpegWriter::open(int width, int height, double fps) {
    av::route_log();
    if (width < 1 || height < 1 || width > kLargestSide || height > kLargestSide)
        return fail(ErrorKind::kInvalid, file_.string() + ": a video of " + std::to_string(width) + "x" +
                                             std::to_string(height) +
                                             " pixels was asked for; allowed are 1x1 to 8190x8190");
    const std::string ending = file_.extension().string();
    if (ending != ".mp4" && ending != ".mkv" && ending != ".avi")
        return fail(ErrorKind::kInvalid,
                    file_.string() + ": the name of a video must end in .mp4, .mkv or .avi");
    // AVI has no timestamps, only a rate: there the picture's place is rounded to it.
    if (ending == ".avi") tick_ = av_inv_q(av_d2q(fps > 0 ? fps : 25.0, 60000));
    const std::string url = "file:" + file_.string();
    if (const int code = avformat_alloc_output_context2(&format_, nullptr, nullptr, url.c_str()); code < 0)
        return error("cannot be written", code);
    format_->flags |= AVFMT_FLAG_BITEXACT;
    if (auto opened = open_encoder(width, height); !opened) return opened;
    stream_ = avformat_new_stream(format_, nullptr);
    if (stream_ == nullptr) return error("cannot be written", AVERROR(ENOMEM));
    stream_->time_base = tick_;
    if (fps > 0) stream_->avg_frame_rate = av_d2q(fps, 60000);
    if (const int code = avcodec_parameters_from_context(stream_->codecpar, codec_.get()); code < 0)
        return error("cannot be written", code);
    if (const int code = avio_open(&format_->pb, url.c_str(), AVIO_FLAG_WRITE); code < 0)
        return error("cannot be written", code);
    if (const int code = avformat_write_header(format_, nullptr); code < 0)
        return error("cannot be written", code);
    return {};
}

Result<void> FfmpegWriter::open_encoder(int width, int height) {
    const AVCodec* encoder = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
    if (encoder == nullptr) return error("there is no encoder for MPEG-4", AVERROR_ENCODER_NOT_FOUND);
    codec_.reset(avcodec_alloc_context3(encoder));
    if (!codec_ || !frame_ || !packet_) return error("cannot be written", AVERROR(ENOMEM));
    codec_->width = width;
    codec_->height = height;
    codec_->pix_fmt = AV_PIX_FMT_YUV420P;
    codec_->color_range = AVCOL_RANGE_MPEG;
    codec_->time_base = tick_;
    codec_->gop_size = kKeyFrameDistance;
    codec_->thread_count = 1;  // with more, the bytes would depend on their number
    codec_->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_QSCALE;
    codec_->global_quality = kQuality * FF_QP2LAMBDA;
    if ((format_->oformat->flags & AVFMT_GLOBALHEADER) != 0) codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (const int code = avcodec_open2(codec_.get(), encoder, nullptr); code < 0)
        return error("cannot be written", code);
    frame_->format = codec_->pix_fmt;
    frame_->width = width;
    frame_->height = height;
    if (const int code = av_frame_get_buffer(frame_.get(), 0); code < 0)
        return error("cannot be written", code);
    if (const int code =
            to_yuv_.open(width, height, AV_PIX_FMT_YUV420P, SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT);
        code < 0)
        return error("cannot be written", code);
    return {};
}

Result<void> FfmpegWriter::write(const Image& rgb, MonoTime time) {
    if (finished_) return fail(ErrorKind::kInvalid, file_.string() + ": is finished already");
    const bool whole = rgb.width == frame_->width && rgb.height == frame_->height &&
                       rgb.format == PixelFormat::kRgb24 && rgb.stride >= rgb.width * 3 &&
                       rgb.bytes.size() >= static_cast<std::size_t>(rgb.stride) * (rgb.height - 1) +
                                               static_cast<std::size_t>(rgb.width) * 3;
    if (!whole)
        return fail(ErrorKind::kInvalid, file_.string() + ": needs RGB pictures of " +
                                             std::to_string(frame_->width) + "x" +
                                             std::to_string(frame_->height) + ", got " +
                                             std::to_string(rgb.width) + "x" + std::to_string(rgb.height));
    if (!first_) first_ = time;
    const double seconds = to_seconds(time - *first_);
    const auto tick = std::max<std::int64_t>(std::llround(seconds / av_q2d(tick_)), last_tick_ + 1);
    if (const int code = av_frame_make_writable(frame_.get()); code < 0)
        return error("a picture cannot be written", code);
    to_yuv_.convert(rgb.bytes.data(), rgb.stride, *frame_);
    frame_->pts = last_tick_ = tick;
    frame_->quality = codec_->global_quality;
    return encode(frame_.get());
}

// Without a frame: what the encoder still holds.
Result<void> FfmpegWriter::encode(const AVFrame* frame) {
    int code = avcodec_send_frame(codec_.get(), frame);
    while (code >= 0) {
        code = avcodec_receive_packet(codec_.get(), packet_.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
        if (code < 0) break;
        av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
        packet_->stream_index = stream_->index;
        code = av_interleaved_write_frame(format_, packet_.get());
    }
    return error("a picture cannot be written", code);
}

Result<void> FfmpegWriter::finish() {
    if (finished_) return {};
    finished_ = true;
    if (auto flushed = encode(nullptr); !flushed) return flushed;
    if (const int code = av_write_trailer(format_); code < 0) return error("cannot be completed", code);
    if (const int code = avio_closep(&format_->pb); code < 0) return error("cannot be completed", code);
    return {};
}

}  // namespace

Result<std::unique_ptr<VideoWriter>> open_video_writer(const std::filesystem::path& file, int width,
                                                       int height, double fps) {
    auto writer = std::make_unique<FfmpegWriter>(file);
    if (auto opened = writer->open(width, height, fps); !opened) return tl::unexpected(opened.error());
    return writer;
}

}  // namespace chairside
