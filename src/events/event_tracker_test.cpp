#include "events/event_tracker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "zones/zone_map.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;

constexpr int kWidth = 1000, kHeight = 800;

ZoneConfig zone(const std::string& name, ZoneType type, double left, int capacity) {
    ZoneConfig z;
    z.name = name;
    z.type = type;
    z.polygon = {{left, 0.4}, {left + 0.3, 0.4}, {left + 0.3, 0.9}, {left, 0.9}};
    z.capacity = capacity;
    z.dwell = 20s;
    z.grace = 10s;
    return z;
}

// Areas: posture plays no part, so that a test is about one thing.
std::vector<ZoneConfig> areas() {
    return {zone("left", ZoneType::kChair, 0.1, 12), zone("right", ZoneType::kWait, 0.5, 12)};
}

Box standing_at(double x, double y) {
    return {x - 30, y - 170, 60, 170};
}
Box seated_at(double x, double y) {
    return {x - 60, y - 130, 120, 130};
}

struct Seen {
    std::int64_t track;
    Box box;
};

// A camera made of tracks. Time goes on by itself at the given rate.
class Shop {
  public:
    explicit Shop(std::vector<ZoneConfig> zones, double fps = 10)
        : map_(zones), tracker_("front", std::move(zones), *ids_), dt_(1 / fps) {}

    // Shows the same people for so many seconds.
    void show(double seconds, const std::vector<Seen>& people) {
        show(seconds, [&](double) { return people; });
    }
    void show(double seconds, const std::function<std::vector<Seen>(double)>& people) {
        const double begin = now_;
        while (now_ < begin + seconds - 1e-9) {
            frame(people(now_ - begin));
            now_ += dt_;
        }
    }
    void frame(const std::vector<Seen>& people) {
        Tracks tracks;
        Detections detections;
        tracks.frame.mono = MonoTime(from_seconds(now_));
        tracks.frame.wall = WallTime(std::chrono::seconds(1'790'000'000)) + from_seconds(now_);
        tracks.frame.width = kWidth;
        tracks.frame.height = kHeight;
        detections.frame = tracks.frame;
        for (const auto& p : people) {
            const double since = first_seen_.try_emplace(p.track, now_).first->second;
            Track track;
            track.id = {p.track};
            track.box = p.box;
            track.score = 0.9f;
            track.age_s = now_ - since;
            track.hits = 5;
            tracks.people.push_back(track);
            detections.people.push_back({p.box, 0.9f});
        }
        keep(tracker_.update(map_.place(tracks, detections)));
    }
    void keep(const EventChanges& changes) {
        for (const auto& event : changes.events)
            told.push_back(event);
        for (const auto number : changes.ended)
            ended.push_back(number);
    }
    void skip(double seconds) { now_ += seconds; }
    double now() const { return now_; }
    EventTracker& tracker() { return tracker_; }

    std::vector<Event> told;
    std::vector<std::int64_t> ended;

    std::vector<Event> last_of_each() const {
        std::map<EventId, Event> last;
        for (const auto& event : told)
            last[event.id] = event;
        std::vector<Event> out;
        for (const auto& [id, event] : last)
            if (event.verdict == Verdict::kCounted) out.push_back(event);
        return out;
    }

  private:
    std::unique_ptr<EventIdSource> ids_ = make_seeded_id_source(1);
    ZoneMap map_;
    EventTracker tracker_;
    double dt_, now_ = 0;
    std::map<std::int64_t, double> first_seen_;
};

const Seen kClient{1, standing_at(250, 600)};

// Longer than an outage is believed, and the grace after it.
void leave_empty(Shop& shop) {
    shop.show(45, std::vector<Seen>{});
}

TEST(EventTracker, CountsOnceWhenTheThresholdPassesAndClosesWithTheFinalDwell) {
    Shop shop(areas());
    shop.show(19, {kClient});
    EXPECT_TRUE(shop.told.empty()) << "not before the threshold";
    shop.show(2, {kClient});
    ASSERT_EQ(shop.told.size(), 1u);
    EXPECT_EQ(shop.told[0].state, EventState::kOpen);
    EXPECT_EQ(shop.told[0].type, ZoneType::kChair);
    EXPECT_EQ(shop.told[0].zone, "left");
    shop.show(19, {kClient});
    leave_empty(shop);
    ASSERT_EQ(shop.told.size(), 2u);
    EXPECT_EQ(shop.told[1].id, shop.told[0].id);
    EXPECT_GT(shop.told[1].revision, shop.told[0].revision);
    EXPECT_EQ(shop.told[1].state, EventState::kClosed);
    EXPECT_NEAR(to_seconds(shop.told[1].dwell), 40, 0.5) << "the grace is no part of the stay";
    EXPECT_NEAR(to_seconds(shop.told[1].end - shop.told[1].start), 40, 0.5);
    EXPECT_EQ(shop.tracker().summary(), (Summary{0, 1, 0, 0}));
}

TEST(EventTracker, AShortStayIsNoService) {
    Shop shop(areas());
    shop.show(15, {kClient});
    leave_empty(shop);
    EXPECT_TRUE(shop.told.empty());
    EXPECT_EQ(shop.ended.size(), 1u);
    EXPECT_EQ(shop.tracker().summary(), Summary{});
}

TEST(EventTracker, TheZoneOwnsTheSessionNotTheTrack) {
    Shop shop(areas());
    shop.show(12, {{1, standing_at(250, 600)}});
    shop.show(1, std::vector<Seen>{});
    shop.show(12, {{2, standing_at(252, 601)}});
    shop.show(1, std::vector<Seen>{});
    shop.show(12, {{3, standing_at(249, 598)}});
    leave_empty(shop);
    const auto events = shop.last_of_each();
    ASSERT_EQ(events.size(), 1u) << "three ids in one place are one stay";
    EXPECT_NEAR(to_seconds(events[0].dwell), 38, 1);
}

TEST(EventTracker, DwellIsMeasuredInTimeAtAnyRate) {
    for (const double fps : {2.0, 5.0, 10.0, 25.0}) {
        Shop shop(areas(), fps);
        shop.show(60, {kClient});
        leave_empty(shop);
        const auto events = shop.last_of_each();
        ASSERT_EQ(events.size(), 1u) << fps;
        EXPECT_NEAR(to_seconds(events[0].dwell), 60, 2) << fps;
    }
}

TEST(EventTracker, PeopleInOneAreaAreCountedEach) {
    Shop shop(areas());
    shop.show(30, {{1, standing_at(200, 600)}, {2, standing_at(330, 620)}, {3, standing_at(650, 600)}});
    EXPECT_EQ(shop.tracker().summary(), (Summary{3, 2, 0, 1}));
    shop.keep(shop.tracker().end_all(EndReason::kEndOfStream));
    EXPECT_EQ(shop.last_of_each().size(), 3u);
    for (const auto& event : shop.last_of_each())
        EXPECT_EQ(event.metadata.at("end"), "end of stream");
    EXPECT_TRUE(shop.tracker().open_sessions().empty());
}

TEST(EventTracker, WalkingFromZoneToZoneIsTwoStaysOfOnePerson) {
    Shop shop(areas());
    shop.show(30, {{1, standing_at(250, 600)}});
    shop.show(4, [](double t) { return std::vector<Seen>{{1, standing_at(250 + 100 * t, 600)}}; });
    shop.show(30, {{1, standing_at(650, 600)}});
    shop.keep(shop.tracker().end_all(EndReason::kEndOfStream));
    const auto events = shop.last_of_each();
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].person, events[1].person);
    EXPECT_EQ(shop.tracker().events_of(events[0].person).size(), 2u);
    EXPECT_TRUE(shop.tracker().events_of({999}).empty());
}

