#include "events/event_tracker.hpp"

#include <gtest/gtest.h>

#include "support/stage.hpp"

namespace chairside {
namespace {

using support::end_s;
using support::make_zone;
using support::seated;
using support::Stage;
using support::standing;
using support::start_s;

std::vector<ZoneConfig> shop() {
    return {make_zone("chair-1", ZoneType::kChair, 0.4, 0.6, 0.6, 1.0, 1, 10, 20),
            make_zone("wash-1", ZoneType::kWash, 0.1, 0.6, 0.3, 1.0, 1, 5, 20),
            make_zone("waiting", ZoneType::kWait, 0.7, 0.6, 1.0, 1.0, 4, 3, 15)};
}

void sit(Stage& stage, double from, double to, double x, std::int64_t id = 1) {
    for (double t = from; t < to - 1e-6; t += 0.2)
        stage.show(t, {{id, seated(x, 400)}});
}
void empty(Stage& stage, double from, double to) {
    for (double t = from; t < to - 1e-6; t += 0.2)
        stage.show(t, {{99, standing(650, 500, 60)}});
}

TEST(EventChanges, OpensAtTheThresholdAndClosesAfterTheGraceAtTheTimeLastSeen) {
    Stage stage(shop());
    sit(stage, 0, 9, 500);
    EXPECT_TRUE(stage.history().empty());
    ASSERT_EQ(stage.stored().size(), 1U);  // a session before it is a service
    EXPECT_FALSE(stage.stored().begin()->second.event);
    sit(stage, 9, 11, 500);
    ASSERT_EQ(stage.history().size(), 1U);
    EXPECT_EQ(stage.history()[0].state, EventState::kOpen);
    EXPECT_EQ(stage.history()[0].revision, 1);
    EXPECT_TRUE(stage.stored().begin()->second.event);
    sit(stage, 11, 30, 500);
    empty(stage, 30, 80);
    ASSERT_EQ(stage.history().back().state, EventState::kClosed);
    EXPECT_NEAR(to_seconds(stage.history().back().dwell), 29.8, 0.3);
    EXPECT_EQ(stage.history().back().id, stage.history().front().id);
    EXPECT_TRUE(stage.stored().empty());
    EXPECT_EQ(stage.stale_revisions(), 0);
}

TEST(EventChanges, EndIsStartPlusDwell) {
    Stage stage(shop());
    sit(stage, 0, 30, 500);
    stage.note(stage.tracker().end_all(EndReason::kStopped));
    const Event event = stage.events().at(0);
    EXPECT_EQ(event.end - event.start, event.dwell);
    EXPECT_EQ(event.metadata.at("end"), "stopped");
    EXPECT_EQ(event.camera, "cam");
}

TEST(EventChanges, TellsTheEventsOfAPerson) {
    Stage stage(shop());
    sit(stage, 0, 30, 200);
    const PersonId person = stage.tracker().open_sessions().at(0).person;
    auto events = stage.tracker().events_of(person);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].state, EventState::kOpen);
    EXPECT_NEAR(to_seconds(events[0].dwell), 29.8, 0.3);
    stage.note(stage.tracker().end_person(person));
    events = stage.tracker().events_of(person);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].state, EventState::kClosed);
    EXPECT_EQ(events[0].metadata.at("end"), "by request");
    EXPECT_TRUE(stage.tracker().events_of(PersonId{4711}).empty());
}

TEST(EventChanges, AClientKnownFromTheBasinIsTheSamePersonInTheChair) {
    Stage stage(shop());
    for (int i = 0; i < 150; ++i)
        stage.show(0.2 * i, {{1, standing(200, 400)}});
    for (int i = 0; i < 15; ++i)
        stage.show(30 + 0.2 * i, {{1, standing(200 + 20 * i, 400)}});
    for (int i = 0; i < 150; ++i)
        stage.show(33 + 0.2 * i, {{1, standing(500, 400)}});
    stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
    const auto events = stage.events();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].person, events[1].person);
}

