#include "base/pulse.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace chairside {
namespace {

using namespace std::chrono_literals;

bool is_stuck(const std::string& name) {
    for (const StuckThread& one : stuck_threads())
        if (one.name == name) return true;
    return false;
}

TEST(Pulse, AStepBeyondItsPatienceIsNamedUntilItEnds) {
    Pulse pulse("the loop", 1ms);
    EXPECT_FALSE(is_stuck("the loop")) << "it rests: it may do so for ever";
    {
        const Pulse::Step step(pulse);
        std::this_thread::sleep_for(5ms);
        EXPECT_TRUE(is_stuck("the loop"));
        EXPECT_GE(pulse.late(), 4ms);
        pulse.begin();
        Pulse patient("another", 1h);
        const Pulse::Step other(patient);
        std::this_thread::sleep_for(5ms);
        EXPECT_FALSE(is_stuck("another"));
    }
    EXPECT_FALSE(is_stuck("the loop"));
}

TEST(Pulse, WhoIsGoneIsNotAsked) {
    {
        Pulse pulse("gone", 0ms);
        pulse.begin();
        std::this_thread::sleep_for(2ms);
        EXPECT_TRUE(is_stuck("gone"));
    }
    EXPECT_FALSE(is_stuck("gone"));
}

}  // namespace
}  // namespace chairside
