#include "report/figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/report_test_support.hpp"
#include "report/words.hpp"

namespace chairside {
namespace {

using namespace report_test;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::HasSubstr;

std::vector<std::string> labels(const std::string& date, minutes day_end = minutes(0),
                                const TimeZone& zone = berlin()) {
    std::vector<std::string> out;
    for (const Hour& hour : hours_of(zone, business_days(zone, day_end, date, date).value()[0])) {
        out.push_back(hour.label);
    }
    return out;
}

TEST(BusinessDay, HasTwentyFourHoursAndOnChangeDaysOneMoreOrLess) {
    EXPECT_EQ(labels("2026-11-22").size(), 24u);
    const auto autumn = labels("2026-10-25"), spring = labels("2026-03-29");
    ASSERT_EQ(autumn.size(), 25u);
    EXPECT_EQ(autumn[1], "01:00");
    EXPECT_EQ(autumn[2], "02:00 CEST");
    EXPECT_EQ(autumn[3], "02:00 CET");
    EXPECT_EQ(autumn[4], "03:00");
    ASSERT_EQ(spring.size(), 23u);
    EXPECT_EQ(spring[1], "01:00");
    EXPECT_EQ(spring[2], "03:00");
}

TEST(BusinessDay, MayEndAfterMidnight) {
    const auto hours = labels("2026-11-22", minutes(120));
    ASSERT_EQ(hours.size(), 24u);
    EXPECT_EQ(hours.front(), "02:00");
    EXPECT_EQ(hours.back(), "01:00");
    // The change at 03:00 on the 25th belongs to the day of the 25th, which begins at the first 02:00.
    EXPECT_EQ(labels("2026-10-24", minutes(120)).size(), 24u);
    EXPECT_EQ(labels("2026-10-25", minutes(120)).size(), 25u);
    // Half an hour is changed on Lord Howe.
    EXPECT_EQ(labels("2026-04-05", minutes(0), TimeZone::find("Australia/Lord_Howe").value()).size(), 25u);
}

TEST(BusinessDay, RangesFollowEachOtherWithoutHoleOrOverlap) {
    const auto days = business_days(berlin(), minutes(90), "2026-03-27", "2026-11-02").value();
    EXPECT_EQ(days.size(), 221u);
    for (std::size_t i = 1; i < days.size(); ++i)
        EXPECT_EQ(days[i - 1].span.to, days[i].span.from);
}

TEST(BusinessDay, WrongRangesAreRefusedWithWords) {
    const auto words = [](const char* from, const char* to) {
        const auto days = business_days(berlin(), minutes(0), from, to);
        return days ? "accepted" : days.error().message;
    };
    EXPECT_THAT(words("2026-11-22", "2026-11-21"), HasSubstr("before it begins"));
    EXPECT_THAT(words("2026-02-30", "2026-03-01"), HasSubstr("not a day"));
    EXPECT_THAT(words("2026-02-20", "yesterday"), HasSubstr("not a date"));
    EXPECT_THAT(words("1026-02-20", "2026-02-20"), HasSubstr("ten years"));
}

TEST(Figures, DwellIsOfFinishedCountedOnesOnly) {
    Salon salon;
    salon.add("2026-11-22T09:00:00Z", 10, ZoneType::kChair, "chair 1");
    salon.add("2026-11-22T10:00:00Z", 20, ZoneType::kChair, "chair 1");
    salon.add("2026-11-22T11:00:00Z", 60, ZoneType::kChair, "chair 1");
    salon.add("2026-11-22T12:00:00Z", 2, ZoneType::kChair, "chair 1").state = EventState::kOpen;
    salon.add("2026-11-22T13:00:00Z", 200, ZoneType::kChair, "chair 1").verdict = Verdict::kReview;
    salon.add("2026-11-22T14:00:00Z", 200, ZoneType::kChair, "chair 1").verdict = Verdict::kRejected;
    salon.save();
    const DailySummary s = salon.reports->summarize("2026-11-22", "2026-11-22").value();
    const TypeFigures& chairs = s.by_type.at(ZoneType::kChair);
    EXPECT_EQ(chairs.count, 4);
    EXPECT_EQ(chairs.finished, 3);
    EXPECT_EQ(chairs.mean_dwell_s, 1800);
    EXPECT_EQ(chairs.median_dwell_s, 1200);
    EXPECT_EQ(chairs.to_review, 1);
    EXPECT_EQ(s.open, 1);
    EXPECT_EQ(s.to_review, 1);
    EXPECT_EQ(s.rejected, 1);
    EXPECT_EQ(s.unique_people, 4);
    EXPECT_EQ(s.by_type.at(ZoneType::kWash).count, 0) << "all types are there";
}

TEST(Figures, OnePersonInTwoZonesIsOneAndTheSameNumberInAnotherRunOrOnAnotherCameraIsNot) {
    Salon salon;
    salon.add("2026-11-22T09:00:00Z", 10, ZoneType::kWait, "seat").person = {1};
    salon.add("2026-11-22T09:10:00Z", 30, ZoneType::kChair, "chair").person = {1};
    salon.add("2026-11-22T09:10:00Z", 30, ZoneType::kChair, "chair", "cam-2").person = {1};
    salon.save();
    EXPECT_EQ(salon.reports->summarize("2026-11-22", "2026-11-22").value().unique_people, 2);
    salon.reports.reset();
    salon.store.reset();
    salon.store = Store::open(salon.folder.options()).value();
    salon.events.clear();
    salon.add("2026-11-22T15:10:00Z", 30, ZoneType::kChair, "chair").person = {1};
    salon.save();
    const ReportGenerator reports(*salon.store, berlin(), {}, "DEMO", "pc-1");
    EXPECT_EQ(reports.summarize("2026-11-22", "2026-11-22").value().unique_people, 3);
}

TEST(Figures, PeopleAreVisitsAndChairWashChairIsOneHaircut) {
    Salon salon;
    const EventId first = salon.add("2026-11-22T09:00:00Z", 10, ZoneType::kChair, "chair").id;
    salon.add("2026-11-22T09:11:00Z", 4, ZoneType::kWash, "basin").visit = first;
    Event& back = salon.add("2026-11-22T09:16:00Z", 20, ZoneType::kChair, "chair", "cam-2");
    back.visit = back.part_of = first;
    salon.events[0].visit = first;
    salon.save();
    const DailySummary s = salon.reports->summarize("2026-11-22", "2026-11-22").value();
    EXPECT_EQ(s.unique_people, 1);
    EXPECT_EQ(s.by_type.at(ZoneType::kChair).count, 1);
    EXPECT_EQ(s.by_type.at(ZoneType::kChair).mean_dwell_s, 1800) << "both stays in the chair";
    EXPECT_EQ(s.by_type.at(ZoneType::kWash).count, 1);
    EXPECT_EQ(s.by_day[0].counts.at(ZoneType::kChair), 1);
    EXPECT_EQ(s.by_camera.at("cam-2").at(ZoneType::kChair).count, 0);
}

TEST(Figures, ExpectedZonesAreListedAlsoWhenNobodyCame) {
    Salon salon;
    CameraConfig camera;
    camera.id = "cam-1";
    camera.zones.resize(1);
    camera.zones[0].name = "chair 9";
    salon.reports->expect({camera});
    const DailySummary s = salon.reports->summarize("2026-11-22", "2026-11-22").value();
    EXPECT_EQ(s.by_zone.at("cam-1/chair 9").at(ZoneType::kChair).count, 0);
    EXPECT_EQ(s.by_camera.count("cam-1"), 1u);
}

// ---- Unknown is not zero

Coverage hour_of_day(const DailySummary& s, std::size_t hour) {
    return s.by_hour.at(hour).coverage;
}

TEST(Coverage, HourInAGapOfAllCamerasIsUnknownAndOneInAGapOfSomeIsPartlyKnown) {
    Salon salon({}, "DEMO", TimeZone::utc());
    salon.add("2026-11-22T08:00:00Z", 10, ZoneType::kChair, "chair 1", "cam-1");
    salon.add("2026-11-22T08:00:00Z", 10, ZoneType::kChair, "chair 2", "cam-2");
    salon.gap("cam-1", "2026-11-22T09:30:00Z", "2026-11-22T12:00:00Z", "offline");
    salon.gap("cam-2", "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z", "offline");
    salon.gap("cam-2", "2026-11-22T14:00:00Z", "2026-11-22T14:00:20Z", "offline");
    salon.save();
    const DailySummary s = salon.reports->summarize("2026-11-22", "2026-11-22").value();
    EXPECT_EQ(hour_of_day(s, 8), Coverage::kKnown);
    EXPECT_EQ(hour_of_day(s, 9), Coverage::kPartly);
    EXPECT_EQ(s.by_hour[9].unknown_s, 1800);
    EXPECT_EQ(hour_of_day(s, 10), Coverage::kUnknown);
    EXPECT_EQ(hour_of_day(s, 11), Coverage::kPartly) << "cam-2 saw it";
    EXPECT_EQ(hour_of_day(s, 14), Coverage::kKnown) << "20 s hide no service";
    EXPECT_EQ(s.gaps.size(), 3u) << "but are listed";
    EXPECT_EQ(s.by_day[0].coverage, Coverage::kPartly);
    EXPECT_EQ(s.by_day[0].unknown_s, 9000);
}

TEST(Coverage, OpenGapLastsUntilTheEnd) {
    Salon salon({}, "DEMO", TimeZone::utc());
    salon.gap("cam-1", "2026-11-20T09:30:00Z", "", "offline");
    const DailySummary s = salon.reports->summarize("2026-11-22", "2026-11-22").value();
    for (std::size_t i = 0; i < 24; ++i)
        EXPECT_EQ(hour_of_day(s, i), Coverage::kUnknown);
    EXPECT_EQ(s.by_day[0].coverage, Coverage::kUnknown);
}

TEST(Coverage, OverlappingGapsAreNotCountedTwice) {
    Salon salon({}, "DEMO", TimeZone::utc());
    salon.gap("cam-1", "2026-11-22T09:00:00Z", "2026-11-22T09:20:00Z", "offline");
    salon.gap("cam-1", "2026-11-22T09:10:00Z", "2026-11-22T09:30:00Z", "crash");
    const DailySummary s = salon.reports->summarize("2026-11-22", "2026-11-22").value();
    EXPECT_EQ(s.by_hour[9].unknown_s, 1800);
}

TEST(Coverage, AfterTheLastSignOfLifeNothingIsKnown) {
    Salon salon({}, "DEMO", TimeZone::utc());
    salon.add("2026-11-22T08:00:00Z", 10, ZoneType::kChair, "chair 1", "cam-1");
    salon.save();
    EXPECT_FALSE(salon.reports->summarize("2026-11-22", "2026-11-22").value().seen_until)
        << "no heartbeat at all";
    must(salon.store->alive("cam-1", utc("2026-11-22T14:00:00Z")));
    must(salon.store->alive("cam-2", utc("2026-11-22T15:30:00Z")));
    const DailySummary s = salon.reports->summarize("2026-11-22", "2026-11-22").value();
    ASSERT_TRUE(s.seen_until);
    EXPECT_EQ(*s.seen_until, utc("2026-11-22T15:30:00Z"));
    EXPECT_EQ(hour_of_day(s, 14), Coverage::kKnown);
    EXPECT_EQ(hour_of_day(s, 15), Coverage::kPartly);
    EXPECT_EQ(hour_of_day(s, 16), Coverage::kUnknown);
    EXPECT_FALSE(salon.reports->summarize("2026-11-21", "2026-11-21").value().seen_until)
        << "the day before was seen";
    const DailySummary next = salon.reports->summarize("2026-11-23", "2026-11-23").value();
    EXPECT_EQ(next.by_day[0].coverage, Coverage::kUnknown);
}

TEST(Coverage, CountOfAPartlySeenHourIsAtLeast) {
    EXPECT_EQ(count_words(2, Coverage::kKnown), "2");
    EXPECT_EQ(count_words(2, Coverage::kPartly), "≥ 2");
    EXPECT_EQ(count_words(0, Coverage::kPartly), "≥ 0");
    EXPECT_EQ(count_words(0, Coverage::kUnknown), "unknown");
}

TEST(Range, HoursAreThoseOfTheClockInTheOrderOfTheBusinessDay) {
    ReportsConfig config;
    config.day_end = minutes(120);
    Salon salon(config);
    salon.add("2026-10-24T21:30:00Z", 30, ZoneType::kChair, "chair 1");  // 23:30 on the 24th
    salon.add("2026-10-24T23:30:00Z", 30, ZoneType::kChair, "chair 1");  // 01:30, still the 24th
    salon.add("2026-10-25T00:30:00Z", 30, ZoneType::kChair, "chair 1");  // the first 02:30 of the 25th
    salon.add("2026-10-25T01:30:00Z", 30, ZoneType::kChair, "chair 1");  // the second
    salon.save();
    const DailySummary s = salon.reports->summarize("2026-10-24", "2026-10-26").value();
    ASSERT_EQ(s.hour_labels.size(), 24u);
    EXPECT_EQ(s.hour_labels.front(), "02:00");
    EXPECT_EQ(s.hour_labels.back(), "01:00");
    EXPECT_EQ(count_of(s.by_hour[0].counts, ZoneType::kChair), 2);
    EXPECT_EQ(count_of(s.by_hour[23].counts, ZoneType::kChair), 1);
    ASSERT_EQ(s.by_day.size(), 3u);
    EXPECT_EQ(count_of(s.by_day[0].counts, ZoneType::kChair), 2);
    EXPECT_EQ(count_of(s.by_day[1].counts, ZoneType::kChair), 2);
    EXPECT_EQ(count_of(s.by_day[2].counts, ZoneType::kChair), 0);
    EXPECT_TRUE(s.stays.empty());
}

RC_GTEST_PROP(FiguresProperty, SumsByHourDayZoneCameraAndTypeAreTheSame, ()) {
    const TimeZone zone =
        TimeZone::find(*rc::gen::element<std::string>("Europe/Berlin", "UTC", "America/New_York",
                                                      "Australia/Lord_Howe", "Asia/Kathmandu"))
            .value();
    const minutes day_end(*rc::gen::inRange(0, 24 * 60));
    const std::string from =
        *rc::gen::element<std::string>("2026-03-28", "2026-10-24", "2026-11-22", "2026-04-04");
    const std::string to = TimeZone::add_days(from, *rc::gen::inRange(0, 4)).value();
    const auto days = business_days(zone, day_end, from, to).value();
    const auto range_s =
        std::chrono::duration_cast<std::chrono::seconds>(days.back().span.to - days[0].span.from).count();
    ReportInput input;
    std::map<ZoneType, int> expected;
    for (int i = *rc::gen::inRange(0, 40); i > 0; --i) {
        StoredEvent stored;
        stored.event.camera = *rc::gen::element<std::string>("a", "b");
        stored.event.zone = *rc::gen::element<std::string>("1", "2", "3");
        stored.event.type = *rc::gen::element(ZoneType::kChair, ZoneType::kWash, ZoneType::kWait);
        stored.event.start =
            days[0].span.from + std::chrono::seconds(*rc::gen::inRange<std::int64_t>(0, range_s));
        stored.event.verdict = *rc::gen::element(Verdict::kCounted, Verdict::kCounted, Verdict::kReview);
        if (stored.event.verdict == Verdict::kCounted) ++expected[stored.event.type];
        input.events.push_back(stored);
    }
    std::sort(input.events.begin(), input.events.end(),
              [](const auto& a, const auto& b) { return a.event.start < b.event.start; });
    const DailySummary s = make_summary(zone, days, input);
    const auto sum_figures = [](const auto& places, ZoneType type) {
        int sum = 0;
        for (const auto& [name, by_type] : places) {
            if (const auto found = by_type.find(type); found != by_type.end()) sum += found->second.count;
        }
        return sum;
    };
    const auto sum_counts = [](const auto& times, ZoneType type) {
        int sum = 0;
        for (const auto& time : times)
            sum += count_of(time.counts, type);
        return sum;
    };
    for (const ZoneType type : kReportTypes) {
        RC_ASSERT(s.by_type.at(type).count == expected[type]);
        RC_ASSERT(sum_figures(s.by_zone, type) == expected[type]);
        RC_ASSERT(sum_figures(s.by_camera, type) == expected[type]);
        RC_ASSERT(sum_counts(s.by_hour, type) == expected[type]);
        RC_ASSERT(sum_counts(s.by_day, type) == expected[type]);
    }
    RC_ASSERT(s.by_hour.size() == s.hour_labels.size());
}

}  // namespace
}  // namespace chairside
