#include "pipeline/zone_layer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/store_test_support.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using namespace store_test;

constexpr char kFile[] = R"(
dwell_time: {chair: 100}
cameras:
  - id: front
    source: rtsp://10.0.0.5/1
    zones:
      - {name: chair 1, type: CHAIR, polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}
  - id: back
    source: rtsp://10.0.0.6/1
    zones:
      - {name: basin, type: WASH, polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}
)";
constexpr char kSaved[] =
    R"([{"id":"front","zones":[{"name":"chair 1","type":"CHAIR","polygon":[[0.5,0.5],[0.9,0.5],[0.9,0.9]]},
        {"name":"chair 2","type":"CHAIR","polygon":[[0,0],[0.2,0],[0.2,0.2]],"threshold_s":60}],"ignore":[]}])";

class ZoneLayerTest : public ::testing::Test {
  protected:
    TempFolder folder;
    std::unique_ptr<Store> store = Store::open(folder.options()).value();
    ZoneLayer layer{*store};
    Config config = parse_config(kFile, "test.yaml", "/srv", {.check_paths = false}).value();

    void save(const std::string& body, WallTime when = SystemClock().wall_now()) {
        DashboardRows rows(*store);
        const auto newest = take(rows.zone_revisions(1));
        ASSERT_TRUE(rows.save_zones({0, when, "admin", "", body}, newest.empty() ? 0 : newest[0].revision));
    }
};

TEST_F(ZoneLayerTest, WithoutSavedZonesTheConfigurationRuns) {
    EXPECT_EQ(layer.over(config).cameras[0].zones[0].polygon, config.cameras[0].zones[0].polygon);
}

TEST_F(ZoneLayerTest, SavedZonesRunAndOtherCamerasKeepTheirs) {
    save(kSaved);
    const Config with = layer.over(config);
    ASSERT_EQ(with.cameras[0].zones.size(), 2u);
    EXPECT_EQ(with.cameras[0].zones[0].polygon[0], (Point{0.5, 0.5}));
    EXPECT_EQ(with.cameras[0].zones[0].dwell, 100s) << "of the configuration, as it says nothing itself";
    EXPECT_EQ(with.cameras[0].zones[1].dwell, 60s);
    EXPECT_EQ(with.cameras[1].zones[0].name, "basin");
}

TEST_F(ZoneLayerTest, ThresholdsOfTheCentreHoldForSavedZonesToo) {
    save(kSaved);
    ASSERT_TRUE(store->keep_config(3, R"({"dwell_time":{"chair":150}})"));
    ASSERT_TRUE(store->config_runs(3));
    EXPECT_EQ(layer.over(config).cameras[0].zones[0].dwell, 150s);
    EXPECT_EQ(layer.over(config).cameras[0].zones.size(), 2u);
}

TEST_F(ZoneLayerTest, OfHereAndTheCentreTheLastThatWasSavedRuns) {
    const char* theirs =
        R"({"cameras":{"front":{"zones":[{"name":"sofa","type":"WAIT","polygon":[[0,0],[1,0],[1,1]]}]}}})";
    save(kSaved, SystemClock().wall_now() - 1h);
    ASSERT_TRUE(store->keep_config(3, theirs));
    ASSERT_TRUE(store->config_runs(3));
    EXPECT_EQ(layer.over(config).cameras[0].zones[0].name, "sofa");
    save(kSaved, SystemClock().wall_now() + 1h);
    EXPECT_EQ(layer.over(config).cameras[0].zones[0].name, "chair 1");
}

TEST_F(ZoneLayerTest, WhatDoesNotFitAnyMoreIsLeftOut) {
    save(R"([{"id":"gone","zones":[]}])");
    EXPECT_EQ(layer.over(config).cameras[0].zones[0].name, "chair 1");
    save(R"([{"id":"front","zones":[{"name":"basin","type":"CHAIR","polygon":[[0,0],[1,0],[1,1]]}]}])");
    EXPECT_EQ(layer.over(config).cameras[0].zones[0].name, "chair 1")
        << "the name is taken by the other camera";
}

TEST_F(ZoneLayerTest, FaultsNameTheirPlace) {
    const auto bad = layer.tried(
        config,
        R"({"cameras":{"front":{"zones":[{"name":"a","type":"CHAIR","polygon":[[0,0],[1,1],[1,0],[0,1]]}]}}})");
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error()[0].key, "cameras.front.zones[0].polygon");
}

TEST_F(ZoneLayerTest, DefaultsAreThoseOfTheConfiguration) {
    const auto defaults = layer.defaults(config);
    EXPECT_EQ(defaults[0].dwell, 100s);
    EXPECT_EQ(defaults[1].dwell, 60s);
    EXPECT_EQ(defaults[2].grace, 15s);
}

}  // namespace
}  // namespace chairside
