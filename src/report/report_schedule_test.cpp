// The schedule: when reports are written, caught up, written again, compressed and deleted.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "report/report_test_support.hpp"

namespace chairside {
namespace {

using namespace report_test;
using store_test::read_file;
using store_test::write_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

ReportsConfig keep_all() {
    ReportsConfig config;
    config.archive_after_days = 0;
    config.delete_after_days = 0;
    return config;
}

std::vector<std::string> run(Salon& salon, const std::string& now) {
    const auto dates = salon.reports->run_due(utc(now));
    EXPECT_TRUE(dates) << (dates ? "" : dates.error().message);
    return dates.value_or(std::vector<std::string>{"failed"});
}

std::string gunzip(const fs::path& file) {
    gzFile in = gzopen(file.c_str(), "rb");
    std::string out(1 << 20, '\0');
    const int size = in != nullptr ? gzread(in, out.data(), static_cast<unsigned>(out.size())) : 0;
    if (in != nullptr) gzclose(in);
    out.resize(static_cast<std::size_t>(std::max(size, 0)));
    return out;
}

TEST(Schedule, BusinessDateFollowsTheDayEndAlsoOnTheNightOfAChange) {
    ReportsConfig config;
    config.day_end =
        std::chrono::minutes(150);  // 02:30, which is there twice on 25 October and not on 29 March
    const Salon salon(config);
    const auto date = [&](const char* now) { return salon.reports->business_date(utc(now)); };
    EXPECT_EQ(date("2026-11-22T01:29:59Z"), "2026-11-21");
    EXPECT_EQ(date("2026-11-22T01:30:00Z"), "2026-11-22");
    EXPECT_EQ(date("2026-10-25T00:29:59Z"), "2026-10-24");
    EXPECT_EQ(date("2026-10-25T00:30:00Z"), "2026-10-25");
    EXPECT_EQ(date("2026-10-25T01:10:00Z"), "2026-10-25") << "02:10 for the second time";
    EXPECT_EQ(date("2026-03-29T00:59:59Z"), "2026-03-28");
    EXPECT_EQ(date("2026-03-29T01:00:00Z"), "2026-03-29");
    EXPECT_EQ(salon.reports->end_of("2026-11-21").value(), utc("2026-11-22T01:30:00Z"));
    EXPECT_FALSE(salon.reports->end_of("someday"));
}

TEST(Schedule, WritesADayOnceWhenItIsOver) {
    Salon salon(keep_all());
    salon.add("2026-11-20T10:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    EXPECT_THAT(run(salon, "2026-11-20T22:59:59Z"), IsEmpty()) << "23:59:59 in Berlin";
    EXPECT_THAT(run(salon, "2026-11-20T23:00:00Z"), ElementsAre("2026-11-20"));
    for (const char* suffix : {".csv", ".txt", ".html", ".json"}) {
        EXPECT_TRUE(fs::exists(salon.file(std::string("DEMO_2026-11-20") + suffix))) << suffix;
    }
    EXPECT_THAT(run(salon, "2026-11-20T23:00:30Z"), IsEmpty());
    EXPECT_THAT(run(salon, "2026-11-21T23:00:00Z"), ElementsAre("2026-11-21")) << "also without any event";
}

TEST(Schedule, WithoutAnyEventThereIsNothingToReport) {
    Salon salon(keep_all());
    EXPECT_THAT(run(salon, "2026-11-22T12:00:00Z"), IsEmpty());
    EXPECT_FALSE(fs::exists(salon.file("")));
}

TEST(Schedule, SwitchedOffItDoesNothing) {
    ReportsConfig config = keep_all();
    config.schedule = false;
    Salon salon(config);
    salon.add("2026-11-20T10:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    EXPECT_THAT(run(salon, "2026-11-22T12:00:00Z"), IsEmpty());
}

TEST(Schedule, CatchesUpMissedDaysButNoMoreThanAMonth) {
    Salon salon(keep_all());
    salon.add("2026-08-01T10:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    const auto dates = run(salon, "2026-11-22T12:00:00Z");
    ASSERT_EQ(dates.size(), 31u);
    EXPECT_EQ(dates.front(), "2026-10-22");
    EXPECT_EQ(dates.back(), "2026-11-21");
    EXPECT_THAT(run(salon, "2026-11-25T12:00:00Z"), ElementsAre("2026-11-22", "2026-11-23", "2026-11-24"));
}

TEST(Schedule, ReportMadeByHandDuringTheDayIsWrittenAgainAtItsEnd) {
    Salon salon(keep_all());
    salon.add("2026-11-19T10:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    run(salon, "2026-11-20T12:00:00Z");
    ASSERT_TRUE(salon.reports->write("2026-11-20", "2026-11-20"));
    const std::string early = read_file(salon.file("DEMO_2026-11-20.csv"));
    salon.add("2026-11-20T15:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    EXPECT_THAT(run(salon, "2026-11-21T12:00:00Z"), ElementsAre("2026-11-20"));
    EXPECT_GT(read_file(salon.file("DEMO_2026-11-20.csv")).size(), early.size());
}

TEST(Schedule, NewStoreDoesNotOverwriteReportsOfTheOneBefore) {
    Salon salon(keep_all());
    fs::create_directories(salon.file(""));
    write_file(salon.file("DEMO_2026-11-20.json"), "from the store that was damaged");
    write_file(salon.file("DEMO_2026-11-19.json.gz"), "the same, compressed");
    salon.add("2026-11-19T10:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    EXPECT_THAT(run(salon, "2026-11-22T12:00:00Z"), ElementsAre("2026-11-21"));
    EXPECT_EQ(read_file(salon.file("DEMO_2026-11-20.json")), "from the store that was damaged");
}

TEST(Schedule, ReportWithServicesStillGoingOnIsWrittenAgainOnceTheyEnd) {
    Salon salon(keep_all());
    Event& late = salon.add("2026-11-20T22:50:00Z", 5, ZoneType::kChair, "chair 1");
    late.state = EventState::kOpen;
    late.revision = 1;
    salon.save();
    EXPECT_THAT(run(salon, "2026-11-20T23:00:00Z"), ElementsAre("2026-11-20"));
    EXPECT_THAT(read_file(salon.file("DEMO_2026-11-20.txt")), HasSubstr("Still going on: 1"));
    EXPECT_THAT(run(salon, "2026-11-20T23:10:00Z"), IsEmpty()) << "it goes on";
    must(salon.store->write({{closed(late, 1800)}, {}, {}}));
    EXPECT_THAT(run(salon, "2026-11-20T23:30:00Z"), ElementsAre("2026-11-20"));
    EXPECT_THAT(read_file(salon.file("DEMO_2026-11-20.csv")), HasSubstr(",1800,closed,"));
    EXPECT_THAT(run(salon, "2026-11-20T23:40:00Z"), IsEmpty());
}

TEST(Schedule, ServiceThatNeverEndsDoesNotBlockOrRepeatReports) {
    Salon salon(keep_all());
    Event& lost = salon.add("2026-11-20T22:50:00Z", 5, ZoneType::kChair, "chair 1");
    lost.state = EventState::kOpen;
    salon.save();
    EXPECT_THAT(run(salon, "2026-11-21T12:00:00Z"), ElementsAre("2026-11-20"));
    EXPECT_THAT(run(salon, "2026-11-22T12:00:00Z"), ElementsAre("2026-11-21"));
    EXPECT_THAT(run(salon, "2026-11-26T12:00:00Z"), testing::SizeIs(4));
    EXPECT_EQ(salon.store->value("reports.open").value(), "");
}

TEST(Schedule, WrongClockOfThePastDoesNotStopLaterReports) {
    Salon salon(keep_all());
    salon.add("2026-11-20T10:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    must(salon.store->set_value("reports.last", "2031-01-01"));
    EXPECT_THAT(run(salon, "2026-11-22T12:00:00Z"), ElementsAre("2026-11-20", "2026-11-21"));
    EXPECT_THAT(run(salon, "1970-01-03T12:00:00Z"), IsEmpty());
}

TEST(Schedule, OldReportsAreCompressedAndThenDeletedAndNothingElseIsTouched) {
    ReportsConfig config;
    config.archive_after_days = 3;
    config.delete_after_days = 10;
    Salon salon(config);
    salon.add("2026-11-10T10:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    fs::create_directories(salon.file(""));
    for (const char* name :
         {"notes.csv", "DEMO_2020-01-01.csv.bak", "OTHER_2020-01-01.csv", "DEMO2_2020-01-01.csv"}) {
        write_file(salon.file(name), "not ours");
    }
    EXPECT_EQ(run(salon, "2026-11-15T12:00:00Z").size(), 5u);
    EXPECT_TRUE(fs::exists(salon.file("DEMO_2026-11-11.csv.gz")));
    EXPECT_FALSE(fs::exists(salon.file("DEMO_2026-11-11.csv")));
    EXPECT_TRUE(fs::exists(salon.file("DEMO_2026-11-12.csv")));
    EXPECT_THAT(gunzip(salon.file("DEMO_2026-11-10.csv.gz")), HasSubstr("chair 1"));
    EXPECT_THAT(gunzip(salon.file("DEMO_2026-11-10.html.gz")), HasSubstr("</html>"));

    run(salon, "2026-11-21T12:00:00Z");
    EXPECT_FALSE(fs::exists(salon.file("DEMO_2026-11-10.csv.gz")));
    EXPECT_TRUE(fs::exists(salon.file("DEMO_2026-11-11.csv.gz")));
    for (const char* name :
         {"notes.csv", "DEMO_2020-01-01.csv.bak", "OTHER_2020-01-01.csv", "DEMO2_2020-01-01.csv"}) {
        EXPECT_EQ(read_file(salon.file(name)), "not ours") << name;
    }
}

TEST(Schedule, FolderThatCannotBeMadeOrWrittenIsNamed) {
    Salon salon(keep_all());
    salon.add("2026-11-20T10:00:00Z", 30, ZoneType::kChair, "chair 1");
    salon.save();
    write_file(salon.folder.path() / "reports", "a file is in the way");
    const auto dates = salon.reports->run_due(utc("2026-11-21T12:00:00Z"));
    ASSERT_FALSE(dates);
    EXPECT_EQ(dates.error().kind, ErrorKind::kIo);
    EXPECT_THAT(dates.error().message, HasSubstr((salon.folder.path() / "reports").string()));
    fs::remove(salon.folder.path() / "reports");
    fs::create_directories(salon.file("DEMO_2026-11-20.txt"));
    const auto again = salon.reports->run_due(utc("2026-11-21T12:00:00Z"));
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().message, HasSubstr("DEMO_2026-11-20.txt"));
    fs::remove_all(salon.file("DEMO_2026-11-20.txt"));
    EXPECT_THAT(run(salon, "2026-11-21T12:00:00Z"), ElementsAre("2026-11-20")) << "tried again";
}

TEST(Schedule, OddBranchNamesMakePlainFileNames) {
    Salon salon(keep_all(), "Köln/../=1");
    const auto files = salon.reports->write("2026-11-20", "2026-11-21");
    ASSERT_TRUE(files);
    EXPECT_EQ(files->csv.filename(), "K__ln_____1_2026-11-20_2026-11-21.csv");
    EXPECT_EQ(files->csv.parent_path(), salon.folder.path() / "reports");
    for (const auto& entry : fs::directory_iterator(salon.file(""))) {
        EXPECT_NE(entry.path().filename().string()[0], '.') << "no half file is left";
    }
}

}  // namespace
}  // namespace chairside
