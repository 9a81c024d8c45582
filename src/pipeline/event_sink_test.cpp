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

}  // namespace
}  // namespace chairside
