#include "serve/dashboard_updater.hpp"

#include <gtest/gtest.h>

#include <future>

#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;

class Updater : public ::testing::Test {
  protected:
    testing::ManualClock clock;
    DashboardBroadcaster broadcaster{"e", clock};
    int asked = 0, logged = 0, people = 0;
    DashboardUpdater updater{
        broadcaster,
        clock,
        {[this] {
             ++asked;
             return std::string(R"({"people":1})");
         },
         [this] { return "{\"haircuts\":" + std::to_string(people) + "}"; }, [this] { ++logged; }}};

    std::unique_ptr<Subscription> subscribe() {
        return broadcaster.subscribe({}, [] {});
    }
};

TEST_F(Updater, AsksForNothingWhileNobodyWatches) {
    EXPECT_EQ(updater.step(), 60s);
    EXPECT_EQ(asked, 0);
}

TEST_F(Updater, TellsTheStatusAtOnceAndThenEachSecond) {
    const auto reader = subscribe();
    EXPECT_EQ(updater.step(), 1s);
    EXPECT_EQ(reader->take().size(), 2u) << "status and summary";
    clock.advance(400ms);
    EXPECT_EQ(updater.step(), 600ms);
    EXPECT_TRUE(reader->take().empty());
    clock.advance(600ms);
    updater.step();
    EXPECT_EQ(reader->take().size(), 1u) << "the summary is the same";
    clock.advance(1s);
    people = 1;
    updater.step();
    EXPECT_EQ(reader->take().size(), 2u);
}

TEST_F(Updater, AChangeIsToldSoonButNotMoreOftenThanOneCanSee) {
    const auto reader = subscribe();
    updater.step();
    clock.advance(10ms);
    updater.wake();
    EXPECT_EQ(updater.step(), 40ms);
    clock.advance(40ms);
    updater.step();
    EXPECT_EQ(asked, 2);
    clock.advance(500ms);
    updater.step();
    EXPECT_EQ(asked, 2) << "the change was told";
}

TEST_F(Updater, WhoComesLaterIsNotMadeToWait) {
    {
        const auto first = subscribe();
        updater.step();
    }
    clock.advance(100ms);
    updater.step();
    const auto second = subscribe();
    updater.step();
    EXPECT_EQ(second->take().size(), 2u);
}

TEST_F(Updater, LogsEachMinute) {
    for (int second = 0; second < 180; ++second) {
        clock.advance(1s);
        updater.step();
    }
    EXPECT_EQ(logged, 3);
}

TEST(UpdaterThread, ServesWhoComesAndStops) {
    const SystemClock clock;
    DashboardBroadcaster broadcaster("e", clock);
    DashboardUpdater updater(
        broadcaster, clock,
        {[] { return std::string(R"({"a":1})"); }, [] { return std::string(R"({"a":1})"); }, [] {}});
    broadcaster.on_subscribe([&] { updater.wake(); });
    updater.start();
    std::promise<void> came;
    std::atomic<bool> once = false;
    const auto reader = broadcaster.subscribe({}, [&] {
        if (!once.exchange(true)) came.set_value();
    });
    EXPECT_EQ(came.get_future().wait_for(20s), std::future_status::ready);
    EXPECT_FALSE(reader->take().empty());
    updater.stop();
}

}  // namespace
}  // namespace chairside