TEST(EventChanges, ASessionFromAClockThatWasSetBackALittleGoesOnAndIsAsLongAsItWas) {
    Stage before(shop());
    sit(before, 100, 130, 500);
    const auto saved = before.tracker().open_sessions();
    Stage after(shop());
    after.note(after.tracker().restore(saved, MonoTime(from_seconds(127))));
    sit(after, 127, 137, 500, 5);
    after.note(after.tracker().end_all(EndReason::kEndOfStream));
    const auto events = after.events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].id, *saved[0].event);
    EXPECT_NEAR(to_seconds(events[0].dwell), 39.6, 0.5);
}

TEST(EventChanges, ASessionFromTheFutureIsClosedAndWhoSitsThereNowIsCounted) {
    Stage before(shop());
    sit(before, 100'000, 100'030, 500);
    const auto saved = before.tracker().open_sessions();
    Stage after(shop());  // the clock was a day ahead, or it is 1970 again
    after.note(after.tracker().restore(saved, MonoTime(from_seconds(40))));
    sit(after, 40, 70, 500, 5);
    after.note(after.tracker().end_all(EndReason::kEndOfStream));
    const auto events = after.events();
    ASSERT_EQ(events.size(), 2U);
    for (const Event& event : events)
        EXPECT_NEAR(to_seconds(event.dwell), 29.8, 0.5);
}

TEST(EventChanges, TakesUpASessionThatIsWithinItsGrace) {
    Stage before(shop());
    sit(before, 100, 130, 500);
    const auto saved = before.tracker().open_sessions();
    ASSERT_EQ(saved.size(), 1U);
    ASSERT_TRUE(saved[0].event);

    Stage after(shop());
    after.note(after.tracker().restore(saved, MonoTime(from_seconds(140))));
    EXPECT_TRUE(after.history().empty());
    EXPECT_EQ(after.tracker().summary().haircuts, 1);
    sit(after, 140, 150, 500, 5);
    after.note(after.tracker().end_all(EndReason::kEndOfStream));
    const auto events = after.events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].id, *saved[0].event);
    EXPECT_GT(events[0].revision, saved[0].revision);
    EXPECT_NEAR(to_seconds(events[0].dwell), 49.8, 0.3);
}

TEST(EventChanges, ClosesASessionThatIsPastItsGraceAtTheTimeLastSeen) {
    Stage before(shop());
    sit(before, 100, 130, 500);
    Stage after(shop());
    const EventChanges changes =
        after.tracker().restore(before.tracker().open_sessions(), MonoTime(from_seconds(200)));
    ASSERT_EQ(changes.events.size(), 1U);
    EXPECT_EQ(changes.events[0].state, EventState::kClosed);
    EXPECT_NEAR(to_seconds(changes.events[0].dwell), 29.8, 0.3);
    EXPECT_EQ(changes.events[0].metadata.at("end"), "restart");
    EXPECT_EQ(changes.ended.size(), 1U);
    EXPECT_EQ(after.tracker().summary().haircuts, 1);
    EXPECT_TRUE(after.tracker().open_sessions().empty());
}

TEST(EventChanges, NumbersGoOnAfterTheRestoredOnes) {
    Stage before(shop());
    sit(before, 100, 130, 500);
    const auto saved = before.tracker().open_sessions();
    Stage after(shop());
    after.note(after.tracker().restore(saved, MonoTime(from_seconds(500))));
    sit(after, 500, 520, 200);
    for (const OpenSession& session : after.tracker().open_sessions())
        EXPECT_GT(session.session, saved[0].session);
}

TEST(EventChanges, OfAnotherCameraNothingIsRestored) {
    Stage before(shop());
    sit(before, 100, 130, 500);
    auto saved = before.tracker().open_sessions();
    saved[0].camera = "elsewhere";
    Stage after(shop());
    const EventChanges changes = after.tracker().restore(saved, MonoTime(from_seconds(135)));
    EXPECT_TRUE(changes.events.empty());
    EXPECT_TRUE(changes.ended.empty());
}

}  // namespace
}  // namespace chairside
