#include "events/area_zone.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/stage.hpp"

namespace chairside {
namespace {

using support::end_s;
using support::make_zone;
using support::Stage;
using support::standing;
using support::start_s;

// An area for twelve, x 300..700 of 1000, the whole height.
std::vector<ZoneConfig> area() {
    return {make_zone("hall", ZoneType::kWait, 0.3, 0, 0.7, 1, 12, 3, 15)};
}

TEST(AreaZone, APersonWhoWalksThroughIsOneStayFromEntryToExit) {
    Stage stage(area());
    for (int i = 0; i <= 100; ++i)
        stage.show(0.1 * i, {{1, standing(100 + 8 * i, 400)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    const auto events = stage.events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(start_s(events[0]), 2.5, 0.11);
    EXPECT_NEAR(end_s(events[0]), 7.5, 0.11);  // at the border, though the margin is waited for
    EXPECT_EQ(events[0].metadata.at("end"), "left");
}

TEST(AreaZone, EachPersonIsCountedOnce) {
    Stage stage(area());
    for (int i = 0; i <= 60; ++i)
        stage.show(0.1 * i, {{1, standing(400, 400)}, {2, standing(500, 400)}, {3, standing(600, 300)}});
    EXPECT_EQ(stage.tracker().summary().waits, 3);
    EXPECT_EQ(stage.tracker().summary().active_people, 3);
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_EQ(stage.events().size(), 3U);
}

TEST(AreaZone, ABrokenIdentityGoesOnInTheSameStay) {
    Stage stage(area());
    for (int i = 0; i <= 60; ++i) {
        const std::int64_t id = i < 30 ? 1 : 2;
        if (i >= 28 && i < 33) continue;  // lost for half a second, found under another id
        stage.show(0.1 * i, {{id, standing(320 + 5 * i, 400)}});
    }
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    const auto events = stage.events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(to_seconds(events[0].dwell), 6, 0.1);
    EXPECT_EQ(events[0].metadata.at("identity_changes"), "1");
}

TEST(AreaZone, SomebodyElseWhoWalksInDoesNotTakeOver) {
    Stage stage(area());
    for (int i = 0; i <= 100; ++i) {
        std::vector<std::pair<std::int64_t, Box>> people;
        people.emplace_back(2, standing(100 + 5 * i, 400));  // known long before it comes in
        if (i < 40) people.emplace_back(1, standing(450, 400));
        stage.show(0.1 * i, people);
    }
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_EQ(stage.events().size(), 2U);
}

TEST(AreaZone, WhoStoodStillIsAwaitedForTheGraceTime) {
    Stage stage(area());
    for (int i = 0; i <= 300; ++i) {
        if (i > 100 && i < 200) {  // hidden for 10 s
            stage.show(0.1 * i, {{9, standing(900, 400)}});
            continue;
        }
        stage.show(0.1 * i, {{i < 150 ? 1 : 2, standing(500, 400)}, {9, standing(900, 400)}});
    }
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    ASSERT_EQ(stage.events().size(), 1U);
    EXPECT_NEAR(to_seconds(stage.events()[0].dwell), 30, 0.2);
}

TEST(AreaZone, WhoStoodForAMomentIsNotAwaitedForTheGraceTime) {
    Stage stage(area());
    for (int i = 0; i <= 300; ++i) {
        std::vector<std::pair<std::int64_t, Box>> people{{9, standing(900, 400)}};
        if (i <= 40)
            people.emplace_back(1, standing(i < 20 ? 400 + 5 * i : 500, 400));  // walks 2 s, stands 2 s
        if (i >= 140) people.emplace_back(2, standing(500, 400));               // another, 10 s later
        stage.show(0.1 * i, people);
    }
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    const auto events = stage.events();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_NEAR(std::min(to_seconds(events[0].dwell), to_seconds(events[1].dwell)), 4, 0.2);
}

TEST(AreaZone, TheMarginDoesNotMakeAShortStayALongOne) {
    Stage stage(area());
    for (int i = 0; i <= 80; ++i)  // inside for 2.8 s; another 0.2 s until the margin is passed
        stage.show(0.1 * i, {{1, standing(100 + 14 * i, 400)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_TRUE(stage.events().empty());
}

TEST(AreaZone, AtALowRateTheThresholdHoldsToo) {
    Stage stage(area());
    for (int i = 0; i <= 30; ++i)  // 2 fps: seen inside for 2.5 s
        stage.show(0.5 * i, {{1, standing(60 + 70 * i, 400)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_EQ(stage.events().size(), 0U);
    Stage slower(area());
    for (int i = 0; i <= 30; ++i)  // seen inside for 3 s
        slower.show(0.5 * i, {{1, standing(10 + 60 * i, 400)}});
    slower.note(slower.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_EQ(slower.events().size(), 1U);
}

TEST(AreaZone, AShortStepOutsideIsNoExit) {
    Stage stage(area());
    for (int i = 0; i <= 100; ++i)
        stage.show(0.1 * i, {{1, standing(i > 40 && i < 55 ? 760 : 650, 400)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    ASSERT_EQ(stage.events().size(), 1U);
    EXPECT_NEAR(to_seconds(stage.events()[0].dwell), 10, 0.2);
}

TEST(AreaZone, ShortStaysAreNoServices) {
    Stage stage(area());
    for (int i = 0; i <= 20; ++i)
        stage.show(0.1 * i, {{1, standing(500, 400)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_TRUE(stage.history().empty());
}

}  // namespace
}  // namespace chairside
