#include "track/tracker.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

TEST(Tracker, KeepsOneIdForAPersonWhoWalks) {
    Tracker tracker;
    Detections d;
    d.frame.width = 1280;
    d.frame.height = 720;
    for (int i = 0; i < 40; ++i) {
        d.frame.mono = MonoTime(from_seconds(0.2 * i));
        d.people = {{{100.0 + 10 * i, 200, 40, 100}, 0.9F}};
        const auto& tracks = tracker.update(d);
        ASSERT_EQ(tracks.people.size(), 1U);
        EXPECT_EQ(tracks.people[0].id.value, 1);
    }
}

}  // namespace
}  // namespace chairside
