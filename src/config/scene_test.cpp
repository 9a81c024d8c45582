#include "config/scene.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace chairside {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;
using namespace std::chrono_literals;

Json good() {
    return Json::parse(R"({"fps": 5, "width": 1280, "height": 720, "frames": 18000, "family": "calm",
        "zones": [{"name": "chair-1", "type": "CHAIR", "polygon": [[128, 72], [640, 72], [640, 360]], "capacity": 1},
                  {"name": "bench", "type": "wait", "polygon": [[0, 360], [1280, 360], [1280, 720], [0, 720]], "capacity": 4,
                   "anchor": "center", "grace_s": 5, "dwell_s": 12.5}],
        "dwell_s": {"chair": 100.0, "wash": 60.0}})");
}

std::string error_of(const Json& scene) {
    const auto result = parse_scene(scene.dump(), "scene.json");
    return result ? "" : result.error().message;
}

std::string error_with(const char* pointer, const Json& value) {
    Json scene = good();
    scene[Json::json_pointer(pointer)] = value;
    return error_of(scene);
}

TEST(Scene, IgnoredRegionsAreNormalised) {
    Json scene = good();
    scene["ignore"] = Json::parse(R"([{"name": "mirror", "polygon": [[0, 0], [640, 0], [640, 360]]}])");
    const auto read = parse_scene(scene.dump(), "scene.json");
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->ignore.size(), 1u);
    EXPECT_EQ(read->ignore[0].name, "mirror");
    EXPECT_EQ(read->ignore[0].polygon[2], (Point{0.5, 0.5}));
    scene["ignore"][0].erase("name");
    EXPECT_THAT(error_of(scene), HasSubstr("ignore[0].name: is missing"));
    EXPECT_THAT(error_with("/ignore", "mirror"), HasSubstr("ignore: found \"mirror\""));
    EXPECT_THAT(error_with("/ignore", Json::array({1})), HasSubstr("ignore[0]: found 1"));
}

TEST(Scene, ZonesAreNormalisedAndTakeTheirTimes) {
    const auto scene = parse_scene(good().dump(), "scene.json");
    ASSERT_TRUE(scene) << scene.error().message;
    EXPECT_EQ(scene->fps, 5);
    EXPECT_EQ(scene->width, 1280);
    ASSERT_EQ(scene->zones.size(), 2u);
    EXPECT_EQ(scene->zones[0].polygon[0], (Point{0.1, 0.1}));
    EXPECT_EQ(scene->zones[0].dwell, 100s);
    EXPECT_EQ(scene->zones[0].grace, default_grace(ZoneType::kChair));
    EXPECT_EQ(scene->zones[0].anchor, ZoneAnchor::kFoot);
    EXPECT_EQ(scene->zones[1].type, ZoneType::kWait);
    EXPECT_EQ(scene->zones[1].dwell, 12500ms);
    EXPECT_EQ(scene->zones[1].grace, 5s);
    EXPECT_EQ(scene->zones[1].anchor, ZoneAnchor::kCenter);
    EXPECT_EQ(scene->zones[1].capacity, 4);
}

TEST(Scene, ZonesMayReachPastTheEdgeButNotLieElsewhere) {
    EXPECT_EQ(error_with("/zones/0/polygon", {{-50, 100}, {1300, 100}, {600, 900}}), "");
    EXPECT_THAT(error_with("/zones/0/polygon", {{1400, 100}, {1500, 100}, {1450, 200}}),
                HasSubstr("outside the picture"));
}

TEST(Scene, ErrorsNameFileAndMember) {
    EXPECT_THAT(error_with("/fps", 0), HasSubstr("scene.json: fps: found 0"));
    EXPECT_THAT(error_with("/width", 12.5), HasSubstr("width:"));
    EXPECT_THAT(error_with("/height", "720"), HasSubstr("height: found \"720\""));
    EXPECT_THAT(error_with("/zones", Json::array()), HasSubstr("zones: found a list; allowed: a list of 1"));
    EXPECT_THAT(error_with("/zones/1", 5), HasSubstr("zones[1]: found 5; allowed: an object"));
    EXPECT_THAT(error_with("/zones/1/name", ""), HasSubstr("zones[1].name:"));
    EXPECT_THAT(error_with("/zones/1/name", "chair-1"),
                HasSubstr("zones[1].name: found \"chair-1\" a second time"));
    EXPECT_THAT(error_with("/zones/0/type", "SEAT"),
                HasSubstr("zones[0].type: found \"SEAT\"; allowed: CHAIR, WASH, WAIT"));
    EXPECT_THAT(error_with("/zones/0/capacity", 0), HasSubstr("zones[0].capacity:"));
    EXPECT_THAT(error_with("/zones/0/anchor", "feet"), HasSubstr("zones[0].anchor: found \"feet\""));
    EXPECT_THAT(error_with("/zones/0/grace_s", -1), HasSubstr("zones[0].grace_s:"));
    EXPECT_THAT(error_with("/zones/0/polygon", {{0, 0}, {9, 9}, {9, 0}, {0, 9}}),
                HasSubstr("zones[0].polygon: the edge"));
    EXPECT_THAT(error_with("/zones/0/polygon/1", {1, 2, 3}), HasSubstr("zones[0].polygon[1]:"));
    EXPECT_THAT(error_with("/dwell_s/chiar", 5), HasSubstr("dwell_s.chiar: unknown type"));
    EXPECT_THAT(error_with("/dwell_s", 120), HasSubstr("dwell_s: found 120"));
}

TEST(Scene, MissingMembersAreNamed) {
    for (const char* member : {"fps", "width", "height", "zones"}) {
        Json scene = good();
        scene.erase(member);
        EXPECT_EQ(error_of(scene), std::string("scene.json: ") + member + ": is missing");
    }
    for (const char* member : {"name", "type", "polygon"}) {
        Json scene = good();
        scene["zones"][0].erase(member);
        EXPECT_EQ(error_of(scene), std::string("scene.json: zones[0].") + member + ": is missing");
    }
}

TEST(Scene, WhatIsNoJsonIsToldWithItsPlace) {
    const auto result = parse_scene("{\"fps\": 5,\n oops}", "scene.json");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message,
                HasSubstr("scene.json: not valid JSON: parse error at line 2, column"));
    for (const char* text : {"", "null", "[]", "1e999", "\"\xff\"", "{\"fps\": 1e999}"})
        EXPECT_FALSE(parse_scene(text, "s")) << text;
    EXPECT_FALSE(parse_scene(std::string(500'000, '['), "s"));
    EXPECT_FALSE(parse_scene(std::string(2u << 20, ' '), "s"));
}

TEST(Scene, FilesThatAreNotThereAreErrors) {
    const auto missing = load_scene("/no/such/scene.json");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
    EXPECT_FALSE(load_scene(::testing::TempDir()));
}

TEST(Scene, LoadsFromAFile) {
    const auto file = std::filesystem::path(::testing::TempDir()) / "chairside_scene.json";
    std::ofstream(file) << good();
    EXPECT_TRUE(load_scene(file));
    std::filesystem::remove(file);
}

}  // namespace
}  // namespace chairside