TEST(EventTracker, OneZoneOrOnePersonCanBeEndedOnDemand) {
    Shop shop(areas());
    shop.show(30, {{1, standing_at(200, 600)}, {2, standing_at(330, 620)}, {3, standing_at(650, 600)}});
    shop.keep(shop.tracker().end_zone("right"));
    EXPECT_EQ(shop.tracker().open_sessions().size(), 2u);
    const auto person = shop.tracker().open_sessions().front().person;
    shop.keep(shop.tracker().end_person(person));
    ASSERT_EQ(shop.tracker().open_sessions().size(), 1u);
    EXPECT_NE(shop.tracker().open_sessions().front().person, person);
    EXPECT_EQ(shop.tracker().summary().haircuts, 2) << "ended ones stay counted";
    EXPECT_TRUE(shop.tracker().end_zone("nowhere").events.empty());
}

TEST(EventTracker, FramesThatAreNotLaterAreIgnored) {
    Shop shop(areas());
    shop.show(25, {kClient});
    const auto before = shop.tracker().open_sessions();
    shop.skip(-10);
    shop.show(5, {{9, standing_at(650, 600)}});
    EXPECT_EQ(shop.tracker().open_sessions().size(), before.size());
    EXPECT_EQ(shop.tracker().open_sessions()[0].last_seen, before[0].last_seen);
}

