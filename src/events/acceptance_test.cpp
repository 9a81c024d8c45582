#include "events/event_tracker.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "support/stage.hpp"

namespace chairside {
namespace {

using support::end_s;
using support::make_zone;
using support::seated;
using support::Stage;
using support::standing;
using support::start_s;

// The acceptance table of the peers' pains.

TEST(Acceptance, AJitteredBoxOnAZoneEdgeWithHiddenFeetIsOneSession) {
    Stage stage({make_zone("chair", ZoneType::kChair, 0.4, 0.6, 0.6, 0.8, 1, 60, 40)});
    for (int i = 0; i < 3000; ++i) {  // ten minutes; the edge of the polygon is y = 400
        const double jitter = 12 * std::sin(1.7 * i) + 6 * std::sin(0.31 * i);
        const double hidden = (i / 40) % 3 == 0 ? -25 : 0;  // the box ends above the feet
        stage.show(0.2 * i, {{1 + i / 400, seated(500 + jitter / 3, 400 + jitter + hidden)}});
    }
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    ASSERT_EQ(stage.events().size(), 1U);
    EXPECT_NEAR(to_seconds(stage.events()[0].dwell), 599, 10);
}

TEST(Acceptance, SeatedFortyMinutesAndHiddenSixTimesIsOneSession) {
    Stage stage({make_zone("chair", ZoneType::kChair, 0.4, 0.6, 0.6, 1.0, 1, 120, 40)});
    int i = 0;
    for (; i < 12000; ++i) {
        const double t = 0.2 * i;
        const bool hidden = std::fmod(t, 400) > 200 && std::fmod(t, 400) <= 230;
        std::vector<std::pair<std::int64_t, Box>> people{{50, standing(hidden ? 505 : 570, 410)}};
        if (!hidden) people.emplace_back(static_cast<std::int64_t>(1 + t / 400), seated(500, 400));
        stage.show(t, people);
    }
    for (; i < 12400; ++i)
        stage.show(0.2 * i, {{51, standing(900, 450)}});
    const auto events = stage.events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_NEAR(to_seconds(events[0].dwell), 2400, 5);
}

TEST(Acceptance, TwoPeopleWhoSwapSidesAndIdsStayTwo) {
    Stage stage({make_zone("hall", ZoneType::kWait, 0.2, 0, 0.8, 1, 12, 5, 15)});
    for (int i = 0; i < 200; ++i) {
        const double a = i < 80 ? 350 : std::min(650.0, 350 + 10.0 * (i - 80)), b = 1000 - a;
        const bool met = i >= 95;  // the tracker gives each the other's id
        stage.show(0.1 * i, {{met ? 2 : 1, standing(a, 400)}, {met ? 1 : 2, standing(b, 420)}});
    }
    EXPECT_EQ(stage.tracker().summary().waits, 2);
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_EQ(stage.events().size(), 2U);
}

TEST(Acceptance, AStormOfTheSameIdChangesNoCount) {
    for (const int capacity : {4, 12}) {
        Stage stage({make_zone("hall", ZoneType::kWait, 0.2, 0, 0.8, 1, capacity, 5, 15)});
        for (int i = 0; i < 300; ++i)
            stage.show(0.1 * i,
                       {{-1, standing(300, 400)}, {-1, standing(500, 410)}, {-1, standing(700, 400)}});
        stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
        EXPECT_EQ(stage.events().size(), 3U) << capacity;
    }
}

TEST(Acceptance, TheSameStayAtEachFrameRateWithAndWithoutGaps) {
    for (const double fps : {2.0, 5.0, 10.0, 25.0}) {
        for (const bool gaps : {false, true}) {
            Stage stage({make_zone("chair", ZoneType::kChair, 0.4, 0.6, 0.6, 1.0, 1, 60, 40)});
            for (int i = 0; i < 200 * fps; ++i) {
                const double t = i / fps;
                if (gaps && std::fmod(t, 60) > 50) continue;
                if (t < 12)
                    stage.show(t, {{1, standing(100 + 30 * t, 400)}});
                else if (t < 160)
                    stage.show(t, {{1, seated(500, 400)}});
                else
                    stage.show(t, {{1, standing(std::min(900.0, 500 + 100 * (t - 160)), 400)}});
            }
            stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
            ASSERT_EQ(stage.events().size(), 1U) << fps << gaps;
            EXPECT_NEAR(start_s(stage.events()[0]), 11, 2) << fps << gaps;
            EXPECT_NEAR(end_s(stage.events()[0]), 160, 2) << fps << gaps;
        }
    }
}

}  // namespace
}  // namespace chairside
