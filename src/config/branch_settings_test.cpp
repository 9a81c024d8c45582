// A manager's settings over the device's file: the same rules, all faults in words, nothing half applied.

#include "config/branch_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chairside {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr char kFile[] = R"(
dwell_time: {chair: 100}
counting: {review_from: 0.3}
supabase: {url: 'https://x.supabase.co', key: sb_publishable_k, email: a@b.c, password: secret}
cameras:
  - id: street
    source: rtsp://user:hidden@10.0.0.5/1
    zones:
      - {name: chair 1, type: CHAIR, polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}
      - {name: chair 2, type: CHAIR, dwell_time: 60, polygon: [[0.5, 0.1], [0.9, 0.1], [0.9, 0.4]]}
  - id: back
    source: rtsp://10.0.0.6/1
    zones:
      - {name: basin, type: WASH, polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}
)";

Config base() {
    return parse_config(kFile, "test.yaml", "/srv/shop", {.check_paths = false}).value();
}

std::string refusal(const std::string& settings) {
    const auto result = with_settings(base(), settings, "revision 7");
    EXPECT_FALSE(result) << settings;
    return result ? "" : in_words(result.error(), 1000);
}

TEST(BranchSettings, WhatIsLeftOutStaysAsTheFileSays) {
    const auto same = with_settings(base(), "{}", "revision 1");
    ASSERT_TRUE(same);
    EXPECT_EQ(same->config.cameras[0].zones.size(), 2u);
    EXPECT_EQ(same->config.cameras[0].zones[0].dwell, 100s);
    EXPECT_EQ(same->config.cameras[0].source, "rtsp://user:hidden@10.0.0.5/1");
    EXPECT_EQ(same->config.supabase.password, "secret");
    EXPECT_EQ(same->config.visits.same_service_within, 45min);
}

TEST(BranchSettings, ThresholdsReplaceThoseOfTheFileButNotAZonesOwn) {
    const auto set =
        with_settings(base(), R"({"dwell_time": {"chair": 90.5, "wash": 45}, "grace": {"wash": 20},
        "counting": {"count_from": 0.6, "wash": {"count_from": 0.7}}, "visits": {"same_service_within": 0}})",
                      "revision 2");
    ASSERT_TRUE(set) << in_words(set.error(), 1000);
    const auto& street = set->config.cameras[0].zones;
    EXPECT_EQ(street[0].dwell, 90500ms);
    EXPECT_EQ(street[1].dwell, 60s);
    EXPECT_EQ(street[0].counting, (CountingLimits{0.6, 0.3}));
    const auto& basin = set->config.cameras[1].zones[0];
    EXPECT_EQ(basin.dwell, 45s);
    EXPECT_EQ(basin.grace, 20s);
    EXPECT_EQ(basin.counting, (CountingLimits{0.7, 0.3}));
    EXPECT_EQ(set->config.visits.same_service_within, 0s);
}

TEST(BranchSettings, ZonesOfACameraAreReplacedAsAWholeAndOthersStay) {
    const auto set = with_settings(base(), R"({"cameras": {"street": {"ignore_still": false,
        "zones": [{"name": "007", "type": "CHAIR", "polygon": [[0, 0], [1, 0], [1, 1]], "capacity": 2, "grace": 9}],
        "ignore": [{"name": "mirror", "polygon": [[0, 0], [0.1, 0], [0.1, 0.1]]}]}}})",
                                   "revision 3");
    ASSERT_TRUE(set) << in_words(set.error(), 1000);
    const CameraConfig& street = set->config.cameras[0];
    ASSERT_EQ(street.zones.size(), 1u);
    EXPECT_EQ(street.zones[0].name, "007") << "a text stays one";
    EXPECT_EQ(street.zones[0].capacity, 2);
    EXPECT_EQ(street.zones[0].dwell, 100s) << "of the file's type";
    EXPECT_EQ(street.zones[0].grace, 9s);
    EXPECT_EQ(street.ignore.at(0).name, "mirror");
    EXPECT_FALSE(street.ignore_still);
    EXPECT_EQ(set->config.cameras[1].zones.at(0).name, "basin");
    const auto back = with_settings(set->config, "{}", "revision 4");
    EXPECT_EQ(back->config.cameras[0].zones.size(), 2u)
        << "each revision is laid over the file, not over the last";
}

TEST(BranchSettings, CamerasOfAnotherPcOfTheBranchAreNamedAndLeftOut) {
    const auto set =
        with_settings(base(), R"({"cameras": {"cellar": {"zones": []}, "back": {"zones": []}}})", "r");
    ASSERT_TRUE(set);
    EXPECT_THAT(set->elsewhere, ElementsAre("cellar"));
    EXPECT_TRUE(set->config.cameras[1].zones.empty());
}

TEST(BranchSettings, WhatTheFileMayNotSayASettingMayNotSay) {
    EXPECT_THAT(refusal(R"({"dwell_time": {"chair": 0}})"), HasSubstr("dwell_time.chair: found '0'"));
    EXPECT_THAT(refusal(R"({"dwell_time": {"chiar": 90}})"), HasSubstr("did you mean 'chair'"));
    EXPECT_THAT(refusal(R"({"counting": {"count_from": 0.2}})"), HasSubstr("not above count_from"));
    EXPECT_THAT(refusal(R"({"cameras": {"back": {"zones": [{"name": "w", "type": "WASH",
                "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}]}}})"),
                AllOf(HasSubstr("cameras.back.zones[0].polygon"), HasSubstr("cross")));
    EXPECT_THAT(refusal(R"({"cameras": {"back": {"zones": [{"name": "chair 1", "type": "WASH",
                "polygon": [[0, 0], [1, 1], [1, 0]]}]}}})"),
                AllOf(HasSubstr("'chair 1', which is already a zone"), HasSubstr("on line 9")));
    EXPECT_THAT(refusal(R"({"cameras": {"back": {"zones": 7}}})"),
                HasSubstr("cameras.back.zones: found '7'"));
}

TEST(BranchSettings, NothingButThresholdsAndZonesCanBeSet) {
    EXPECT_THAT(refusal(R"({"supabase": {"url": "https://thief.example"}})"),
                HasSubstr("settings: found 'supabase'"));
    EXPECT_THAT(refusal(R"({"cameras": {"street": {"source": "http://thief.example"}}})"),
                HasSubstr("cameras.street: found 'source'; allowed: zones, ignore, ignore_still"));
    EXPECT_THAT(refusal(R"({"cameras": {"cellar": {"source": "x"}}})"), HasSubstr("cameras.cellar"));
    EXPECT_THAT(refusal(R"({"cameras": [1]})"), HasSubstr("an object by camera id"));
    EXPECT_THAT(refusal("[]"), HasSubstr("settings: is no object"));
    EXPECT_THAT(refusal("{"), HasSubstr("is no JSON"));
    EXPECT_THAT(refusal(std::string(100, '[') + std::string(100, ']')), HasSubstr("too deep"));
}

TEST(BranchSettings, AllFaultsAreToldAndCutBetweenCharacters) {
    const std::string both = refusal(R"({"dwell_time": {"chair": 0}, "grace": {"wash": -1}})");
    EXPECT_THAT(both, AllOf(HasSubstr("dwell_time.chair"), HasSubstr("grace.wash")));
    EXPECT_EQ(in_words({{"f", 0, 0, "", "ÄÄÄ"}}, 3), "Ä");
}

}  // namespace
}  // namespace chairside
