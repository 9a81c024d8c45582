// Counts what the tracker takes from the heap, by replacing the global operator new of this test program.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include "track/test_scene.hpp"
#include "track/tracker.hpp"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t size, std::size_t alignment) {
    ++allocations;
    void* p = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (!p) throw std::bad_alloc();
    return p;
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size, std::max(static_cast<std::size_t>(alignment), alignof(std::max_align_t)));
}
void operator delete(void* p) noexcept {
    std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}
void operator delete(void* p, std::align_val_t) noexcept {
    std::free(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
    std::free(p);
}

namespace chairside {
namespace {

TEST(TrackerMemory, AWarmTrackerDoesNotAllocate) {
    test::SceneOptions o;
    o.people = 25;
    o.seconds = 60;
    auto frames = test::scene(o, 1);
    Tracker tracker;
    const long before_warm = allocations;
    // The same minute again and again.
    const auto play = [&] {
        for (auto& frame : frames) {
            tracker.update(frame);
            frame.frame.mono += from_seconds(o.seconds);
        }
    };
    play();
    ASSERT_GT(allocations, before_warm) << "the counter does not count";
    play();
    play();
    const long before = allocations;
    play();
    EXPECT_EQ(allocations - before, 0);
}

TEST(TrackerMemory, IsFlatOverADayOfABusyScene) {
    test::SceneOptions o;
    o.people = 8;
    o.fps = 5;
    o.seconds = 600;
    auto minutes =
        test::scene(o, 7);  // played again and again: making up people takes longer than tracking them
    Tracker tracker;
    long after_an_hour = 0;
    std::size_t most = 0;
    for (int round = 0; round < 24 * 6; ++round) {
        if (round == 6) after_an_hour = allocations;
        for (auto& frame : minutes) {
            most = std::max(most, tracker.update(frame).people.size());
            frame.frame.mono += from_seconds(o.seconds);
        }
    }
    EXPECT_GE(most, 8U);
    EXPECT_LE(most, 24U);
    EXPECT_EQ(allocations - after_an_hour, 0);
}

}  // namespace
}  // namespace chairside
