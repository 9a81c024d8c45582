#pragma once
// A service over fakes: cameras that play from a script, a detector that sees one person, a clock that tests move.

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "pipeline/runtime_service.hpp"
#include "support/fakes.hpp"

namespace chairside::service_test {

using testing::FakeClock;
using testing::FakeDetector;
using testing::frames_then;

inline constexpr double kFps = 10;

// A zone for many people, so that posture plays no part: these tests are about the joining of the stages.
inline ZoneConfig zone() {
    ZoneConfig z;
    z.name = "room";
    z.type = ZoneType::kChair;
    z.polygon = {{0.1, 0.1}, {0.9, 0.1}, {0.9, 0.95}, {0.1, 0.95}};
    z.capacity = 12;
    z.dwell = std::chrono::seconds(20);
    z.grace = std::chrono::seconds(10);
    return z;
}

inline std::vector<Detection> one_person(const FrameInfo&) {
    return {{Box{300, 150, 60, 160}, 0.9f}};
}

class Service : public ::testing::Test {
  protected:
    void SetUp() override {
        dir_ = std::filesystem::temp_directory_path() / ("chairside-service-" + std::to_string(getpid()));
        std::filesystem::remove_all(dir_);
        std::filesystem::create_directories(dir_);
        config_.timezone = "UTC";
        config_.device_id = "pc-1";
        config_.reports.dir = dir_ / "reports";
        config_.reports.schedule = false;
        CameraConfig camera;
        camera.id = "front";
        camera.source = "fake";
        camera.zones = {zone()};
        config_.cameras = {camera};
        LogOptions quiet;
        quiet.file = dir_ / "log";
        quiet.console = false;
        ASSERT_TRUE(init_log(quiet));
    }
    void TearDown() override {
        ASSERT_TRUE(init_log({}));
        std::filesystem::remove_all(dir_);
    }

    std::unique_ptr<RuntimeService> service(
        SourceOpener open, std::shared_ptr<Detector> detector = std::make_shared<FakeDetector>(one_person)) {
        auto store = Store::open({dir_ / "store.db", "DEMO", "pc-1"});
        EXPECT_TRUE(store) << (store ? "" : store.error().message);
        return std::make_unique<RuntimeService>(config_, std::move(detector), std::move(*store), clock_,
                                                std::move(open));
    }
    // A camera that gives `seconds` of frames from now on and then, if paced, waits for more that never come.
    SourceOpener plays(double seconds) {
        return [this, seconds](const SourceOptions& o, const Clock&,
                               const std::atomic<bool>* stop) -> Result<std::unique_ptr<FrameSource>> {
            const auto n = static_cast<int>(seconds * kFps);
            const auto start = clock_.mono_now();
            auto at = std::make_shared<int>(0);
            return std::make_unique<testing::FakeSource>(
                [this, n, start, at, stop, paced = o.realtime]() -> Result<FrameInfo> {
                    if (*at >= n) {
                        if (!paced) return fail(ErrorKind::kEnd, "end");
                        while (!*stop)
                            std::this_thread::sleep_for(std::chrono::milliseconds(1));
                        return fail(ErrorKind::kCancelled, "stopped");
                    }
                    FrameInfo info;
                    info.sequence = static_cast<std::uint64_t>(*at);
                    info.mono = start + from_seconds((*at)++ / kFps);
                    info.wall = WallTime(info.mono.time_since_epoch());
                    if (paced) clock_.advance(from_seconds(1 / kFps));
                    return info;
                });
        };
    }
    // Runs a camera at its own speed for some seconds of its time, then stops as SIGTERM does. Paced, but not live: a
    // live queue drops what is not taken in time, which here is all but a few.
    void paced_run(double seconds) {
        config_.cameras[0].realtime = true;
        auto s = service(plays(seconds));
        ASSERT_TRUE(s->start());
        while (s->status().cameras.at(0).frames < static_cast<std::uint64_t>(seconds * kFps))
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        s->stop();
    }
    std::vector<StoredEvent> events() {
        auto store = Store::open_read_only(dir_ / "store.db");
        EXPECT_TRUE(store);
        return (*store)->events({}).value();
    }

    std::filesystem::path dir_;
    Config config_;
    FakeClock clock_;
};

}  // namespace chairside::service_test
