#pragma once
// FrameSource: the seam between cameras and the pipeline. Fakes are in tests/support.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "capture/frame.hpp"
#include "config/config.hpp"

namespace chairside {

struct SourceOptions {
    std::string source;  // as CameraConfig::source
    bool live =
        false;  // times from the wall clock at arrival, smoothed by the stream's; else from the stream
    double target_fps = 10;  // sampled by time; 0: every frame
    // files: wait so that frames come at their own speed; what is not asked for within 2 s is time without pictures
    bool realtime = false;
    bool loop = false;                   // files: start again at the end; times go on
    std::optional<WallTime> start_time;  // files: wall time of the first frame
    bool mono_from_zero = false;         // offline replay: the first frame has MonoTime 0
    std::string rtsp_transport = "tcp";
    Duration timeout = std::chrono::seconds(10);
    // While it is above 0: at most so many pictures a second, whatever target_fps says. May change; must outlive the source.
    const std::atomic<double>* fps_limit = nullptr;
    bool skip_still = false;  // see MotionGate: pictures in which nothing moved come once a second only
    bool spare_decoding =
        false;  // see Sparing: pictures that no other needs stay undecoded where the rate allows
    DecodeOn decode_on = DecodeOn::kCpu;
    std::vector<ViewSpec> views;
    const std::atomic<bool>* picture =
        nullptr;  // while it is true frames carry a picture; must outlive the source
};

struct SourceInfo {
    int width = 0, height = 0;         // pixels, as displayed (rotation and sample aspect are not applied)
    double fps = 0;                    // the stream's nominal rate, 0 if unknown
    std::optional<Duration> duration;  // files, if known
    std::string codec;
};

// Threads: one thread calls next() and info(); the rest from any. Failure: Error with kEnd at a file's end,
// kUnavailable for what may work later (host down, time-out), kInvalid for what will not (no video stream, not a
// video, wrong password), kNotFound (no such file; the camera has no stream at this path), kIo (permission),
// kCancelled after stop(). A call fails once no picture could be decoded for `timeout`; so it returns within
// `timeout` while nothing comes, and only the wait of `realtime` or a very low target rate makes it longer.
class FrameSource {
  public:
    virtual ~FrameSource() = default;
    // Size and rate as of the picture last given out; a stream may change them.
    virtual const SourceInfo& info() const = 0;
    virtual Result<FramePtr> next() = 0;
    // Makes a running or later next() return kCancelled soon.
    virtual void stop() = 0;
    // 0..1 of a file, if its duration is known.
    virtual std::optional<double> progress() const = 0;
    // Counters since opening, over all loops: pictures decoded (sampled or not); pictures or packets that were
    // damaged, whether something could be shown of them or not.
    struct Counters {
        std::uint64_t decoded = 0, corrupt = 0, still = 0;  // still: left out, as nothing moved
    };
    virtual Counters counters() const = 0;
};

// Opens with FFmpeg's libraries (capture/ffmpeg) and decodes the first picture, so that what was opened is a video.
// A file can open nothing but itself: playlists, descriptions of other addresses and still pictures are refused, and
// of protocols only what the address itself names. `cancel` may be set from any thread to give up opening.
// The clock must outlive the source.
Result<std::unique_ptr<FrameSource>> open_source(const SourceOptions& options, const Clock& clock,
                                                 const std::atomic<bool>* cancel = nullptr);

// The address without user and password, for logs and errors: "rtsp://***@host/path".
std::string redacted(const std::string& source);

}  // namespace chairside
