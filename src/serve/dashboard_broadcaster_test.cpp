#include "serve/dashboard_broadcaster.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using testing::ManualClock;

const Topics kAll{true, true, true, true, ""};

std::string number(std::uint64_t n) {
    return "{\"n\":" + std::to_string(n) + "}";
}

class Broadcaster : public ::testing::Test {
  protected:
    ManualClock clock;
    DashboardBroadcaster broadcaster{"run1", clock};
    int woken = 0;

    std::unique_ptr<Subscription> subscribe(const Topics& topics = kAll,
                                            std::optional<EventMark> after = {}) {
        return broadcaster.subscribe(
            topics, [this] { ++woken; }, after);
    }
    void publish_events(int count) {
        for (int i = 0; i < count; ++i)
            broadcaster.publish(UpdateType::kEvent, number(static_cast<std::uint64_t>(i)));
    }
};

TEST_F(Broadcaster, OfStatusSummaryAndTracksOnlyTheNewestWaits) {
    const auto reader = subscribe();
    for (std::uint64_t n = 1; n <= 3; ++n) {
        broadcaster.publish(UpdateType::kStatus, number(n));
        broadcaster.publish(UpdateType::kSummary, number(n));
        broadcaster.publish(UpdateType::kTracks, number(n), "front");
        broadcaster.publish(UpdateType::kTracks, number(n), "back");
    }
    const auto got = reader->take();
    ASSERT_EQ(got.size(), 4u);
    for (const Update& update : got) {
        EXPECT_EQ(update.seq, 3u);
        EXPECT_EQ(*update.data, R"({"seq":3,"n":3})");
    }
    EXPECT_EQ(woken, 12);
    EXPECT_TRUE(reader->take().empty());
}

TEST_F(Broadcaster, EventsWaitInOrder) {
    const auto reader = subscribe();
    publish_events(5);
    const auto got = reader->take();
    ASSERT_EQ(got.size(), 5u);
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_EQ(got[i].seq, i + 1);
}

TEST_F(Broadcaster, WhoFallsBehindIsToldSo) {
    const auto slow = subscribe();
    publish_events(static_cast<int>(DashboardBroadcaster::kMostEvents) + 1);
    broadcaster.publish(UpdateType::kEvent, number(7));
    const auto got = slow->take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].type, UpdateType::kResync);
    EXPECT_EQ(*got[0].data, R"({"seq":1,"reason":"behind"})");
    EXPECT_EQ(got[1].seq, DashboardBroadcaster::kMostEvents + 2);
    EXPECT_EQ(broadcaster.counters().resyncs, 1u);
}

TEST_F(Broadcaster, OnlyWhatWasAskedForComes) {
    const auto reader = subscribe({false, true, false, true, "front"});
    broadcaster.publish(UpdateType::kStatus, number(1));
    broadcaster.publish(UpdateType::kTracks, number(1), "back");
    EXPECT_TRUE(reader->take().empty());
    EXPECT_EQ(woken, 0);
    EXPECT_TRUE(broadcaster.wants_tracks("front"));
    EXPECT_FALSE(broadcaster.wants_tracks("back"));
}

TEST_F(Broadcaster, ALaterReaderGetsTheNewestStateAtOnce) {
    const auto first = subscribe();
    broadcaster.publish(UpdateType::kStatus, number(1));
    const auto second = subscribe();
    EXPECT_EQ(second->take().size(), 1u);
}

TEST_F(Broadcaster, AStateThatNobodyWatchedIsNotHandedOut) {
    subscribe();  // and gone
    broadcaster.publish(UpdateType::kStatus, number(1));
    {
        const auto reader = subscribe();
        broadcaster.publish(UpdateType::kStatus, number(2));
    }
    EXPECT_TRUE(subscribe()->take().empty());
}

TEST_F(Broadcaster, WhoComesBackGetsWhatWasMissed) {
    publish_events(10);
    const auto got = subscribe(kAll, EventMark{"run1", 7})->take();
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(got.front().seq, 8u);
    EXPECT_TRUE(subscribe(kAll, EventMark{"run1", 10})->take().empty());
    EXPECT_TRUE(subscribe()->take().empty()) << "who was never here has nothing to catch up with";
}

TEST_F(Broadcaster, WhoCannotCatchUpIsToldWhy) {
    const auto reason = [&](const EventMark& after) {
        const auto got = subscribe(kAll, after)->take();
        if (got.empty() || got[0].type != UpdateType::kResync) return std::string("none");
        return nlohmann::json::parse(*got[0].data).at("reason").get<std::string>();
    };
    EXPECT_EQ(reason({"run0", 0}), "restarted");
    EXPECT_EQ(reason({"run1", 5}), "too_old") << "newer than anything";
    publish_events(300);
    EXPECT_EQ(reason({"run1", 1}), "too_old");
    publish_events(2000);
    EXPECT_EQ(reason({"run1", 299}), "too_old");
    EXPECT_EQ(reason({"run1", 2299}), "none");
}

