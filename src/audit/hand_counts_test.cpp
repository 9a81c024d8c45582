#include "audit/hand_counts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chairside {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

HandFormat berlin(const std::string& date = "") {
    HandFormat format;
    format.timeline.zone = TimeZone::find("Europe/Berlin").value();
    format.timeline.date = date;
    format.zones = {{"Chair-1", ZoneType::kChair}, {"wash-1", ZoneType::kWash}, {"waiting", ZoneType::kWait}};
    return format;
}

HandFormat recording() {
    HandFormat format;
    format.timeline.begin = WallTime{};
    format.other_zones = true;
    return format;
}

WallTime utc(const char* text) {
    return parse_iso(text).value();
}

double in_seconds(WallTime t) {
    return to_seconds(t.time_since_epoch());
}

HandCounts read(const std::string& csv, const HandFormat& format) {
    auto out = read_hand_counts(csv, "hand.csv", format);
    EXPECT_TRUE(out) << (out ? "" : out.error().front());
    return out.value_or(HandCounts{});
}

std::vector<std::string> faults(const std::string& csv, const HandFormat& format) {
    const auto out = read_hand_counts(csv, "hand.csv", format);
    return out ? std::vector<std::string>{"none"} : out.error();
}

TEST(HandCounts, HoursAreReadInEnglishAndGermanLongAndWide) {
    const std::string variants[] = {"date,hour,type,count\n2026-11-21,9,CHAIR,3\n2026-11-21,09:00,wash,1\n",
                                    "Datum;Stunde;Leistung;Anzahl\r\n21.11.2026;9 "
                                    "Uhr;Haarschnitt;3\r\n21.11.2026;9-10;Wäsche;1,0\r\nSumme;;;4\r\n",
                                    "Day\tTime\tHaircuts\tWashes\tWaits\n2026/11/21\t9 am\t3\t1\t\n"};
    for (const std::string& csv : variants) {
        const HandCounts counts = read(csv, berlin());
        ASSERT_FALSE(counts.by_service);
        ASSERT_EQ(counts.hours.size(), 2u) << csv;
        EXPECT_EQ(counts.hours[0].date, "2026-11-21");
        EXPECT_EQ(counts.hours[0].type, ZoneType::kChair);
        EXPECT_EQ(counts.hours[0].count, 3);
        EXPECT_EQ(counts.hours[0].from, utc("2026-11-21T08:00:00Z"));
        EXPECT_EQ(counts.hours[0].to, utc("2026-11-21T09:00:00Z"));
        EXPECT_EQ(counts.hours[1].type, ZoneType::kWash);
        EXPECT_EQ(counts.hours[1].count, 1);
    }
}

TEST(HandCounts, ServicesAreReadWithClockTimesOfTheBranch) {
    const HandCounts counts = read(
        "zone,start,end,type\n"
        "chair-1,14:05,14:41:30,\n"
        "CHAIR-1,2026-11-20 9:00,2026-11-20T09:20,haircut\n"
        "wash-1,2026-11-21T14:05:00+01:00,2:20 pm,WASH\n"
        "waiting,23:50,00:10,\n",
        berlin("2026-11-21"));
    ASSERT_TRUE(counts.by_service);
    ASSERT_EQ(counts.services.size(), 4u);
    EXPECT_EQ(counts.services[0].zone, "Chair-1") << "names as the configuration has them";
    EXPECT_EQ(counts.services[0].type, ZoneType::kChair) << "the zone's own type";
    EXPECT_EQ(counts.services[0].start, utc("2026-11-21T13:05:00Z"));
    EXPECT_EQ(counts.services[0].end, utc("2026-11-21T13:41:30Z"));
    EXPECT_EQ(counts.services[1].start, utc("2026-11-20T08:00:00Z"));
    EXPECT_EQ(counts.services[2].start, utc("2026-11-21T13:05:00Z"));
    EXPECT_EQ(counts.services[2].end, utc("2026-11-21T13:20:00Z"));
    EXPECT_EQ(counts.services[3].end, utc("2026-11-21T23:10:00Z")) << "over midnight";
}

TEST(HandCounts, TimesOfARecordingAreSecondsOrWhatAPlayerShows) {
    const HandCounts counts =
        read("Platz;Typ;von;bis\nchair-1;CHAIR;12,5;754,25\nchair-1;CHAIR;12:34;1:02:03\n", recording());
    ASSERT_EQ(counts.services.size(), 2u);
    EXPECT_DOUBLE_EQ(in_seconds(counts.services[0].start), 12.5);
    EXPECT_DOUBLE_EQ(in_seconds(counts.services[0].end), 754.25);
    EXPECT_DOUBLE_EQ(in_seconds(counts.services[1].start), 754);
    EXPECT_DOUBLE_EQ(in_seconds(counts.services[1].end), 3723);
}

