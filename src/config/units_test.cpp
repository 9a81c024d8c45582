#include "config/units.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace chairside {
namespace {

using namespace std::chrono_literals;

TEST(Units, DurationsAreReadWithTheirUnits) {
    EXPECT_EQ(parse_duration("90 s"), Parsed<Duration>(90s));
    EXPECT_EQ(parse_duration("120s"), Parsed<Duration>(120s));
    EXPECT_EQ(parse_duration("2 min"), Parsed<Duration>(2min));
    EXPECT_EQ(parse_duration("1h"), Parsed<Duration>(1h));
    EXPECT_EQ(parse_duration("1.5 Hours"), Parsed<Duration>(90min));
    EXPECT_EQ(parse_duration("250 ms"), Parsed<Duration>(250ms));
    EXPECT_EQ(parse_duration("2 d"), Parsed<Duration>(48h));
    EXPECT_EQ(parse_duration("-5 s"), Parsed<Duration>(-5s));
}

TEST(Units, DurationsWithoutUnitOrWithAnotherAreRefused) {
    for (const char* text :
         {"", "90", "s", "2m", "1 week", "1 h 30 min", "1e3 s", "inf s", "nan s", "1,5 s", "0x10 s", "--5 s"})
        EXPECT_FALSE(parse_duration(text)) << text;
    EXPECT_NE(parse_duration("2m").error().find("min"), std::string::npos);
    EXPECT_FALSE(parse_duration("999999999999999999999 d"));
}

TEST(Units, SizesAreInPowersOf1024) {
    EXPECT_EQ(parse_size("64 KB"), Parsed<std::size_t>(65536));
    EXPECT_EQ(parse_size("10MB"), Parsed<std::size_t>(10u << 20));
    EXPECT_EQ(parse_size("1 GiB"), Parsed<std::size_t>(1u << 30));
    EXPECT_EQ(parse_size("0.5 mb"), Parsed<std::size_t>(1u << 19));
    for (const char* text : {"10", "10 MO", "-1 MB", "MB", "9e99 GB", "99999999999999999 GB"})
        EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Units, TimesOfDayAreWithinADay) {
    EXPECT_EQ(parse_time_of_day("00:00"), Parsed<std::chrono::minutes>(0min));
    EXPECT_EQ(parse_time_of_day("22:30"), Parsed<std::chrono::minutes>(22h + 30min));
    EXPECT_EQ(parse_time_of_day("9:05"), Parsed<std::chrono::minutes>(9h + 5min));
    for (const char* text :
         {"24:00", "12:60", "12", "12:5", "123:00", "-1:00", "12:3a", ":30", "10 PM", "22:30:00"})
        EXPECT_FALSE(parse_time_of_day(text)) << text;
}

TEST(Units, TilesAreOneToFourEachWay) {
    EXPECT_EQ(parse_tiles("1x1"), Parsed<Tiles>(Tiles{1, 1}));
    EXPECT_EQ(parse_tiles("2 X 4"), Parsed<Tiles>(Tiles{2, 4}));
    for (const char* text : {"", "2", "x", "2x", "x2", "0x1", "5x1", "1x5", "2x2x2", "-1x1", "2*1", "999x1"})
        EXPECT_FALSE(parse_tiles(text)) << text;
}

TEST(Units, NumbersAreFiniteDecimals) {
    EXPECT_EQ(parse_number("+.5"), Parsed<double>(0.5));
    EXPECT_EQ(parse_number("-1e-3"), Parsed<double>(-0.001));
    EXPECT_EQ(parse_number("3."), Parsed<double>(3));
    for (const char* text :
         {"", ".", "-", "+-1", "1 ", " 1", "0x10", "inf", "nan", ".inf", "1e999", "1_000", "1,5", "e5"})
        EXPECT_FALSE(parse_number(text)) << text;
}

TEST(Units, EveryNumberReadsBackFromItsShortestForm) {
    rc::check("format_number is read back exactly", [](std::int32_t whole, std::uint8_t digits) {
        const double value = whole / (1.0 + digits);
        RC_ASSERT(parse_number(format_number(value)).value() == value);
    });
}

TEST(Units, EverySecondReadsBackAsADuration) {
    rc::check("milliseconds with a unit are exact to the microsecond", [] {
        const auto ms = *rc::gen::inRange<std::int64_t>(0, 86'400'000);
        RC_ASSERT(parse_duration(std::to_string(ms) + " ms").value() == std::chrono::milliseconds(ms));
    });
}

}  // namespace
}  // namespace chairside