TEST_F(Broadcaster, WhoTakesNothingIsRemovedAndCounted) {
    const auto stalled = subscribe(), idle = subscribe({false, false, false, false, ""}), good = subscribe();
    publish_events(1);
    good->take();
    clock.advance(DashboardBroadcaster::kPatience - 1s);
    publish_events(1);
    EXPECT_EQ(broadcaster.counters().removed, 0u);
    clock.advance(2s);
    broadcaster.remove_unresponsive();
    EXPECT_TRUE(stalled->closed());
    EXPECT_TRUE(stalled->take().empty());
    EXPECT_FALSE(idle->closed()) << "nothing waits for it";
    EXPECT_FALSE(good->closed());
    EXPECT_EQ(broadcaster.counters().removed, 1u);
}

TEST_F(Broadcaster, ClosingReachesEveryone) {
    const auto reader = subscribe();
    broadcaster.close();
    EXPECT_TRUE(reader->closed());
    EXPECT_EQ(woken, 1);
    EXPECT_TRUE(subscribe()->closed());
    publish_events(1);
}

TEST(EventMarkText, IsReadBack) {
    const auto mark = EventMark::parse("a.b.17");
    ASSERT_TRUE(mark);
    EXPECT_EQ(mark->epoch, "a.b");
    EXPECT_EQ(mark->to_string(), "a.b.17");
    for (const char* bad : {"", ".", ".1", "a.", "a.x", "a.1 ", "a.-1", "a.99999999999999999999"})
        EXPECT_FALSE(EventMark::parse(bad)) << bad;
}

// Whatever is published, taken, left and taken up again: the events come in order, once each, and wherever some are
// missing a mark stands between.
RC_GTEST_PROP(BroadcasterProperty, NoEventIsLeftOutSilently, ()) {
    ManualClock clock;
    DashboardBroadcaster broadcaster("e", clock);
    auto reader = broadcaster.subscribe(kAll, [] {});
    std::uint64_t published = 0, last = 0;
    const auto read = [&] {
        bool marked = false;
        for (const Update& update : reader->take()) {
            if (update.type == UpdateType::kResync) marked = true;
            if (update.type != UpdateType::kEvent) continue;
            RC_ASSERT(update.seq > last);
            RC_ASSERT(update.seq == last + 1 || marked);
            marked = false;
            last = update.seq;
        }
        if (marked) last = published;
        RC_ASSERT(last == published);
    };
    const auto steps = *rc::gen::container<std::vector<int>>(30, rc::gen::inRange(0, 7));
    for (const int step : steps) {
        const int burst = step == 0 ? 300 : step == 1 ? 1100 : step * 20;
        for (int i = 0; i < burst; ++i)
            broadcaster.publish(UpdateType::kEvent, number(++published));
        if (step == 3) broadcaster.publish(UpdateType::kStatus, number(1));
        if (step == 4) {
            reader.reset();
            for (int i = 0; i < 30; ++i)
                broadcaster.publish(UpdateType::kEvent, number(++published));
            reader = broadcaster.subscribe(
                kAll, [] {}, EventMark{"e", last});
        }
        if (step >= 2) read();
    }
    read();
}

TEST(BroadcasterThreads, ManyMayPublishWhileManyRead) {
    const SystemClock clock;
    DashboardBroadcaster broadcaster("e", clock);
    constexpr int kEach = 2000;
    std::atomic<bool> done = false;
    std::vector<std::thread> threads;
    std::atomic<int> faults = 0;
    for (int r = 0; r < 3; ++r) {
        threads.emplace_back([&] {
            auto reader = broadcaster.subscribe(kAll, [] {});
            std::uint64_t last = 0;
            for (bool again = true; again;) {
                again = !done;
                for (const Update& update : reader->take()) {
                    if (update.type != UpdateType::kEvent) continue;
                    if (update.seq <= last) ++faults;
                    last = update.seq;
                }
            }
            if (last != 2 * kEach) ++faults;
        });
    }
    while (broadcaster.counters().subscribers < 3)
        std::this_thread::yield();
    std::vector<std::thread> publishers;
    for (int p = 0; p < 2; ++p)
        publishers.emplace_back([&] {
            for (int i = 0; i < kEach; ++i)
                broadcaster.publish(UpdateType::kEvent, number(1));
        });
    for (auto& thread : publishers)
        thread.join();
    done = true;
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(faults, 0);
    EXPECT_EQ(broadcaster.counters().published, 2u * kEach);
}

}  // namespace
}  // namespace chairside
