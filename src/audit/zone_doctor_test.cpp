#include "audit/zone_doctor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/doctor_words.hpp"
#include "audit/feet_file.hpp"
#include "audit/polygon_ops.hpp"
#include "config/config.hpp"

namespace chairside {
namespace {

using ::testing::HasSubstr;

bool has(const ZoneExam& exam, ZoneFinding::Kind kind) {
    return std::any_of(exam.findings.begin(), exam.findings.end(),
                       [&](const ZoneFinding& f) { return f.kind == kind && f.problem; });
}

// A hill of time around a place.
void sit(FootMap& feet, Point place, double seconds, FootKind kind = FootKind::kSeated, double width = 0.1) {
    for (int x = -1; x <= 1; ++x)
        for (int y = -1; y <= 1; ++y)
            feet.add(kind, {place.x + x / 128.0, place.y + y / 72.0}, width,
                     seconds * (x == 0 && y == 0 ? 0.6 : 0.05));
}

ZoneConfig zone(const std::string& name, double x0, double y0, double x1, double y1, int capacity = 1) {
    ZoneConfig out;
    out.name = name;
    out.polygon = {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
    out.capacity = capacity;
    return out;
}

FootMap a_day() {
    FootMap feet;
    feet.watch(8 * 3600, 1280, 720);
    sit(feet, {0.3, 0.5}, 7200);
    sit(feet, {0.7, 0.5}, 7200);
    return feet;
}

TEST(ZoneDoctor, TooLittleDataGetsASentenceAndNoSuggestion) {
    FootMap feet;
    feet.watch(600, 1280, 720);
    sit(feet, {0.3, 0.5}, 500);
    const CameraExam exam = examine_zones("camera", {zone("a", 0.2, 0.4, 0.4, 0.6)}, feet);
    EXPECT_THAT(
        exam.too_little,
        HasSubstr("at least 45 min of watching and 10 min of people sitting; so far there are 10 and 8"));
    ASSERT_EQ(exam.zones.size(), 1u);
    EXPECT_TRUE(exam.zones[0].findings.empty() && exam.zones[0].suggestion.empty());
    EXPECT_THAT(exams_as_text({exam}, true), HasSubstr("too little was seen yet"));
}

TEST(ZoneDoctor, TellsAnUnusedZoneAndSaysWhyThereIsNoSuggestion) {
    const CameraExam exam = examine_zones(
        "camera",
        {zone("a", 0.2, 0.4, 0.4, 0.6), zone("b", 0.6, 0.4, 0.8, 0.6), zone("c", 0.4, 0.8, 0.6, 0.95)},
        a_day());
    EXPECT_FALSE(exam.zones[0].has_problem());
    EXPECT_TRUE(has(exam.zones[2], ZoneFinding::Kind::kNeverUsed));
    EXPECT_TRUE(exam.zones[2].suggestion.empty());
    EXPECT_THAT(exam.zones[2].why_none, HasSubstr("2 min"));
}

TEST(ZoneDoctor, TellsAWalkwayAndAPlaceWhereStaffStand) {
    FootMap feet = a_day();
    sit(feet, {0.3, 0.5}, 2000, FootKind::kWalking);
    sit(feet, {0.7, 0.5}, 90000, FootKind::kStanding);
    const CameraExam exam =
        examine_zones("camera", {zone("a", 0.2, 0.4, 0.4, 0.6), zone("b", 0.6, 0.4, 0.8, 0.6)}, feet);
    EXPECT_TRUE(has(exam.zones[0], ZoneFinding::Kind::kStaffTraffic));
    EXPECT_THAT(exam.zones[0].findings[0].text, HasSubstr("walked through"));
    EXPECT_TRUE(has(exam.zones[1], ZoneFinding::Kind::kStaffTraffic));
    EXPECT_THAT(exam.zones[1].findings[0].text, HasSubstr("staff stand"));
}

TEST(ZoneDoctor, AnOverlapIsAProblemOnlyWhereFeetAre) {
    const CameraExam apart =
        examine_zones("camera", {zone("a", 0.2, 0.4, 0.52, 0.6), zone("b", 0.48, 0.4, 0.8, 0.6)}, a_day());
    ASSERT_EQ(apart.zones[0].findings.size(), 1u);
    EXPECT_FALSE(apart.zones[0].findings[0].problem);
    EXPECT_EQ(apart.zones[0].findings[0].other, "b");
    const CameraExam contested =
        examine_zones("camera", {zone("a", 0.2, 0.4, 0.75, 0.6), zone("b", 0.48, 0.4, 0.8, 0.6)}, a_day());
    EXPECT_TRUE(has(contested.zones[0], ZoneFinding::Kind::kOverlaps));
    EXPECT_TRUE(has(contested.zones[1], ZoneFinding::Kind::kOverlaps));
}

TEST(ZoneDoctor, TellsATinyZoneAndOneAtThePicturesEdge) {
    FootMap feet = a_day();
    sit(feet, {0.5, 0.99}, 7200);
    const CameraExam exam = examine_zones(
        "camera", {zone("tiny", 0.29, 0.48, 0.32, 0.52), zone("edge", 0.4, 0.9, 0.6, 1.0)}, feet);
    EXPECT_TRUE(has(exam.zones[0], ZoneFinding::Kind::kTooSmall));
    EXPECT_TRUE(has(exam.zones[1], ZoneFinding::Kind::kAtEdge));
}

TEST(ZoneDoctor, AnAreaIsJudgedByAllWhoDoNotWalk) {
    FootMap feet;
    feet.watch(8 * 3600, 1280, 720);
    sit(feet, {0.3, 0.5}, 7200, FootKind::kStanding);
    const CameraExam exam = examine_zones("camera", {zone("area", 0.2, 0.4, 0.4, 0.6, 12)}, feet);
    EXPECT_EQ(exam.too_little, "");
    EXPECT_FALSE(exam.zones[0].has_problem()) << exam.zones[0].findings[0].text;
    EXPECT_FALSE(exam.zones[0].suggestion.empty());
}

TEST(ZoneDoctor, TheSuggestionIsYamlThatTheConfigurationTakes) {
    auto odd = zone("it's \"a\": {chair}", 0.3, 0.4, 0.5, 0.6);
    const CameraExam exam = examine_zones("front", {odd}, a_day());
    ASSERT_TRUE(exam.zones[0].has_problem());
    const std::string text = exams_as_text({exam}, false);
    const auto at = text.find("  - id: front");
    ASSERT_NE(at, std::string::npos) << text;
    std::string yaml = "cameras:\n" + text.substr(at);
    yaml.insert(yaml.find("\n    zones:"), "\n    source: rtsp://camera/x");
    ConfigOptions options;
    options.check_paths = false;
    const auto config = parse_config(yaml, "pasted.yaml", ".", options);
    ASSERT_TRUE(config) << yaml << config.error().front().to_string();
    EXPECT_EQ(config->cameras[0].zones[0].name, odd.name);
    EXPECT_NEAR(polygon_iou(config->cameras[0].zones[0].polygon, exam.zones[0].suggestion), 1, 1e-6);
}

TEST(ZoneDoctor, TheDrawingEscapesNamesAndShowsTheSuggestion) {
    const CameraExam exam = examine_zones("front", {zone("<b>&", 0.3, 0.4, 0.5, 0.6)}, a_day());
    const std::string svg = exam_as_svg(exam, a_day(), false);
    EXPECT_THAT(svg, HasSubstr("&lt;b&gt;&amp;"));
    EXPECT_THAT(svg, HasSubstr("stroke-dasharray"));
    EXPECT_EQ(svg.find("<image"), std::string::npos);
}

TEST(FeetFile, ComesBackAsItWasWritten) {
    FeetFile file{"replay", {zone("a", 0.2, 0.4, 0.4, 0.6, 3)}, a_day()};
    const auto back = parse_feet(feet_as_json(file), "feet.json");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->zones[0].polygon, file.zones[0].polygon);
    EXPECT_EQ(back->zones[0].capacity, 3);
    EXPECT_EQ(back->feet.width(), 1280);
    for (int i = 0; i < FootMap::kCells; ++i)
        for (std::size_t k = 0; k < kFootKinds; ++k)
            ASSERT_NEAR(back->feet.cell(i).seconds[k], file.feet.cell(i).seconds[k], 1e-3);
}

TEST(FeetFile, FaultsAreSaidInWords) {
    const auto fault = [](const std::string& json) { return parse_feet(json, "feet.json").error().message; };
    EXPECT_EQ(fault("{"), "feet.json: is not JSON");
    EXPECT_THAT(fault("{}"), HasSubstr("replay --feet"));
    EXPECT_THAT(fault("[]"), HasSubstr("replay --feet"));
    const std::string head =
        R"({"format":"chairside-feet","version":1,"camera":"c","columns":128,"rows":72,"width":1,"height":1,"watched_s":1,)";
    EXPECT_THAT(fault(head + R"("cells":[[128,0,1,1,1,1,1,1]],"zones":[]})"), HasSubstr("cells[0]"));
    EXPECT_THAT(fault(head + R"("cells":[[0,0,-1,1,1,1,1,1]],"zones":[]})"), HasSubstr("cells[0]"));
    EXPECT_THAT(fault(head + R"("cells":[],"zones":[{"name":"a"}]})"), HasSubstr("zones[0]"));
    EXPECT_THAT(fault(R"({"format":"chairside-feet","version":2})"), HasSubstr("version"));
}

}  // namespace
}  // namespace chairside
