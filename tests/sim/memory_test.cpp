// A day of a busy salon: memory must not grow with time, nor with the people seen.

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdio>
#include <memory>

#include "events/event_tracker.hpp"
#include "events/session_engine.hpp"
#include "sim/salon.hpp"
#include "track/tracker.hpp"
#include "visits/visit_linker.hpp"
#include "zones/zone_map.hpp"

namespace chairside::sim {
namespace {

double live_kb() {
    const auto info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / 1024;
}

// From detections to stays that are over; these are counted and thrown away.
struct Sessions {
    explicit Sessions(const Salon& salon) : map(salon.zones()), engine(salon.zones()) {}
    void see(const Detections& d, double t) {
        engine.update(map.place(tracker.update(d), d), t);
        told += engine.take_finished().size();
    }
    Tracker tracker;
    ZoneMap map;
    SessionEngine engine;
    std::size_t told = 0;
};

// All that one camera has, to events and visits.
struct Camera {
    explicit Camera(const Salon& salon)
        : ids(make_seeded_id_source(1)),
          map(salon.zones()),
          sessions("camera", salon.zones(), *ids),
          visits({}, places_of("camera", salon.zones())) {}
    void see(const Detections& d, double) {
        const EventChanges changes = sessions.update(map.place(tracker.update(d), d));
        told += changes.events.size();
        visits.link(changes.events);
    }
    std::unique_ptr<EventIdSource> ids;
    Tracker tracker;
    ZoneMap map;
    EventTracker sessions;
    VisitLinker visits;
    std::size_t told = 0;
};

// Means over three hours, kB, so that who is in the picture just then does not matter. Before the sixth hour what is
// learned (the last sizes and gaps of each seat) still fills up.
struct Heap {
    double morning = 0, night = 0;
    std::size_t told_between = 0;
};

template <typename Chain>
Heap day(const Salon& salon) {
    const double before = live_kb();
    const auto chain = std::make_unique<Chain>(salon);
    Heap heap;
    for (std::uint64_t i = 0; i < 24 * 3600; ++i) {  // one frame per second
        const auto t = static_cast<double>(i);
        chain->see(salon.look(t, i), t);
        if (i == 9 * 3600) heap.told_between = chain->told;
        if (i % 60 != 0) continue;
        const double now = (live_kb() - before) / 180;
        if (i >= 6 * 3600 && i < 9 * 3600) heap.morning += now;
        if (i >= 21 * 3600) heap.night += now;
    }
    heap.told_between = chain->told - heap.told_between;
    std::printf("live heap, kB: hours 7-9 %.1f, hours 22-24 %.1f; told between %zu\n", heap.morning,
                heap.night, heap.told_between);
    return heap;
}

class BusyDay : public ::testing::Test {
  protected:
    void SetUp() override {
        if (mallinfo2().uordblks == 0) GTEST_SKIP() << "this allocator does not tell what is allocated";
        salon_ = std::make_unique<Salon>(settings_of(kinds()[1], Room::kRow, 1, 24 * 3600));
        ASSERT_GT(salon_->services().size(), 400U);
    }
    std::unique_ptr<Salon> salon_;
};

TEST_F(BusyDay, SessionsKeepNothingThatIsNotOpenOrRecent) {
    const Heap heap = day<Sessions>(*salon_);
    EXPECT_GT(heap.told_between, 400U);
    EXPECT_NEAR(heap.night, heap.morning, 0.1 * heap.morning);
    EXPECT_LT(heap.night, 512);
}

// Events and visits keep what may still change, by time: as much at night as in the morning.
TEST_F(BusyDay, EventsAndVisitsKeepNothingThatIsNotOpenOrRecent) {
    const Heap heap = day<Camera>(*salon_);
    EXPECT_GT(heap.told_between, 400U);
    EXPECT_NEAR(heap.night, heap.morning, 0.1 * heap.morning);
    EXPECT_LT(heap.night,
              1280);  // stays of four hours whose attendance may still be judged again, among them
}

}  // namespace
}  // namespace chairside::sim
