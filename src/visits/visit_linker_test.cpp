#include "visits/visit_linker.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

using namespace std::chrono_literals;

EventId id_of(int n) {
    EventId id;
    id.bytes[15] = static_cast<std::uint8_t>(n);
    id.bytes[14] = static_cast<std::uint8_t>(n >> 8);
    return id;
}

class Visits : public ::testing::Test {
  protected:
    // A finished stay; people differ unless said, as identities break at seats.
    std::vector<Event> stay(int n, const std::string& zone, ZoneType type, double start_s, double end_s,
                            std::int64_t person = 0) {
        Event event;
        event.id = id_of(n);
        event.camera = "room";
        event.zone = zone;
        event.type = type;
        event.person = {person != 0 ? person : 1000 + n};
        event.start = WallTime(from_seconds(start_s));
        event.dwell = from_seconds(end_s - start_s);
        event.end = event.start + event.dwell;
        event.state = EventState::kClosed;
        return tell({event});
    }
    std::vector<Event> tell(const std::vector<Event>& events) {
        auto out = linker.link(events);
        for (const Event& e : out) {
            EXPECT_GT(e.revision, last.contains(e.id) ? last[e.id].revision : 0) << "revisions only grow";
            last[e.id] = e;
        }
        return out;
    }
    EventId visit(int n) { return last.at(id_of(n)).visit.value_or(EventId{}); }
    std::optional<EventId> part(int n) { return last.at(id_of(n)).part_of; }

    std::vector<ZonePlace> places{{"room", "bench", {0.2, 0.8}},
                                  {"room", "basin", {0.3, 0.8}},
                                  {"room", "chair-1", {0.5, 0.4}},
                                  {"room", "chair-2", {0.8, 0.4}}};
    VisitLinker linker{{}, places};
    std::map<EventId, Event> last;
};

TEST_F(Visits, WaitWashAndChairOfOneClientAreOneVisit) {
    stay(1, "bench", ZoneType::kWait, 0, 300);
    stay(2, "basin", ZoneType::kWash, 302, 420);
    stay(3, "chair-1", ZoneType::kChair, 426, 1200);
    EXPECT_EQ(visit(1), id_of(1));
    EXPECT_EQ(visit(2), id_of(1));
    EXPECT_EQ(visit(3), id_of(1));
    EXPECT_FALSE(part(3));
}

TEST_F(Visits, SomebodyFromTheDoorIsAVisitOfTheirOwn) {
    stay(1, "bench", ZoneType::kWait, 0, 300);
    stay(2, "chair-1", ZoneType::kChair, 900, 1500);
    EXPECT_EQ(visit(2), id_of(2));
}

// Both go at nearly the same moment. The nearest pair first would be bench -> chair-2 after 1 s, which leaves the
// basin's client nowhere to have gone.
TEST_F(Visits, DeparturesAndArrivalsAreMatchedAsAWhole) {
    places = {{"room", "bench", {0.5, 0.5}},
              {"room", "basin", {0.5, 0.5}},
              {"room", "chair-1", {0.5, 0.5}},
              {"room", "chair-2", {0.5, 0.5}}};
    StepSettings steps;
    steps.window_s = 12;
    linker = VisitLinker({.steps = steps}, places);
    stay(1, "bench", ZoneType::kWait, 0, 308);
    stay(2, "basin", ZoneType::kWash, 100, 300);
    stay(3, "chair-2", ZoneType::kChair, 309, 900);
    stay(4, "chair-1", ZoneType::kChair, 319, 900);
    EXPECT_EQ(visit(3), id_of(2)) << "only the bench's client can have come so late to chair-1";
    EXPECT_EQ(visit(4), id_of(1));
}

TEST_F(Visits, OneDepartureHasOneNextStep) {
    stay(1, "bench", ZoneType::kWait, 0, 300);
    stay(2, "chair-1", ZoneType::kChair, 305, 900);
    stay(3, "chair-2", ZoneType::kChair, 306, 900);
    EXPECT_NE(visit(2) == id_of(1), visit(3) == id_of(1));
}

TEST_F(Visits, BackToBackClientsOfOneChairStayTwo) {
    stay(1, "chair-1", ZoneType::kChair, 0, 600);
    stay(2, "chair-1", ZoneType::kChair, 604, 1200);
    EXPECT_EQ(visit(2), id_of(2));
    EXPECT_FALSE(part(2));
}

TEST_F(Visits, ChairWashChairIsOneHaircut) {
    stay(1, "chair-1", ZoneType::kChair, 0, 900);
    stay(2, "basin", ZoneType::kWash, 905, 1100);
    const auto told = stay(3, "chair-1", ZoneType::kChair, 1106, 2000);
    EXPECT_EQ(visit(2), id_of(1));
    EXPECT_EQ(visit(3), id_of(1));
    EXPECT_EQ(part(3), id_of(1));
    EXPECT_FALSE(part(2));
    EXPECT_FALSE(is_service(last.at(id_of(3))));
    EXPECT_TRUE(is_service(last.at(id_of(1))));
    EXPECT_GE(told.size(), 1u);
}

TEST_F(Visits, SomebodyElseInTheChairMeanwhileMakesItTwoHaircuts) {
    stay(1, "chair-1", ZoneType::kChair, 0, 900);
    stay(2, "chair-1", ZoneType::kChair, 903, 1500);
    stay(3, "basin", ZoneType::kWash, 960, 1495);
    stay(4, "chair-2", ZoneType::kChair, 1502, 2000);
    EXPECT_FALSE(part(4));
}

