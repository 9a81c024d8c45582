#pragma once
// Fakes behind the seams: a clock that tests set, a camera that follows a script, a detector that sees what
// the script says. Frames carry nothing but their times.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "capture/frame_source.hpp"
#include "detect/detector.hpp"

namespace chairside::testing {

class FakeClock final : public Clock {
  public:
    explicit FakeClock(WallTime start = WallTime(std::chrono::seconds(1'790'000'000)))
        : now_us_(start.time_since_epoch().count()) {}
    MonoTime mono_now() const override { return MonoTime(Duration(now_us_.load())); }
    WallTime wall_now() const override { return WallTime(Duration(now_us_.load() + step_us_.load())); }
    void advance(Duration d) { now_us_ += d.count(); }
    void step_wall(Duration d) { step_us_ += d.count(); }

  private:
    std::atomic<std::int64_t> now_us_;
    std::atomic<std::int64_t> step_us_{0};
};

// Gives people by frame sequence number, at once.
class FakeDetector final : public Detector {
  public:
    using Script = std::function<std::vector<Detection>(const FrameInfo&)>;
    explicit FakeDetector(Script script) : script_(std::move(script)) { info_.requests = 4; }
    const ModelInfo& info() const override { return info_; }
    std::vector<ViewSpec> views(Tiles) const override {
        return {ViewSpec{{0, 0, 1, 1}, 8, 8, PixelFormat::kRgb24, Fit::kStretch}};
    }
    std::future<Result<Detections>> detect(FramePtr frame, Tiles) override {
        std::promise<Result<Detections>> promise;
        promise.set_value(Detections{frame->info, script_(frame->info)});
        return promise.get_future();
    }

  private:
    Script script_;
    ModelInfo info_;
};

// A source whose frames a test pushes, or that ends by a script of results.
class FakeSource final : public FrameSource {
  public:
    // next: called for each frame; returns the frame's times or an error.
    explicit FakeSource(std::function<Result<FrameInfo>()> next) : next_(std::move(next)) {
        info_.width = 640;
        info_.height = 480;
        info_.fps = 10;
    }
    const SourceInfo& info() const override { return info_; }
    Result<FramePtr> next() override {
        if (stopped_) return fail(ErrorKind::kCancelled, "stopped");
        auto info = next_();
        if (!info) return tl::unexpected(info.error());
        info->width = info_.width;
        info->height = info_.height;
        auto frame = std::make_shared<Frame>();
        frame->info = *info;
        return frame;
    }
    void stop() override { stopped_ = true; }
    std::optional<double> progress() const override { return std::nullopt; }
    Counters counters() const override { return {}; }

  private:
    std::function<Result<FrameInfo>()> next_;
    SourceInfo info_;
    std::atomic<bool> stopped_ = false;
};

// n frames at the rate from `start`, then the error.
inline std::unique_ptr<FrameSource> frames_then(int n, double fps, MonoTime start, Error end) {
    auto count = std::make_shared<int>(0);
    return std::make_unique<FakeSource>([=]() -> Result<FrameInfo> {
        if (*count >= n) return tl::unexpected(end);
        FrameInfo info;
        info.sequence = static_cast<std::uint64_t>(*count);
        info.mono = start + from_seconds((*count)++ / fps);
        info.wall = WallTime(info.mono.time_since_epoch());
        return info;
    });
}

}  // namespace chairside::testing
