// FrameSource over FFmpeg's libraries.

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "capture/ffmpeg/av_log.hpp"
#include "capture/ffmpeg/interrupt.hpp"
#include "capture/ffmpeg/scaler.hpp"
#include "capture/ffmpeg/video_reader.hpp"
#include "capture/frame_pool.hpp"
#include "capture/frame_source.hpp"
#include "capture/motion_gate.hpp"
#include "capture/sampler.hpp"
#include "capture/sparing.hpp"
#include "capture/stream_times.hpp"

namespace chairside {
namespace {

// One is filled while another is looked at and comes back; what lies idle beyond that is left of a burst, half a megabyte each, for
// good: with 16 a service of eight cameras grew by 1.7 MB in an hour of faults, with two still by that in its first half an hour.
constexpr std::size_t kIdleFrames = 1;
constexpr double kFallbackFps = 25;
// Often enough to see that something begins to move; it is decoded at the full rate from then on.
constexpr double kStillLooks = 3;
// A clock that is set from outside (in tests) is looked at this often while waiting.
constexpr Duration kRealtimePoll = std::chrono::milliseconds(20);
constexpr Duration kMostLate =
    std::chrono::seconds(2);  // of pictures played in real time: older ones nobody looks at

// A decoded picture and its times; `time` counts from the first frame.
struct Picture {
    av::FramePtr pixels{av_frame_alloc()};
    Duration time{};
    MonoTime mono{};
    WallTime wall{};
    MonoTime arrived{};  // live sources
};

class FfmpegSource final : public FrameSource {
  public:
    FfmpegSource(const SourceOptions& options, const Clock& clock, const std::atomic<bool>* cancel)
        : options_(options),
          clock_(clock),
          interrupt_(options.timeout, cancel),
          scaler_(options.views),
          sampler_(options.target_fps),
          file_times_(Duration{}) {}

    Result<void> open();
    const SourceInfo& info() const override { return info_; }
    Result<FramePtr> next() override;
    void stop() override { interrupt_.stop(); }
    std::optional<double> progress() const override;
    Counters counters() const override { return {read_.decoded, read_.corrupt, still_}; }

  private:
    Result<void> open_reader();
    Result<void> decode(Picture& picture);
    Result<void> decode_first();
    Result<void> decode_following(Picture& picture);
    void set_live_times(Picture& picture);
    void set_file_times(Picture& picture);
    Result<bool> step();
    double wanted_fps() const;
    void adapt(const Picture& picture);
    bool worth_looking(const Picture& picture);
    Result<void> wait_until_due(const Picture& picture);
    void let_time_pass();
    Result<FramePtr> deliver(const Picture& picture);
    Result<void> add_picture(const AVFrame& pixels, Frame& frame);

    const SourceOptions options_;
    const Clock& clock_;
    av::Interrupt interrupt_;
    av::ReadCounters read_;
    std::unique_ptr<av::VideoReader> reader_;
    av::Scaler scaler_;
    std::optional<av::Scaler> shown_;  // for pictures that people look at
    int shown_width_ = 0, shown_height_ = 0;
    Sampler sampler_;
    MotionGate gate_;
    Sparing sparing_;
    std::atomic<std::uint64_t> still_{0};
    FramePool pool_{kIdleFrames};

    SourceInfo info_;
    FileTimes file_times_;
    LiveTimes live_times_;
    MonoTime mono_start_{}, realtime_start_{};
    WallTime wall_start_{};

