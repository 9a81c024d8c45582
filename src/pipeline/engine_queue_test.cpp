#include "pipeline/engine_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;

// An engine whose inferences end when the test says so.
class HeldDetector final : public Detector {
  public:
    explicit HeldDetector(int requests) { info_.requests = requests; }
    const ModelInfo& info() const override { return info_; }
    std::vector<ViewSpec> views(Tiles tiles) const override {
        return std::vector<ViewSpec>(
            static_cast<std::size_t>(tiles.columns * tiles.rows > 1 ? 1 + tiles.columns * tiles.rows : 1));
    }
    std::future<Result<Detections>> detect(FramePtr frame, Tiles) override {
        const std::lock_guard lock(mutex_);
        running_.emplace_back(std::move(frame), std::promise<Result<Detections>>());
        return running_.back().second.get_future();
    }
    std::size_t running() const {
        const std::lock_guard lock(mutex_);
        return running_.size();
    }
    // The oldest ends.
    void end_one() {
        const std::lock_guard lock(mutex_);
        running_.front().second.set_value(Detections{running_.front().first->info, {}});
        running_.pop_front();
    }

  private:
    ModelInfo info_;
    mutable std::mutex mutex_;
    std::deque<std::pair<FramePtr, std::promise<Result<Detections>>>> running_;
};

class Engine : public ::testing::Test {
  protected:
    CameraConfig camera(bool live) {
        CameraConfig c;
        c.live = live;
        return c;
    }
    FramePtr frame(std::uint64_t number) {
        auto out = std::make_shared<Frame>();
        out->info.mono = clock_.mono_now();
        out->info.sequence = number;
        return out;
    }
    testing::ManualClock clock_;
    HeldDetector detector_{2};
    EngineQueue engine_{detector_, clock_};
};

TEST_F(Engine, GivesItAsManyPicturesAsItHasRequests) {
    const auto a = engine_.join(camera(true)), b = engine_.join(camera(true));
    for (std::uint64_t i = 0; i < 5; ++i) {
        engine_.put(a, frame(i));
        engine_.put(b, frame(i));
    }
    EXPECT_EQ(detector_.running(), 2u);
    EXPECT_EQ(engine_.drops(a).newer + engine_.drops(b).newer, 6u);  // each has one that waits
    EXPECT_EQ(engine_.came(a), 5u);
}

TEST_F(Engine, HandsResultsBackInOrderAndTakesTheNextPictureThen) {
    const auto a = engine_.join(camera(false));
    std::thread reader([&] {
        for (std::uint64_t i = 0; i < 20; ++i)
            engine_.put(a, frame(i));
        engine_.close(a);
    });
    std::atomic<bool> over = false;
    std::thread engine([&] {
        while (!over)
            if (detector_.running() > 0) detector_.end_one();
    });
    std::uint64_t expected = 0;
    while (engine_.wait(a)) {
        const auto item = engine_.next(a);
        EXPECT_EQ(item.frame->info.sequence, expected++);
        EXPECT_TRUE(item.detections);
    }
    EXPECT_EQ(expected, 20u);
    over = true;
    reader.join();
    engine.join();
}

TEST_F(Engine, ACameraThatFetchesNothingDoesNotHoldTheOthersUp) {
    const auto stuck = engine_.join(camera(true)), other = engine_.join(camera(true));
    for (std::uint64_t i = 0; i < 6; ++i) {
        engine_.put(stuck, frame(i));
        if (detector_.running() > 0) detector_.end_one();
    }
    for (std::uint64_t i = 0; i < 10; ++i) {
        engine_.put(other, frame(i));
        ASSERT_EQ(detector_.running(), 1u) << i;
        detector_.end_one();
        EXPECT_EQ(engine_.next(other).frame->info.sequence, i);
    }
}

TEST_F(Engine, APictureThatWaitedTooLongIsGivenUpAndCounted) {
    const auto a = engine_.join(camera(true)), b = engine_.join(camera(true));
    engine_.put(a, frame(0));
    engine_.put(b, frame(0));
    engine_.put(a, frame(1));
    clock_.advance(2100ms);
    detector_.end_one();
    engine_.next(a);
    EXPECT_EQ(engine_.drops(a).too_old, 1u);
    EXPECT_EQ(detector_.running(), 1u);
}

TEST_F(Engine, WhoeverWaitsIsToldOfTheEndAlsoWhenTheLastPictureWasGivenUp) {
    const auto a = engine_.join(camera(true)), b = engine_.join(camera(true));
    engine_.put(b, frame(0));
    engine_.put(b, frame(1));
    engine_.put(a, frame(0));
    engine_.close(a);
    std::thread waiter([&] { EXPECT_FALSE(engine_.wait(a)); });
    clock_.advance(2100ms);
    detector_.end_one();
    engine_.next(b);
    waiter.join();
    detector_.end_one();
}

TEST_F(Engine, TilesTakeAsManyRequestsAsTheyHaveViews) {
    auto tiled = camera(true);
    tiled.tiles = {2, 1};
    const auto a = engine_.join(tiled), b = engine_.join(camera(true));
    engine_.put(a, frame(0));  // three views are more than there are requests: alone
    engine_.put(b, frame(0));
    EXPECT_EQ(detector_.running(), 1u);
    detector_.end_one();
    engine_.next(a);
    EXPECT_EQ(detector_.running(), 1u);
    detector_.end_one();
}

TEST_F(Engine, ClosedIsClosed) {
    const auto a = engine_.join(camera(false));
    engine_.close(a);
    EXPECT_FALSE(engine_.put(a, frame(0)));
    EXPECT_FALSE(engine_.wait(a));
}

}  // namespace
}  // namespace chairside
