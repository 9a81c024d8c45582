// The numbers of /metrics. That the format is Prometheus' own is held by promtool, in tests/e2e/metrics.py.

#include "serve/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/shop_test_support.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using namespace serve_test;
using store_test::event_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr WallTime kNow{1795341600s};

std::string text_of(const ShopNow& shop, std::map<EndedStays::Key, std::uint64_t> ended = {}) {
    return metrics_text({shop, std::move(ended), {}, {}, {}, {}, 0, 0});
}

ShopNow shop_with_status() {
    ShopNow shop = FakeShop::busy(kNow);
    for (const ShopCamera& camera : shop.cameras)
        shop.status.cameras.push_back(camera.status);
    return shop;
}

TEST(Metrics, EachCameraSaysItsStateAndItsFrames) {
    const std::string text = text_of(shop_with_status());
    EXPECT_THAT(text, HasSubstr("chairside_camera_state{camera=\"front\",state=\"ok\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("chairside_camera_state{camera=\"back\",state=\"offline\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("chairside_camera_state{camera=\"back\",state=\"ok\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("chairside_camera_frames_total{camera=\"front\"} 100\n"));
    EXPECT_THAT(text, HasSubstr("chairside_camera_open_sessions{camera=\"front\"} 2\n"));
}

TEST(Metrics, NoSecretAndNoAddressOfACameraIsInIt) {
    ShopNow shop = shop_with_status();
    shop.status.sync.last_error = "s3cret";
    const std::string text = text_of(shop);
    EXPECT_THAT(text, Not(HasSubstr("secret")));
    EXPECT_THAT(text, Not(HasSubstr("rtsp://")));
    EXPECT_THAT(text, Not(HasSubstr("s3cret")));
}

TEST(Metrics, RequestsToTheCentreAreThereByTheirResult) {
    ShopNow shop = shop_with_status();
    shop.status.sync.requests = 9;
    shop.status.sync.results = {{"accepted", 7}, {"network", 2}, {"refused", 0}};
    const std::string text = text_of(shop);
    EXPECT_THAT(text, HasSubstr("chairside_sync_requests_total 9\n"));
    EXPECT_THAT(text, HasSubstr("chairside_sync_results_total{result=\"accepted\"} 7\n"));
    EXPECT_THAT(text, HasSubstr("chairside_sync_results_total{result=\"network\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("chairside_sync_results_total{result=\"refused\"} 0\n"));
}

TEST(Metrics, NamesThatNeedQuotingAreQuoted) {
    ShopNow shop = shop_with_status();
    shop.status.branch = "a \"b\"\\c\nd";
    EXPECT_THAT(text_of(shop), HasSubstr(R"(branch="a \"b\"\\c\nd")"));
}

TEST(Metrics, AHistogramGrowsFromBucketToBucketAndEndsAtItsCount) {
    LatencyHistogram took;
    for (const Duration one :
         {Duration(-5ms), Duration(900us), Duration(30ms), Duration(200ms), Duration(60s)})
        took.add(one);
    ShopNow shop = shop_with_status();
    shop.cameras[0].latency[static_cast<std::size_t>(Stage::kTotal)] = took.counts();
    const std::string text = text_of(shop);
    const std::string labels = "chairside_stage_seconds_bucket{camera=\"front\",stage=\"total\",le=\"";
    EXPECT_THAT(text, HasSubstr(labels + "0.001\"} 2\n"));
    EXPECT_THAT(text, HasSubstr(labels + "0.05\"} 3\n"));
    EXPECT_THAT(text, HasSubstr(labels + "0.25\"} 4\n"));
    EXPECT_THAT(text, HasSubstr(labels + "10\"} 4\n"));
    EXPECT_THAT(text, HasSubstr(labels + "+Inf\"} 5\n"));
    EXPECT_THAT(text, HasSubstr("chairside_stage_seconds_sum{camera=\"front\",stage=\"total\"} 60.2309\n"));
}

TEST(Metrics, AStayIsCountedOnceWhenItEndedWhateverIsToldOfItLater) {
    EndedStays stays;
    Event event = event_of(1);
    event.state = EventState::kOpen;
    stays.add(event);
    EXPECT_TRUE(stays.counts().empty()) << "it goes on";
    event.state = EventState::kClosed;
    ++event.revision;
    stays.add(event);
    event.verdict = Verdict::kRejected;
    ++event.revision;
    stays.add(event);
    EXPECT_THAT(stays.counts(),
                ElementsAre(Pair(EndedStays::Key{event.camera, event.type, Verdict::kCounted}, 1u)));
}

TEST(Metrics, WhatWasEndedIsForgottenWhenNothingMoreCanBeToldOfIt) {
    EndedStays stays;
    Event event = event_of(1);
    event.state = EventState::kClosed;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        event.id = store_test::id_of(static_cast<int>(i) + 1000);
        event.end += std::chrono::hours(1);
        stays.add(event);
        stays.add(event);
    }
    EXPECT_EQ(stays.counts().begin()->second, 1000u);
    EXPECT_LT(stays.remembered(), 12u);
}

}  // namespace
}  // namespace chairside
