// What the computer does to the service: clocks that are set while it runs, a stream that hangs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "support/service_fixture.hpp"

namespace chairside {
namespace {

using namespace service_test;
using namespace std::chrono_literals;
using ::testing::IsEmpty;

class Faults : public Service {
  protected:
    // A camera as over the network: its wall times are the clock's, whatever that says.
    SourceOpener by_the_clock(double seconds) {
        return [this, seconds](const SourceOptions&, const Clock&,
                               const std::atomic<bool>*) -> Result<std::unique_ptr<FrameSource>> {
            const auto n = static_cast<std::uint64_t>(seconds * kFps);
            return std::make_unique<testing::FakeSource>([this, n]() -> Result<FrameInfo> {
                if (given_ >= n) return fail(ErrorKind::kEnd, "end");
                FrameInfo info;
                info.sequence = given_;
                if (given_ == step_at_) clock_.step_wall(step_);
                clock_.advance(from_seconds(1 / kFps));
                info.mono = clock_.mono_now();
                info.wall = clock_.wall_now();
                ++given_;
                return info;
            });
        };
    }
    // 60 s of one person; after 30 s of them the clock is set.
    std::vector<StoredEvent> run_with_step(Duration step) {
        config_.cameras[0].realtime = true;  // paced as a live camera, but no picture is given up
        given_ = 0;
        step_ = step;
        auto s = service(by_the_clock(60));
        EXPECT_TRUE(s->start());
        EXPECT_TRUE(s->wait(30s));
        s->stop();
        return events();
    }

    std::atomic<std::uint64_t> given_ = 0;
    std::uint64_t step_at_ = static_cast<std::uint64_t>(30 * kFps);
    Duration step_{};
};

TEST_F(Faults, AServiceDuringWhichTheClockIsSetIsAsLongAsItWas) {
    const auto began = clock_.wall_now();
    for (const Duration step : {Duration(2h), Duration(-2h), Duration(24h * 365)}) {
        std::filesystem::remove_all(dir_);
        std::filesystem::create_directories(dir_);
        clock_.step_wall(began - clock_.wall_now());
        const auto stored = run_with_step(step);
        ASSERT_EQ(stored.size(), 1u) << to_seconds(step);
        const Event& event = stored[0].event;
        EXPECT_NEAR(to_seconds(event.dwell), 60, 2) << to_seconds(step);
        EXPECT_EQ(event.end - event.start, event.dwell) << to_seconds(step);
        EXPECT_NEAR(to_seconds(event.start - began), 0, 2) << "the day it began on stays its day";
        auto store = Store::open_read_only(dir_ / "store.db");
        EXPECT_THAT((*store)->gaps(WallTime{}, WallTime::max()).value(), IsEmpty());
    }
}

TEST_F(Faults, AServiceCountedAfterAnUnsetClockWasSetIsFiledUnderTheRightDay) {
    const auto now = clock_.wall_now();
    clock_.step_wall(WallTime(10s) - now);            // 1970 at boot
    step_at_ = static_cast<std::uint64_t>(5 * kFps);  // before the 20 s that make a service
    const auto stored = run_with_step(now - WallTime(10s));
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_NEAR(to_seconds(stored[0].event.start - now), 0, 10);
    EXPECT_NEAR(to_seconds(stored[0].event.dwell), 60, 2);
}

// Is not done with its first picture before it is told.
class SlowDetector final : public Detector {
  public:
    const ModelInfo& info() const override { return quick_.info(); }
    std::vector<ViewSpec> views(Tiles tiles) const override { return quick_.views(tiles); }
    std::future<Result<Detections>> detect(FramePtr frame, Tiles tiles) override {
        if (first_.exchange(false)) return late_.get_future();
        return quick_.detect(std::move(frame), tiles);
    }
    void be_done() { late_.set_value(Detections{}); }

