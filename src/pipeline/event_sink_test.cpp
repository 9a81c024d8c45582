#include "pipeline/event_sink.hpp"

#include <gtest/gtest.h>

#include "store/store_test_support.hpp"

namespace chairside {
namespace {

using store_test::at;
using store_test::closed;
using store_test::event_of;
using store_test::id_of;
using store_test::TempFolder;

class Sink : public ::testing::Test {
  protected:
    void SetUp() override { reopen(); }
    // As after a kill: nothing but what the store holds is left.
    void reopen() {
        sink.reset();
        store.reset();
        store = Store::open(folder.options()).value();
        sink = std::make_unique<EventSink>(*store, VisitLinker({}, places));
        ASSERT_TRUE(sink->restore(at(-86400)));
    }
    void put(const Event& event) { sink->put(event.camera, {{event}, {}, {}}); }
    Event stored(int number) {
        return store->event(id_of(static_cast<std::uint64_t>(number))).value()->event;
    }

    static Event stay(int number, const std::string& zone, ZoneType type, double start_s, double dwell_s) {
        Event event = event_of(static_cast<std::uint64_t>(number), start_s);
        event.zone = zone;
        event.type = type;
        return closed(event, dwell_s);
    }

    TempFolder folder;
    const std::vector<ZonePlace> places{{"cam-1", "bench", {0.2, 0.5}}, {"cam-1", "chair 1", {0.6, 0.5}}};
    std::unique_ptr<Store> store;
    std::unique_ptr<EventSink> sink;
};

TEST_F(Sink, StoresTheVisitWithTheEvent) {
    put(stay(1, "bench", ZoneType::kWait, 0, 300));
    put(stay(2, "chair 1", ZoneType::kChair, 304, 900));
    EXPECT_EQ(stored(1).visit, id_of(1));
    EXPECT_EQ(stored(2).visit, id_of(1));
}

TEST_F(Sink, AVisitGoesOnAfterACrash) {
    put(stay(1, "bench", ZoneType::kWait, 0, 300));
    reopen();
    put(stay(2, "chair 1", ZoneType::kChair, 304, 900));
    EXPECT_EQ(stored(2).visit, id_of(1));
}

TEST_F(Sink, RevisionsOfTheVisitDoNotHideTheTrackersOwn) {
    Event chair = event_of(2, 304);
    chair.zone = "chair 1";
    put(chair);  // open, before the bench is known to be empty
    put(stay(1, "bench", ZoneType::kWait, 0, 300));
    EXPECT_EQ(stored(2).revision, 2);
    EXPECT_EQ(stored(2).visit, id_of(1));
    reopen();
    put(closed(chair, 900));  // the tracker knows of one revision only
    EXPECT_EQ(stored(2).state, EventState::kClosed);
    EXPECT_EQ(stored(2).revision, 3);
    EXPECT_EQ(store->outbox(-1).value().size(), 4u);
}

TEST_F(Sink, APersonsWordIsStoredToldAndCanBeTakenBack) {
    Event doubtful = stay(1, "chair 1", ZoneType::kChair, 0, 900);
    doubtful.verdict = Verdict::kReview;
    doubtful.metadata["review"] = "not sure";
    put(doubtful);
    const int revision = stored(1).revision;
    const auto confirmed = sink->decide(id_of(1), Verdict::kCounted, true);
    ASSERT_TRUE(confirmed) << confirmed.error().message;
    EXPECT_EQ(stored(1).verdict, Verdict::kCounted);
    EXPECT_GT(stored(1).revision, revision);
    EXPECT_EQ(stored(1).metadata.at("reviewed"), "confirmed");
    EXPECT_EQ(store->outbox(-1).value().back().revision, stored(1).revision) << "the centre is told";
    ASSERT_TRUE(sink->decide(id_of(1), Verdict::kRejected, true));
    EXPECT_EQ(stored(1).metadata.at("rejected"), "by hand");
    ASSERT_TRUE(sink->decide(id_of(1), Verdict::kReview, false));
    EXPECT_EQ(stored(1).verdict, Verdict::kReview);
    EXPECT_EQ(stored(1).metadata, doubtful.metadata) << "as it was";
}

TEST_F(Sink, APersonsWordHoldsAgainstLaterThoughts) {
    put(stay(1, "bench", ZoneType::kWait, 0, 300));
    ASSERT_TRUE(sink->decide(id_of(1), Verdict::kRejected, true));
    Event again = stay(1, "bench", ZoneType::kWait, 0, 301);
    again.revision = 5;  // the tracker thinks of it again
    put(again);
    EXPECT_EQ(stored(1).verdict, Verdict::kRejected);
    EXPECT_EQ(stored(1).dwell, from_seconds(301));
    put(stay(2, "chair 1", ZoneType::kChair, 304, 900));
    EXPECT_EQ(stored(1).verdict, Verdict::kRejected);
    EXPECT_EQ(stored(2).visit, id_of(2)) << "a rejected wait is in no visit";
    reopen();
    put(stay(3, "chair 1", ZoneType::kChair, 2000, 900));
    EXPECT_EQ(stored(1).verdict, Verdict::kRejected);
}

TEST_F(Sink, AnEventThatTheLinkerForgotKeepsItsVisit) {
    put(stay(1, "bench", ZoneType::kWait, -200000, 300));
    reopen();  // takes up the last day only
    ASSERT_TRUE(sink->decide(id_of(1), Verdict::kCounted, true));
    EXPECT_EQ(stored(1).visit, id_of(1));
}

TEST_F(Sink, WhatIsOpenOrUnknownIsNotDecided) {
    put(event_of(1));
    EXPECT_EQ(sink->decide(id_of(1), Verdict::kRejected, true).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(sink->decide(id_of(9), Verdict::kRejected, true).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace chairside
