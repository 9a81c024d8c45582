#include "config/zone.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

TEST(Zone, TypesAreReadInAnyCaseAndNothingElse) {
    EXPECT_EQ(parse_zone_type("chair"), ZoneType::kChair);
    EXPECT_EQ(parse_zone_type("Wash"), ZoneType::kWash);
    EXPECT_EQ(parse_zone_type("WAIT"), ZoneType::kWait);
    EXPECT_EQ(parse_zone_type("chairs"), std::nullopt);
    EXPECT_EQ(parse_zone_type(""), std::nullopt);
}

TEST(Zone, EveryTypeReadsBackFromItsNameAndIsCountedAsAService) {
    const std::pair<ZoneType, const char*> services[] = {
        {ZoneType::kChair, "haircut"}, {ZoneType::kWash, "wash"}, {ZoneType::kWait, "wait"}};
    for (const auto& [type, service] : services) {
        EXPECT_EQ(parse_zone_type(to_string(type)), type);
        EXPECT_STREQ(service_name(type), service);
    }
}

TEST(Zone, EveryAnchorReadsBackFromItsName) {
    for (const auto anchor : {ZoneAnchor::kFoot, ZoneAnchor::kCenter, ZoneAnchor::kOverlap})
        EXPECT_EQ(parse_zone_anchor(to_string(anchor)), anchor);
    EXPECT_EQ(parse_zone_anchor("feet"), std::nullopt);
}

TEST(Zone, DefaultTimesAreThoseOfTheProductDescription) {
    EXPECT_EQ(default_dwell(ZoneType::kChair), std::chrono::seconds(120));
    EXPECT_EQ(default_dwell(ZoneType::kWash), std::chrono::seconds(60));
    EXPECT_EQ(default_dwell(ZoneType::kWait), std::chrono::seconds(30));
    for (const auto type : {ZoneType::kChair, ZoneType::kWash, ZoneType::kWait})
        EXPECT_GT(default_grace(type), Duration::zero());
}

}  // namespace
}  // namespace chairside
