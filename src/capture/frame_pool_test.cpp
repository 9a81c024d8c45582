#include "capture/frame_pool.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace chairside {
namespace {

TEST(FramePool, gives_the_same_buffer_again_once_it_was_let_go) {
    FramePool pool(4);
    auto frame = pool.take();
    frame->views.resize(1);
    frame->views[0].bytes.resize(1000);
    const auto* pixels = frame->views[0].bytes.data();
    frame.reset();
    const auto again = pool.take();
    ASSERT_EQ(again->views.size(), 1u);
    EXPECT_EQ(again->views[0].bytes.data(), pixels);
}

TEST(FramePool, never_shares_a_frame_that_is_in_use) {
    FramePool pool(4);
    const auto a = pool.take();
    const auto b = pool.take();
    EXPECT_NE(a.get(), b.get());
}

TEST(FramePool, keeps_no_more_than_its_limit) {
    FramePool pool(2);
    {
        std::vector<std::shared_ptr<Frame>> frames;
        for (int i = 0; i < 10; ++i)
            frames.push_back(pool.take());
    }
    EXPECT_EQ(pool.idle(), 2u);
}

TEST(FramePool, frames_may_outlive_it) {
    std::shared_ptr<Frame> frame;
    {
        FramePool pool(2);
        frame = pool.take();
    }
    frame->views.resize(3);
    EXPECT_EQ(frame->views.size(), 3u);
}

TEST(FramePool, takes_frames_back_from_any_thread) {
    FramePool pool(4);
    for (int i = 0; i < 100; ++i) {
        auto frame = pool.take();
        frame->info.sequence = static_cast<std::uint64_t>(i);
        std::thread([held = std::move(frame)]() mutable { held.reset(); }).join();
    }
    EXPECT_EQ(pool.idle(), 1u);
}

}  // namespace
}  // namespace chairside