TEST_F(Visits, ALongTimeBetweenMakesItTwoHaircuts) {
    linker = VisitLinker({.same_service_within = 3min}, places);
    stay(1, "chair-1", ZoneType::kChair, 0, 900);
    stay(2, "basin", ZoneType::kWash, 905, 1100);
    stay(3, "chair-1", ZoneType::kChair, 1106, 2000);
    EXPECT_EQ(visit(3), id_of(1));
    EXPECT_FALSE(part(3));
}

TEST_F(Visits, AnEarlierStayThatClosesLateLinksWhatWasToldBefore) {
    Event bench;
    bench.id = id_of(1);
    bench.camera = "room";
    bench.zone = "bench";
    bench.type = ZoneType::kWait;
    bench.end = WallTime(30s);
    bench.dwell = 30s;
    tell({bench});  // open
    stay(2, "chair-1", ZoneType::kChair, 305, 900);
    EXPECT_EQ(visit(2), id_of(2));
    bench.end = WallTime(300s);
    bench.dwell = 300s;
    bench.state = EventState::kClosed;
    bench.revision = 2;
    const auto told = tell({bench});
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[1].id, id_of(2));
    EXPECT_EQ(told[1].revision, 2);
    EXPECT_EQ(visit(2), id_of(1));
    // The tracker does not know of that revision; what it tells next must still be newer.
    Event chair = last.at(id_of(2));
    chair.revision = 2;
    chair.confidence = 0.9;
    EXPECT_EQ(tell({chair})[0].revision, 3);
}

TEST_F(Visits, AStepIsKeptHoweverLongTheNextStayLasts) {
    stay(1, "bench", ZoneType::kWait, 0, 300);
    stay(2, "chair-1", ZoneType::kChair, 305, 4000);
    for (int n = 3; n < 9; ++n)
        stay(n, "chair-2", ZoneType::kChair, 300.0 * n, 300.0 * n + 250);
    EXPECT_EQ(visit(2), id_of(1));
    stay(9, "chair-2", ZoneType::kChair, 9000, 9600);
    EXPECT_EQ(visit(2), id_of(1));
}

TEST_F(Visits, ARejectedStayIsInNoVisitAndFreesItsPlace) {
    stay(1, "bench", ZoneType::kWait, 0, 300);
    stay(2, "chair-1", ZoneType::kChair, 304, 500);
    stay(3, "chair-2", ZoneType::kChair, 307, 900);
    Event staff = last.at(id_of(visit(2) == id_of(1) ? 2 : 3));
    const int other = staff.id == id_of(2) ? 3 : 2;
    staff.verdict = Verdict::kRejected;
    ++staff.revision;
    tell({staff});
    EXPECT_FALSE(last.at(staff.id).visit);
    EXPECT_EQ(visit(other), id_of(1));
}

TEST_F(Visits, GoOnAfterARestart) {
    stay(1, "bench", ZoneType::kWait, 0, 300);
    stay(2, "basin", ZoneType::kWash, 302, 420);
    VisitLinker fresh({}, places);
    fresh.restore({last.at(id_of(1)), last.at(id_of(2))});
    linker = std::move(fresh);
    stay(3, "chair-1", ZoneType::kChair, 426, 1200);
    EXPECT_EQ(visit(3), id_of(1));
    stay(4, "chair-2", ZoneType::kChair, 430, 1200);
    EXPECT_EQ(visit(4), id_of(4)) << "the bench's client is known to have gone to the basin";
}

// Two years of haircuts at one chair: only what may still change is kept.
TEST_F(Visits, NothingIsKeptThatIsNotOpenOrRecent) {
    std::size_t most = 0;
    for (int n = 1; n <= 6000; ++n) {
        stay(n, "chair-1", ZoneType::kChair, 700.0 * n, 700.0 * n + 600);
        most = std::max(most, linker.kept());
    }
    EXPECT_EQ(visit(6000), id_of(6000));
    EXPECT_LE(most, 30u) << "six hours have 31 of them";
}

TEST_F(Visits, AnOpenStayIsKeptHoweverLongItLasts) {
    Event open;
    open.id = id_of(1);
    open.camera = "room";
    open.zone = "chair-2";
    open.end = WallTime(from_seconds(120));
    open.dwell = from_seconds(120);
    open.state = EventState::kOpen;
    tell({open});
    for (int n = 2; n <= 100; ++n)
        stay(n, "chair-1", ZoneType::kChair, 700.0 * n, 700.0 * n + 600);
    open.state = EventState::kClosed;
    open.dwell = from_seconds(70600);
    open.end = open.start + open.dwell;
    tell({open});  // expects a larger revision than was told
    EXPECT_LT(linker.kept(), 40u);
}

TEST_F(Visits, AClockThatWasAheadAndIsPutRightLosesNoRevision) {
    stay(1, "bench", ZoneType::kWait, 1e6, 1e6 + 300);
    stay(2, "bench", ZoneType::kWait, 1000, 1300);
    stay(3, "chair-1", ZoneType::kChair, 1305, 2000);
    stay(2, "bench", ZoneType::kWait, 1000, 1302);
    EXPECT_EQ(visit(3), id_of(2));
}

}  // namespace
}  // namespace chairside