TEST(EventTracker, ASessionOfAnEarlierRunGoesOnWithinTheGrace) {
    Shop first(areas());
    first.show(15, {kClient});
    const auto sessions = first.tracker().open_sessions();
    ASSERT_EQ(sessions.size(), 1u);
    EXPECT_NEAR(sessions[0].anchor.x, 0.25, 0.02) << "normalised";

    Shop second(areas());
    second.skip(20);
    second.keep(second.tracker().restore(sessions, MonoTime(from_seconds(20))));
    EXPECT_EQ(second.tracker().open_sessions().size(), 1u);
    second.show(10, {{77, standing_at(252, 602)}});
    const auto events = second.last_of_each();
    ASSERT_EQ(events.size(), 1u) << "15 s before and 10 s after, with the pause, are over 20 s";
    EXPECT_EQ(events[0].person, sessions[0].person);
    EXPECT_GE(to_seconds(events[0].dwell), 20);
    EXPECT_EQ(second.tracker().open_sessions().size(), 1u) << "taken up, not begun again";
}

TEST(EventTracker, ASessionOfAnEarlierRunIsClosedWhenLastSeenAfterTheGrace) {
    Shop first(areas());
    first.show(30, {kClient});
    const auto sessions = first.tracker().open_sessions();
    ASSERT_TRUE(sessions.at(0).event);
    Shop second(areas());
    second.keep(second.tracker().restore(sessions, MonoTime(from_seconds(300))));
    ASSERT_EQ(second.told.size(), 1u);
    EXPECT_EQ(second.told[0].id, *sessions[0].event);
    EXPECT_GT(second.told[0].revision, sessions[0].revision);
    EXPECT_EQ(second.told[0].state, EventState::kClosed);
    EXPECT_NEAR(to_seconds(second.told[0].dwell), 30, 0.5);
    EXPECT_EQ(second.ended.size(), 1u);
    EXPECT_TRUE(second.tracker().open_sessions().empty());
}

TEST(EventTracker, NewSessionsNeverTakeTheNumberOfARestoredOne) {
    Shop first(areas());
    first.show(15, {{1, standing_at(200, 600)}, {2, standing_at(650, 600)}});
    const auto sessions = first.tracker().open_sessions();
    Shop second(areas());
    second.skip(16);
    second.keep(second.tracker().restore(sessions, MonoTime(from_seconds(16))));
    second.show(3, {{1, standing_at(380, 600)}});
    std::set<std::int64_t> numbers;
    for (const auto& session : second.tracker().open_sessions())
        EXPECT_TRUE(numbers.insert(session.session).second);
}

// A chair: the client sits, the barber comes, stands in front, goes.
std::vector<ZoneConfig> chair() {
    auto z = zone("chair", ZoneType::kChair, 0.35, 1);
    z.grace = 40s;
    return {z};
}

// Walkers teach the engine how tall people stand here.
void let_people_walk_by(Shop& shop, int n, std::int64_t first_track) {
    for (int i = 0; i < n; ++i) {
        const double y = 500 + 20 * (i % 12);
        shop.show(8, [&](double t) {
            return std::vector<Seen>{{first_track + i, standing_at(-20 + 130 * t, y)}};
        });
    }
}

TEST(EventTracker, AClientHiddenBehindTheBarberIsOneServiceAndTheBarberIsNone) {
    Shop shop(chair(), 5);
    let_people_walk_by(shop, 12, 1000);
    shop.told.clear();
    const Seen client{1, seated_at(500, 650)};
    const Seen barber{2, standing_at(540, 690)};
    for (int turn = 0; turn < 6; ++turn) {
        shop.show(40, {client, barber});
        shop.show(20, {barber});  // the client is hidden
    }
    shop.show(40, {client, barber});
    shop.show(90, std::vector<Seen>{});
    const auto events = shop.last_of_each();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_NEAR(to_seconds(events[0].dwell), 400, 20);
}

TEST(EventTracker, SomebodyWhoWalksThroughAChairsZoneIsNoService) {
    Shop shop(chair(), 5);
    for (int i = 0; i < 10; ++i) {
        let_people_walk_by(shop, 1, 1000 + i);
        shop.show(60, {{1, standing_at(900, 500)}});  // somebody elsewhere, so that the camera is not blind
    }
    EXPECT_TRUE(shop.last_of_each().empty());
}

TEST(EventTracker, CanBeAskedFromOtherThreads) {
    Shop shop(areas());
    std::atomic<bool> stop = false;
    std::thread asker([&] {
        while (!stop) {
            const auto summary = shop.tracker().summary();
            EXPECT_LE(shop.tracker().open_sessions().size(), 2u);
            EXPECT_LE(summary.haircuts, 1);
        }
    });
    shop.show(60, {kClient});
    stop = true;
    asker.join();
    EXPECT_EQ(shop.tracker().summary().haircuts, 1);
}

}  // namespace
}  // namespace chairside
