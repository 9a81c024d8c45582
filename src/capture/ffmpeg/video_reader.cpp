#include "capture/ffmpeg/video_reader.hpp"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/rational.h>
}

#include <algorithm>
#include <thread>

#include "base/log.hpp"
#include "capture/ffmpeg/av_log.hpp"
#include "capture/ffmpeg/hardware.hpp"

namespace chairside::av {
namespace {

constexpr int kOneThreadPixels = 1920 * 1088;  // more than this is decoded by several threads
constexpr int kMostThreads = 4;
constexpr std::int64_t kMostPixels = 64'000'000;  // 8K is 33 million
constexpr int kMostReadFaults = 32;
constexpr Duration kDevicePoll = std::chrono::milliseconds(5);
constexpr AVRational kMicroseconds{1, 1'000'000};

bool is_damaged(const AVFrame& frame) {
    return frame.decode_error_flags != 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0;
}

// Whether each view takes at most every second pixel, both ways.
bool all_halved(const std::vector<ViewSpec>& views, int width, int height) {
    return !views.empty() && std::ranges::all_of(views, [&](const ViewSpec& view) {
        return view.width > 0 && view.height > 0 && 2 * view.width <= view.region.w * width &&
               2 * view.height <= view.region.h * height;
    });
}

double sane_rate(AVRational rate) {
    if (rate.num <= 0 || rate.den <= 0) return 0;
    const double fps = av_q2d(rate);
    return fps >= 0.01 && fps <= 1000 ? fps : 0;
}

void warn_if_turned(const AVStream& stream, const std::string& name) {
    const auto* matrix = reinterpret_cast<const std::int32_t*>(
        av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    if (matrix == nullptr) return;
    const auto degrees = static_cast<int>(av_display_rotation_get(matrix));
    if (degrees != 0)
        log_warning("", name + ": is meant to be shown turned by " + std::to_string(-degrees) +
                            " degrees; it is used as it was recorded");
}

}  // namespace

VideoReader::VideoReader(std::unique_ptr<Input> input, const SourceOptions& options, Interrupt& interrupt,
                         ReadCounters& counters)
    : input_(std::move(input)),
      live_(options.live),
      decode_on_(options.decode_on),
      views_(options.views),
      interrupt_(interrupt),
      counters_(counters),
      packet_(av_packet_alloc()) {}

Result<std::unique_ptr<VideoReader>> VideoReader::open(const SourceOptions& options, Interrupt& interrupt,
                                                       ReadCounters& counters) {
    auto input = Input::open(options, interrupt);
    if (!input) return tl::unexpected(input.error());
    std::unique_ptr<VideoReader> reader(new VideoReader(std::move(*input), options, interrupt, counters));
    if (auto opened = reader->open_decoder(); !opened) return tl::unexpected(opened.error());
    return reader;
}

Result<void> VideoReader::open_decoder() {
    const AVStream& stream = input_->video();
    const AVCodecParameters& parameters = *stream.codecpar;
    const AVCodec* decoder = avcodec_find_decoder(parameters.codec_id);
    if (decoder == nullptr)
        return fail(ErrorKind::kInvalid, name() + ": the video is coded as " +
                                             avcodec_get_name(parameters.codec_id) +
                                             ", for which this FFmpeg has no decoder");
    codec_.reset(avcodec_alloc_context3(decoder));
    if (!codec_ || !packet_) return input_->error(AVERROR(ENOMEM));
    if (const int code = avcodec_parameters_to_context(codec_.get(), &parameters); code < 0)
        return input_->error(code);
    codec_->pkt_timebase = stream.time_base;
    codec_->max_pixels = kMostPixels;
    const bool large = static_cast<std::int64_t>(parameters.width) * parameters.height > kOneThreadPixels;
    // One thread costs least in all; a detector waits for nothing at these sizes.
    codec_->thread_count =
        large ? std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMostThreads) : 1;
    // Threads per frame hold as many frames back as there are threads.
    codec_->thread_type = live_ ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE;
    // Deblocking pictures that no other refers to is up to a seventh of decoding; errors do not last, and halved they are not seen.
    // At less than half, one service of 33 on the sample video changed.
    if (all_halved(views_, parameters.width, parameters.height)) codec_->skip_loop_filter = AVDISCARD_NONREF;
    attach_hardware(*codec_, decode_on_);
    if (const int code = avcodec_open2(codec_.get(), decoder, nullptr); code < 0) return input_->error(code);
    warn_if_turned(stream, name());
    return {};
}

Result<void> VideoReader::read(AVFrame& frame) {
    while (true) {
        const int code = avcodec_receive_frame(codec_.get(), &frame);
        if (code == 0 && !fetch(frame)) {
            if (auto opened = open_decoder(); !opened) return opened;
        } else if (code == 0) {
            ++pictures_;
            ++counters_.decoded;
            if (is_damaged(frame)) ++counters_.corrupt;
            interrupt_.touch();
            return {};
        }
        if (code == AVERROR_EOF) return end();
        if (code == AVERROR(EAGAIN)) {
            if (auto fed = feed(); !fed) return fed;
        } else if (code == AVERROR(ENOMEM)) {
            return input_->error(code);
        } else {
            ++counters_.corrupt;
        }
        if (interrupt_.due()) return input_->error(AVERROR_EXIT);
    }
}

// False: the chip does not give its pictures out, and the CPU is to decode from the next key picture on.
bool VideoReader::fetch(AVFrame& frame) {
    const int code = fetch_from_hardware(frame);
    if (code == 0) return true;
    tell_of_hardware(error_text(code));
    decode_on_ = DecodeOn::kCpu;
    return false;
}

// Only codecs whose pictures say that nobody refers to them; others ignore it or lose pictures.
void VideoReader::spare(bool on) {
    if (codec_->codec_id != AV_CODEC_ID_H264 && codec_->codec_id != AV_CODEC_ID_HEVC) return;
    codec_->skip_frame = on ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
}

// Gives the decoder one packet, or the news that there are no more.
Result<void> VideoReader::feed() {
    int code = av_read_frame(&input_->format(), packet_.get());
    if (code == AVERROR(EAGAIN)) {
        interrupt_.sleep(kDevicePoll);
        return {};
    }
    if (code < 0) return read_failed(code);
    read_faults_ = 0;
    if (packet_->stream_index == input_->video().index) {
        code = avcodec_send_packet(codec_.get(), packet_.get());
        if (code < 0 && code != AVERROR(EAGAIN)) ++counters_.corrupt;
    }
    av_packet_unref(packet_.get());
    if (code == AVERROR(ENOMEM)) return input_->error(code);
    return {};
}

// A file is used as far as it can be read; a live stream that breaks off is an error.
Result<void> VideoReader::read_failed(int code) {
    if (interrupt_.due() || live_) return input_->error(interrupt_.due() ? AVERROR_EXIT : code);
    if (code != AVERROR_EOF) {
        ++counters_.corrupt;
        if (code == AVERROR_INVALIDDATA && ++read_faults_ < kMostReadFaults) return {};
        log_warning("", name() + ": ends early, what follows cannot be read (" + error_text(code) + ")");
    }
    if (drained_) return end();
    drained_ = true;
    avcodec_send_packet(codec_.get(), nullptr);
    return {};
}

Result<void> VideoReader::end() const {
    if (pictures_ > 0) return fail(ErrorKind::kEnd, name() + ": end of the file");
    const std::string detail = take_last_error();
    return fail(ErrorKind::kInvalid,
                name() + ": not one picture could be decoded" + (detail.empty() ? "" : "; " + detail));
}

std::optional<Duration> VideoReader::pts(const AVFrame& frame) const {
    if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return std::nullopt;
    return Duration(av_rescale_q(frame.best_effort_timestamp, codec_->pkt_timebase, kMicroseconds));
}

Duration VideoReader::shown_for(const AVFrame& frame) const {
    return Duration(
        frame.pkt_duration > 0 ? av_rescale_q(frame.pkt_duration, codec_->pkt_timebase, kMicroseconds) : 0);
}

double VideoReader::fps() const {
    const AVStream& stream = input_->video();
    const double average = sane_rate(stream.avg_frame_rate);
    return average > 0 ? average : sane_rate(stream.r_frame_rate);
}

std::optional<Duration> VideoReader::duration() const {
    const std::int64_t us = input_->format().duration;
    if (live_ || us == AV_NOPTS_VALUE || us <= 0) return std::nullopt;
    return Duration(us);
}

std::string VideoReader::codec() const {
    return avcodec_get_name(codec_->codec_id);
}

}  // namespace chairside::av
