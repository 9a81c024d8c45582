// Whole reports against files that were looked at. UPDATE_GOLDEN=1 writes them anew: look at the difference.

#include <gtest/gtest.h>

#include <cstdlib>

#include "report/report_test_support.hpp"

namespace chairside {
namespace {

using namespace report_test;
using store_test::read_file;
using store_test::write_file;

void expect_golden(const Salon& salon, const std::string& name, const std::string& from,
                   const std::string& to) {
    const std::filesystem::path golden = std::filesystem::path(CHAIRSIDE_SOURCE_DIR) / "tests/golden/report";
    const auto files = salon.reports->write(from, to);
    ASSERT_TRUE(files) << files.error().message;
    for (const auto& [file, suffix] : {std::pair(files->csv, ".csv"), std::pair(files->text, ".txt"),
                                       std::pair(files->json, ".json"), std::pair(files->html, ".html")}) {
        const auto expected = golden / (name + suffix);
        const std::string content = read_file(file);
        if (std::getenv("UPDATE_GOLDEN") != nullptr) write_file(expected, content);
        EXPECT_TRUE(content == read_file(expected)) << expected << " differs from what is written now:\n"
                                                    << content;
    }
}

// Minutes of the day in which a camera was away.
struct Away {
    std::string camera;
    int from, to;
    std::string reason;
};

// An ordinary Saturday with two cameras, one of which was away for a while.
TEST(ReportGolden, SalonDay) {
    Salon salon;
    std::mt19937 random(22);
    const auto between = [&](int low, int high) {
        return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
    };
    const std::vector<Away> away = {
        {"back", 582, 665, "offline"}, {"back", 898, 961, "power cut"}, {"salon", 900, 960, "power cut"}};
    const auto time_of = [](int minute) {
        return format_utc(berlin().at("2026-11-21", std::chrono::minutes(minute)).value());
    };
    // What begins in a gap is not seen, what goes on into one ends with it.
    const auto add = [&](int minute, int length, ZoneType type, const std::string& zone,
                         const std::string& camera) {
        for (const Away& gap : away) {
            if (gap.camera != camera) continue;
            if (minute >= gap.from && minute < gap.to) return;
            if (minute < gap.from) length = std::min(length, gap.from - minute);
        }
        salon.add(time_of(minute), length, type, zone, camera);
    };
    for (int chair = 1; chair <= 4; ++chair) {
        for (int minute = 540 + between(0, 40); minute < 1080;) {
            const int length = between(18, 52);
            add(minute, length, ZoneType::kChair, "chair " + std::to_string(chair),
                chair < 4 ? "salon" : "back");
            const int wash = minute - between(9, 12), wait = minute - between(14, 30);
            if (between(0, 2) == 0) add(wash, between(3, 8), ZoneType::kWash, "basin", "back");
            if (between(0, 1) == 0) add(wait, between(2, 13), ZoneType::kWait, "sofa", "salon");
            minute += length + between(2, 45);
        }
    }
    salon.events[5].verdict = Verdict::kReview;
    salon.events[9].verdict = Verdict::kRejected;
    salon.events[11].metadata = {{"end", "grace"}, {"merged", "2"}};
    salon.save();
    for (const Away& gap : away)
        salon.gap(gap.camera, time_of(gap.from), time_of(gap.to), gap.reason);
    for (const char* camera : {"salon", "back"})
        must(salon.store->alive(camera, utc("2026-11-22T08:00:00Z")));
    expect_golden(salon, "salon_day", "2026-11-21", "2026-11-21");
}

// 25 hours, names from all over, and some that want to be formulas or tags.
TEST(ReportGolden, ClockChange) {
    ReportsConfig config;
    config.day_end = std::chrono::minutes(0);
    Salon salon(config, "=1+1 <b>Figaro & Söhne</b>");
    salon.add("2026-10-25T00:10:00Z", 20, ZoneType::kChair, "=HYPERLINK(\"http://x\")", "+cam");
    salon.add("2026-10-25T01:10:00Z", 25, ZoneType::kChair, "=HYPERLINK(\"http://x\")", "+cam");
    salon.add("2026-10-25T01:40:00Z", 0.75, ZoneType::kWash, "洗发 1", "+cam");
    salon.add("2026-10-25T02:00:00Z", 5.5, ZoneType::kWait, "Sofa „Ö“, 💇\r\n;@x", "@cam\t2");
    Event& open = salon.add("2026-10-25T22:50:00Z", 70, ZoneType::kChair, "-chair", "@cam\t2");
    open.state = EventState::kOpen;
    open.revision = 1;
    open.metadata = {};
    salon.add("2026-10-25T09:00:00Z", 12, ZoneType::kWait, "<script>alert(1)</script>", "+cam").verdict =
        Verdict::kReview;
    salon.save();
    salon.gap("+cam", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z", "=offline");
    salon.gap("@cam\t2", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "offline");
    expect_golden(salon, "clock_change", "2026-10-25", "2026-10-25");
}

TEST(ReportGolden, EmptyDay) {
    const Salon salon;
    expect_golden(salon, "empty_day", "2026-11-22", "2026-11-22");
}

// A week with a day that nobody saw and one that is not over.
TEST(ReportGolden, Week) {
    ReportsConfig config;
    config.day_end = std::chrono::minutes(120);
    Salon salon(config);
    for (int day = 16; day <= 22; ++day) {
        if (day == 18) continue;
        for (int i = 0; i < 3 + day % 4; ++i) {
            const std::string start =
                "2026-11-" + std::to_string(day) + "T" + std::to_string(10 + i) + ":15:00Z";
            salon.add(start, 20 + 3 * i, ZoneType::kChair, "chair " + std::to_string(1 + i % 2));
            if (i % 2 == 0) salon.add(start, 4 + i, ZoneType::kWait, "sofa");
        }
    }
    salon.add("2026-11-18T00:30:00Z", 30, ZoneType::kChair, "chair 1");  // 01:30: of the 17th
    salon.save();
    salon.gap("cam-1", "2026-11-18T01:00:00Z", "2026-11-19T07:00:00Z", "service off");
    must(salon.store->alive("cam-1", utc("2026-11-22T16:40:00Z")));
    expect_golden(salon, "week", "2026-11-16", "2026-11-22");
}

}  // namespace
}  // namespace chairside