    Picture now_, ahead_;  // `ahead_` is decoded, but not yet looked at
    bool has_ahead_ = false;
    std::optional<Error> end_;  // why nothing comes after `ahead_`
    std::uint64_t sequence_ = 0;
    std::atomic<std::int64_t> position_us_{0};
};

Result<void> FfmpegSource::open_reader() {
    if (reader_) {
        reader_.reset();  // first: what is open is closed before it is opened again
        interrupt_.touch();
    }
    auto reader = av::VideoReader::open(options_, interrupt_, read_);
    if (!reader) return tl::unexpected(reader.error());
    reader_ = std::move(*reader);
    return {};
}

Result<void> FfmpegSource::open() {
    if (auto opened = open_reader(); !opened) return opened;
    info_.fps = reader_->fps();
    info_.duration = reader_->duration();
    info_.codec = reader_->codec();
    file_times_ = FileTimes(from_seconds(1.0 / (info_.fps > 0 ? info_.fps : kFallbackFps)));
    // Only a picture proves that there is a video; and what a header says of its size may be wrong.
    if (auto first = decode_first(); !first) return first;
    interrupt_.forget_cancel();
    return {};
}

Result<void> FfmpegSource::decode_first() {
    if (!now_.pixels || !ahead_.pixels) return fail(ErrorKind::kIo, "out of memory");
    if (auto read = reader_->read(*ahead_.pixels); !read) return read;
    info_.width = ahead_.pixels->width;
    info_.height = ahead_.pixels->height;
    realtime_start_ = clock_.mono_now();
    mono_start_ = options_.mono_from_zero ? MonoTime{} : realtime_start_;
    wall_start_ = options_.start_time ? *options_.start_time : clock_.wall_now();
    options_.live ? set_live_times(ahead_) : set_file_times(ahead_);
    has_ahead_ = true;
    return {};
}

// The wall clock is read with every frame, since it may be set while we run; mono never is.
void FfmpegSource::set_live_times(Picture& picture) {
    const MonoTime arrival = clock_.mono_now();
    picture.mono = live_times_.map(reader_->pts(*picture.pixels), arrival);
    picture.wall = clock_.wall_now() - (arrival - picture.mono);
    picture.time = picture.mono - mono_start_;
    picture.arrived = arrival;
}

void FfmpegSource::set_file_times(Picture& picture) {
    picture.time = file_times_.map(reader_->pts(*picture.pixels), reader_->shown_for(*picture.pixels));
    picture.mono = mono_start_ + picture.time;
    picture.wall = wall_start_ + picture.time;
}

Result<void> FfmpegSource::decode(Picture& picture) {
    auto read = reader_->read(*picture.pixels);
    if (!read && read.error().kind == ErrorKind::kEnd && options_.loop) {
        // Opened again rather than sought: the second pass is then like the first, whatever the container can
        // do.
        if (read = open_reader(); read) read = reader_->read(*picture.pixels);
        file_times_.start_over();
    }
    return read;
}

Result<void> FfmpegSource::decode_following(Picture& picture) {
    if (auto decoded = decode(picture); !decoded) return decoded;
    options_.live ? set_live_times(picture) : set_file_times(picture);
    adapt(picture);
    return {};
}

double FfmpegSource::wanted_fps() const {
    const double limit = options_.fps_limit != nullptr ? options_.fps_limit->load() : 0;
    if (limit <= 0) return options_.target_fps;
    return options_.target_fps > 0 ? std::min(limit, options_.target_fps) : limit;
}

// After each decoded picture: the rate and what need not be decoded.
void FfmpegSource::adapt(const Picture& picture) {
    const double wanted = wanted_fps();
    sampler_.set_fps(wanted);
    if (!options_.spare_decoding) return;
    const bool still = options_.skip_still && gate_.still();
    reader_->spare(
        sparing_.decide(picture.time, still && wanted > 0 ? std::min(wanted, kStillLooks) : wanted));
}

bool FfmpegSource::worth_looking(const Picture& picture) {
    if (!options_.skip_still || gate_.take(av::luma_of(*picture.pixels), picture.time)) return true;
    ++still_;
    return false;
}

// Moves on by one decoded picture, to `now_`; says whether it is to be delivered.
Result<bool> FfmpegSource::step() {
    if (options_.live) {
        if (has_ahead_) {
            std::swap(now_, ahead_);
            has_ahead_ = false;
        } else if (auto decoded = decode_following(now_); !decoded) {
            return tl::unexpected(decoded.error());
        }
        // Waiting for the next picture would make this one late; the next is expected at the usual distance.
        return sampler_.take(now_.time, now_.time + live_times_.interval());
    }
    if (!has_ahead_) return tl::unexpected(*end_);
    std::swap(now_, ahead_);
    has_ahead_ = false;
    if (auto decoded = decode_following(ahead_); decoded) {
        has_ahead_ = true;
    } else if (decoded.error().kind == ErrorKind::kCancelled) {
        return tl::unexpected(decoded.error());
    } else {
        end_ = decoded.error();
    }
    return sampler_.take(now_.time, has_ahead_ ? ahead_.time : file_times_.expected_next());
}

Result<void> FfmpegSource::wait_until_due(const Picture& picture) {
    while (!interrupt_.stopped()) {
        const Duration left = picture.time - (clock_.mono_now() - realtime_start_);
        if (left <= Duration{}) return {};
        interrupt_.sleep(std::min(left, kRealtimePoll));
    }
    return fail(ErrorKind::kCancelled, redacted(options_.source) + ": stopped");
}

// A computer that is too slow for the file would fall behind it more and more, its pictures would get older and older. A camera
// does not wait: what could not be looked at in time is time without pictures.
void FfmpegSource::let_time_pass() {
    const Duration late = clock_.mono_now() - realtime_start_ - now_.time;
    if (late <= kMostLate) return;
    realtime_start_ += late;
    mono_start_ += late;
    wall_start_ += late;
    for (Picture* picture : {&now_, &ahead_}) {
        picture->mono += late;
        picture->wall += late;
    }
}

Result<FramePtr> FfmpegSource::deliver(const Picture& picture) {
    auto frame = pool_.take();
    info_.width = picture.pixels->width;
    info_.height = picture.pixels->height;
    const MonoTime arrived = options_.live ? picture.arrived : clock_.mono_now();
    frame->info = {sequence_, picture.mono, picture.wall, info_.width, info_.height, arrived};
    if (auto scaled = scaler_.scale(*picture.pixels, frame->views); !scaled)
        return fail(scaled.error().kind, redacted(options_.source) + ": " + scaled.error().message);
    if (auto shown = add_picture(*picture.pixels, *frame); !shown) return tl::unexpected(shown.error());
    ++sequence_;
    position_us_ = picture.time.count();
    return frame;
}

Result<void> FfmpegSource::add_picture(const AVFrame& pixels, Frame& frame) {
    frame.picture = {};  // the frame may have carried one before
    if (options_.picture == nullptr || !*options_.picture) return {};
    const int width = std::min(kPictureWidth, pixels.width);
    const int height = std::max(1, static_cast<int>(std::int64_t{pixels.height} * width / pixels.width));
    if (!shown_ || shown_width_ != width || shown_height_ != height)
        shown_.emplace(std::vector<ViewSpec>{{.width = width, .height = height}});
    shown_width_ = width;
    shown_height_ = height;
    std::vector<Image> images;
    if (auto scaled = shown_->scale(pixels, images); !scaled)
        return fail(scaled.error().kind, redacted(options_.source) + ": " + scaled.error().message);
    frame.picture = std::move(images.front());
    return {};
}

Result<FramePtr> FfmpegSource::next() {
    interrupt_.touch();
    while (true) {
        if (interrupt_.stopped()) return fail(ErrorKind::kCancelled, redacted(options_.source) + ": stopped");
        auto wanted = step();
        if (!wanted) return tl::unexpected(wanted.error());
        if (!*wanted || !worth_looking(now_)) continue;
        if (options_.realtime && !options_.live) {
            if (auto waited = wait_until_due(now_); !waited) return tl::unexpected(waited.error());
            let_time_pass();
        }
        return deliver(now_);
    }
}

std::optional<double> FfmpegSource::progress() const {
    if (options_.live || options_.loop || !info_.duration) return std::nullopt;
    return std::clamp(static_cast<double>(position_us_) / static_cast<double>(info_.duration->count()), 0.0,
                      1.0);
}

Result<void> check_options(const SourceOptions& options) {
    if (options.rtsp_transport != "tcp" && options.rtsp_transport != "udp")
        return fail(ErrorKind::kInvalid,
                    "rtsp_transport is '" + options.rtsp_transport + "'; allowed are tcp and udp");
    if (options.timeout <= Duration{})
        return fail(ErrorKind::kInvalid, "the timeout of a source must be more than 0 s");
    for (const ViewSpec& view : options.views) {
        const Box& r = view.region;
        if (!(r.x >= 0 && r.y >= 0 && r.w > 0 && r.h > 0 && r.right() <= 1 + 1e-9 && r.bottom() <= 1 + 1e-9))
            return fail(ErrorKind::kInvalid, "a view's region must lie within 0..1 of the picture");
    }
    return {};
}

// The password in the address must not reach the log, whoever writes the line.
void mask_password(const std::string& source) {
    const auto scheme = source.find("://");
    const auto at = source.rfind('@');
    if (scheme == std::string::npos || at == std::string::npos || at < scheme) return;
    const auto colon = source.find(':', scheme + 3);
    if (colon < at) mask_in_log(source.substr(colon + 1, at - colon - 1));
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_source(const SourceOptions& options, const Clock& clock,
                                                 const std::atomic<bool>* cancel) {
    if (auto usable = check_options(options); !usable) return tl::unexpected(usable.error());
    mask_password(options.source);
    auto source = std::make_unique<FfmpegSource>(options, clock, cancel);
    if (auto opened = source->open(); !opened) return tl::unexpected(opened.error());
    return source;
}

}  // namespace chairside