TEST(HandCounts, WhenTheClocksGoBackAnHourIsTwoAndALaterEndIsFound) {
    const HandCounts hours = read("date,hour,type,count\n2026-10-25,2,CHAIR,3\n", berlin());
    EXPECT_EQ(hours.hours[0].to - hours.hours[0].from, std::chrono::hours(2));
    const HandCounts services = read("zone,start,end\nchair-1,2:50,2:10\n", berlin("2026-10-25"));
    EXPECT_EQ(services.services[0].start, utc("2026-10-25T00:50:00Z"));
    EXPECT_EQ(services.services[0].end, utc("2026-10-25T01:10:00Z"));
}

TEST(HandCounts, TimesThatTheClockSkipsAreFaults) {
    EXPECT_THAT(faults("date,hour,type,count\n2026-03-29,2,CHAIR,0\n", berlin()),
                ElementsAre(HasSubstr("clocks went forward")));
    EXPECT_THAT(faults("zone,start,end\nchair-1,2:30,3:30\n", berlin("2026-03-29")),
                ElementsAre(HasSubstr("clocks went forward")));
}

TEST(HandCounts, EveryFaultOfTheFileIsToldAtOnceWithItsLine) {
    const auto found = faults(
        "zone,type,start,end\n"
        "chair-9,CHAIR,14:00,14:30\n"
        "chair-1,CHIAR,25:00,noon\n"
        "\n"
        "wash-1,CHAIR,14:00,14:30\n"
        "wash-1,WASH,14:30,14:00\n",
        berlin("2026-11-21"));
    EXPECT_THAT(
        found,
        ElementsAre(HasSubstr("hand.csv:2: zone: found 'chair-9'; allowed are Chair-1, wash-1, waiting"),
                    HasSubstr("hand.csv:3: type: found 'CHIAR'"),
                    HasSubstr("hand.csv:3: start: found '25:00'"), HasSubstr("hand.csv:3: end: found 'noon'"),
                    HasSubstr("a zone of type WASH"),
                    HasSubstr("hand.csv:6: end: found '14:00', which is not after the start '14:30'")));
}

TEST(HandCounts, CountsAreWholeAndEachHourStandsOnce) {
    EXPECT_THAT(
        faults(
            "date,hour,type,count\n2026-11-21,9,CHAIR,2.5\n2026-11-21,9:30,CHAIR,1\n2026-11-31,10,CHAIR,1\n"
            "2026-11-21,11,CHAIR,-1\n2026-11-21,12,CHAIR,1\n21.11.2026,12,haircut,1\n",
            berlin()),
        ElementsAre(HasSubstr(":2: count: found '2.5'"), HasSubstr(":3: hour: found '9:30'"),
                    HasSubstr(":4: date: found '2026-11-31'"), HasSubstr(":5: count: found '-1'"),
                    HasSubstr(":7: count: the same hour, type and zone stand in line 6")));
}

TEST(HandCounts, AHeadingThatSaysNothingNamesWhatIsAllowed) {
    EXPECT_THAT(faults("a,b\n1,2\n", berlin()),
                ElementsAre(HasSubstr("allowed are a heading 'date,hour,type,count'")));
    EXPECT_THAT(faults("type,start,end\nCHAIR,9:00,9:30\n", berlin("2026-11-21")),
                ElementsAre(HasSubstr("no column 'zone'")));
    // What an int cannot hold: told, not cast (undefined behaviour).
    EXPECT_THAT(faults("date,hour,type,count\n2026-11-21,92026920,CHAIR,1\n2026-11-21,9202692026,CHAIR,1\n"
                       "2026-11-21,2e26,CHAIR,1\n2026-11-21,-3e40,CHAIR,1\n2026-11-21,9,CHAIR,3e40\n",
                       berlin()),
                ElementsAre(HasSubstr(":2: hour: found '92026920'"),
                            HasSubstr(":3: hour: found '9202692026'"), HasSubstr(":4: hour: found '2e26'"),
                            HasSubstr(":5: hour"), HasSubstr(":6: count: found '3e40'")));
    EXPECT_THAT(faults("date,hour,type,count\n", berlin()), ElementsAre(HasSubstr("no row below")));
    EXPECT_THAT(faults("hour,type,count\n9,CHAIR,1\n", berlin()), ElementsAre(HasSubstr("--date")));
    EXPECT_THAT(faults("date,hour,type,count\n2026-11-21,9,CHAIR,1\n", recording()),
                ElementsAre(HasSubstr("--begin")));
}

TEST(HandCounts, HoursLeftOutBetweenOthersAreNoted) {
    const HandCounts counts = read("hour,type,count\n9,CHAIR,1\n12,CHAIR,0\n", berlin("2026-11-21"));
    EXPECT_THAT(counts.notes, ElementsAre(HasSubstr("2026-11-21, hour 10, 11")));
}

}  // namespace
}  // namespace chairside