  private:
    FakeDetector quick_{one_person};
    std::promise<Result<Detections>> late_;
    std::atomic<bool> first_ = true;
};

TEST_F(Faults, WhyAStreamBrokeIsSaidUntilItsNextPictureNotUntilOneThatWasOnItsWay) {
    config_.cameras[0].live = true;
    const auto start = clock_.mono_now();
    const auto detector = std::make_shared<SlowDetector>();
    std::promise<void> comes_back;
    std::atomic<int> opened = 0;
    auto s = service(
        [&, back = comes_back.get_future().share()](
            const SourceOptions&, const Clock&,
            const std::atomic<bool>*) -> Result<std::unique_ptr<FrameSource>> {
            if (++opened == 1) return frames_then(1, kFps, start, {ErrorKind::kIo, "the cable is out"});
            back.wait();
            return frames_then(1, kFps, start + 1s, {ErrorKind::kEnd, "end"});
        },
        detector);
    ASSERT_TRUE(s->start());
    const auto until = [&](auto so) {
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (!so(s->status().cameras.at(0)) && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(1ms);
        return s->status().cameras.at(0);
    };
    EXPECT_EQ(until([](const CameraStatus& c) { return !c.error.empty(); }).error, "the cable is out");
    detector->be_done();
    const auto late = until([](const CameraStatus& c) { return c.frames == 1; });
    EXPECT_EQ(late.frames, 1u);
    EXPECT_EQ(late.error, "the cable is out");
    comes_back.set_value();
    EXPECT_THAT(until([](const CameraStatus& c) { return c.error != "the cable is out"; }).error,
                ::testing::AnyOf("", "the camera ended the stream"));
    s->stop();
}

// Gives three pictures and then hangs, as a driver does, until it is told to stop.
class HangingSource final : public FrameSource {
  public:
    explicit HangingSource(const Clock& clock)
        : frames_(frames_then(3, kFps, clock.mono_now(), {ErrorKind::kEnd, "end"})) {}
    const SourceInfo& info() const override { return frames_->info(); }
    Result<FramePtr> next() override {
        if (auto frame = frames_->next()) return frame;
        stopped_.get_future().wait();
        return fail(ErrorKind::kCancelled, "stopped");
    }
    void stop() override {
        if (!told_.exchange(true)) stopped_.set_value();
    }
    std::optional<double> progress() const override { return std::nullopt; }
    Counters counters() const override { return {}; }

  private:
    std::unique_ptr<FrameSource> frames_;
    std::promise<void> stopped_;
    std::atomic<bool> told_ = false;
};

TEST_F(Faults, ACaptureThatHangsIsNamedInterruptedAndOpenedAgain) {
    config_.cameras[0].live = true;
    // A source's patience is its time-out and half a minute more; tests do not wait that long.
    config_.cameras[0].timeout = 200ms - Duration(30s);
    std::atomic<int> opened = 0;
    auto s = service([&](const SourceOptions&, const Clock&,
                         const std::atomic<bool>*) -> Result<std::unique_ptr<FrameSource>> {
        if (++opened == 1) return std::make_unique<HangingSource>(clock_);
        return std::make_unique<testing::FakeSource>([this]() -> Result<FrameInfo> {
            std::this_thread::sleep_for(5ms);
            clock_.advance(from_seconds(1 / kFps));
            FrameInfo info;
            info.sequence = given_++;
            info.mono = clock_.mono_now();
            info.wall = clock_.wall_now();
            return info;
        });
    });
    ASSERT_TRUE(s->start());
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (s->status().cameras.at(0).frames < 5 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(5ms);
    EXPECT_EQ(opened, 2);
    EXPECT_GE(s->status().cameras.at(0).frames, 5u) << "pictures of the second opening";
    s->stop();
    std::vector<std::string> said;
    for (const LogLine& line : recent_log(kRecentLines, LogLevel::kWarning))
        if (line.camera == "front" && line.message.find("stream h") != std::string::npos)
            said.push_back(line.message);
    EXPECT_THAT(said, ::testing::ElementsAre("the camera's stream hangs; it is opened again",
                                             "the camera's stream hung"));
}

}  // namespace
}  // namespace chairside
