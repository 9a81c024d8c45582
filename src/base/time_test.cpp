#include "base/time.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

using namespace std::chrono_literals;

WallTime at(const char* text) {
    return parse_iso(text).value();
}

TEST(Time, IsoGoesThereAndBack) {
    EXPECT_EQ(format_utc(at("2026-11-22T08:05:07.123Z")), "2026-11-22T08:05:07.123Z");
    EXPECT_EQ(format_utc(at("2026-11-22T09:05:07+01:00")), "2026-11-22T08:05:07.000Z");
    EXPECT_FALSE(parse_iso("yesterday"));
    EXPECT_FALSE(parse_iso("2026-11-22T08:05:07"));
    EXPECT_FALSE(parse_iso("2026-11-22T08:05:07Z and more"));
}

TEST(Time, ZonesAreFoundByName) {
    EXPECT_EQ(TimeZone::find("Europe/Berlin")->format_iso(at("2026-11-22T08:05:07Z")),
              "2026-11-22T09:05:07.000+01:00");
    EXPECT_NE(TimeZone::find("Europe/Berlim").error().message.find("Europe/Berlim"), std::string::npos);
    EXPECT_TRUE(TimeZone::find("local"));
}

TEST(Time, DaysHave23To25Hours) {
    const auto berlin = TimeZone::find("Europe/Berlin").value();
    const auto hours = [&](const char* day) {
        return (berlin.start_of_day(TimeZone::add_days(day, 1).value()).value() -
                berlin.start_of_day(day).value()) /
               1h;
    };
    EXPECT_EQ(hours("2026-03-29"), 23);
    EXPECT_EQ(hours("2026-06-01"), 24);
    EXPECT_EQ(hours("2026-10-25"), 25);
}

TEST(Time, TimesThatDoNotExistMoveForwardAndDoubleOnesAreTheFirst) {
    const auto berlin = TimeZone::find("Europe/Berlin").value();
    EXPECT_EQ(format_utc(berlin.at("2026-03-29", 2h + 30min).value()), "2026-03-29T01:00:00.000Z");
    EXPECT_EQ(format_utc(berlin.at("2026-10-25", 2h + 30min).value()), "2026-10-25T00:30:00.000Z");
}

TEST(Time, MidnightThatDoesNotExist) {  // Beirut jumps at 00:00
    const auto zone = TimeZone::find("Asia/Beirut").value();
    EXPECT_EQ(zone.format(zone.start_of_day("2026-03-29").value(), "%H:%M"), "01:00");
}

TEST(Time, LocalDateAndHour) {
    const auto zone = TimeZone::find("America/New_York").value();
    EXPECT_EQ(zone.date_of(at("2026-11-22T03:00:00Z")), "2026-11-21");
    EXPECT_EQ(zone.hour_of(at("2026-11-22T03:00:00Z")), 22);
}

TEST(Time, WrongDatesAreRefused) {
    const auto zone = TimeZone::utc();
    for (const char* text : {"2026-02-30", "22.11.2026", "2026-1-1", "", "2026-11-22x"})
        EXPECT_FALSE(zone.start_of_day(text)) << text;
    EXPECT_EQ(TimeZone::add_days("2024-02-28", 1).value(), "2024-02-29");
    EXPECT_EQ(TimeZone::add_days("2026-01-01", -1).value(), "2025-12-31");
}

TEST(Time, MonoStartsAtTheUnixTimeAndNeverGoesBack) {
    const SystemClock clock;
    const auto mono = clock.mono_now();
    EXPECT_LT(std::chrono::abs(mono.time_since_epoch() - clock.wall_now().time_since_epoch()), 5s);
    EXPECT_LE(mono, clock.mono_now());
}

TEST(Time, SecondsRound) {
    EXPECT_EQ(from_seconds(0.1), Duration(100000));
    EXPECT_EQ(from_seconds(-0.0000006), Duration(-1));
}

}  // namespace
}  // namespace chairside
