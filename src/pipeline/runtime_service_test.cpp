#include "pipeline/runtime_service.hpp"

#include <gtest/gtest.h>

#include "support/service_fixture.hpp"

namespace chairside {
namespace {

using namespace service_test;
using namespace std::chrono_literals;

TEST_F(Service, AFileIsCountedStoredAndQueuedAndTheServiceEnds) {
    auto s = service(plays(60));
    std::vector<Event> heard;
    std::mutex mutex;
    s->subscribe([&](const Event& e) {
        const std::lock_guard lock(mutex);
        heard.push_back(e);
    });
    ASSERT_TRUE(s->start());
    ASSERT_TRUE(s->wait(30s));
    const auto status = s->status();
    EXPECT_EQ(status.summary.haircuts, 1);
    EXPECT_EQ(status.cameras.at(0).state, "ended");
    EXPECT_EQ(status.cameras.at(0).frames, 600u);
    EXPECT_EQ(status.cameras.at(0).dropped, 0u) << "a file waits for the analysis";
    EXPECT_EQ(status.events_queued, 2);
    s->stop();
    const auto stored = events();
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_EQ(stored[0].event.state, EventState::kClosed);
    EXPECT_EQ(stored[0].branch, "DEMO");
    EXPECT_NEAR(to_seconds(stored[0].event.dwell), 60, 2);
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[0].state, EventState::kOpen);
    EXPECT_EQ(heard[1].state, EventState::kClosed);
    EXPECT_EQ(heard[0].id, heard[1].id);
    EXPECT_FALSE(s->any_camera_failed());
}

TEST_F(Service, ASessionGoesOnWhenTheServiceIsBackWithinTheGrace) {
    paced_run(15);
    clock_.advance(5s);
    paced_run(15);
    const auto stored = events();
    ASSERT_EQ(stored.size(), 1u) << "15 s before, 5 s away and 15 s after are one stay of over 20 s";
    EXPECT_GT(to_seconds(stored[0].event.dwell), 20);
    EXPECT_EQ(stored[0].event.state, EventState::kOpen);
}

TEST_F(Service, ASessionIsClosedAtTheLastTimeSeenWhenTheServiceComesBackLate) {
    paced_run(30);
    const auto left_at = clock_.wall_now();
    clock_.advance(120s);
    paced_run(5);
    const auto stored = events();
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_EQ(stored[0].event.state, EventState::kClosed);
    EXPECT_NEAR(to_seconds(stored[0].event.end - left_at), 0, 3);
}

TEST_F(Service, TheTimeItWasDownIsAGap) {
    paced_run(5);
    clock_.advance(300s);
    paced_run(5);
    auto store = Store::open_read_only(dir_ / "store.db");
    ASSERT_TRUE(store);
    const auto gaps = (*store)->gaps(WallTime{}, clock_.wall_now()).value();
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0].reason, "stopped");
    EXPECT_NEAR(to_seconds(*gaps[0].end - gaps[0].start), 300, 8);
}

TEST_F(Service, SessionsOfACameraThatIsNoLongerConfiguredAreClosed) {
    paced_run(30);
    config_.cameras[0].id = "renamed";
    paced_run(2);
    const auto stored = events();
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_EQ(stored[0].event.camera, "front");
    EXPECT_EQ(stored[0].event.state, EventState::kClosed);
}

TEST_F(Service, AFileThatCannotBeReadIsAFailureInWords) {
    auto s = service([](const SourceOptions&, const Clock&,
                        const std::atomic<bool>*) -> Result<std::unique_ptr<FrameSource>> {
        return fail(ErrorKind::kInvalid, "not a video");
    });
    ASSERT_TRUE(s->start());
    ASSERT_TRUE(s->wait(10s));
    EXPECT_TRUE(s->any_camera_failed());
    EXPECT_EQ(s->status().cameras.at(0).state, "failed");
    EXPECT_EQ(s->status().cameras.at(0).error, "not a video");
}

TEST_F(Service, ALiveCameraThatIsLostIsOpenedAgain) {
    config_.cameras[0].live = true;
    std::atomic<int> opened = 0;
    auto s = service([&](const SourceOptions&, const Clock&,
                         const std::atomic<bool>*) -> Result<std::unique_ptr<FrameSource>> {
        if (++opened == 1) return fail(ErrorKind::kUnavailable, "host down");
        return frames_then(5, kFps, clock_.mono_now(), Error{ErrorKind::kUnavailable, "connection reset"});
    });
    ASSERT_TRUE(s->start());
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (opened < 3 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(5ms);
    EXPECT_GE(opened, 3);
    const auto before = std::chrono::steady_clock::now();
    s->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s)
        << "a camera that waits to try again must not delay the stop";
}

TEST_F(Service, SeveralCamerasKeepTheirCountsApart) {
    config_.cameras.push_back(config_.cameras[0]);
    config_.cameras[1].id = "back";
    auto s = service(plays(40));
    ASSERT_TRUE(s->start());
    ASSERT_TRUE(s->wait(30s));
    s->stop();
    const auto stored = events();
    ASSERT_EQ(stored.size(), 2u);
    EXPECT_NE(stored[0].event.camera, stored[1].event.camera);
}

}  // namespace
}  // namespace chairside
