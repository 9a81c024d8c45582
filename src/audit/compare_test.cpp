#include "audit/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "audit/audit_words.hpp"
#include "audit/event_file.hpp"

namespace chairside {
namespace {

using ::testing::HasSubstr;

std::string golden(const std::string& name) {
    std::ifstream in(std::string(CHAIRSIDE_SOURCE_DIR) + "/tests/golden/eval/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

HandFormat recording() {
    HandFormat format;
    format.timeline.begin = WallTime{};
    format.other_zones = true;
    return format;
}

WallTime at(double seconds) {
    return WallTime(from_seconds(seconds));
}

AuditedEvent event(const std::string& id, double start, double end, const std::string& zone = "chair-1",
                   Verdict verdict = Verdict::kCounted, double confidence = 0.9) {
    return {id, zone, ZoneType::kChair, at(start), at(end), confidence, verdict, {}};
}

HandService service(double start, double end, const std::string& zone = "chair-1") {
    return {1, zone, ZoneType::kChair, at(start), at(end)};
}

HandHour hour(int n, int count, const std::string& zone = "") {
    return {1, "", n, at(3600 * n), at(3600 * (n + 1)), zone, ZoneType::kChair, count};
}

// The same made lists, scored by the evaluation's own score_events.py (tests/golden/eval/score.json).
TEST(Compare, ServicesAreMatchedAsTheEvaluationMatchesThem) {
    const auto hand = read_hand_counts(golden("hand.csv"), "hand.csv", recording());
    const auto events = read_event_file(golden("events.csv"), "events.csv", WallTime{});
    ASSERT_TRUE(hand && events);
    const auto expected = nlohmann::json::parse(golden("score.json"));
    AuditScope scope;
    scope.all_types = true;
    const Audit audit = compare_services(hand->services, *events, scope);
    ASSERT_TRUE(audit.match);
    EXPECT_EQ(audit.match->matched, expected["matched"]);
    EXPECT_EQ(audit.match->matched + audit.match->missed, expected["true"]);
    EXPECT_EQ(audit.match->matched + audit.match->wrong, expected["counted"]);
    EXPECT_NEAR(audit.match->precision, expected["precision"], 5e-5);
    EXPECT_NEAR(audit.match->recall, expected["recall"], 5e-5);
    EXPECT_NEAR(audit.match->f1, expected["f1"], 5e-5);
    EXPECT_NEAR(audit.match->dwell.median, expected["dwell_err_s"]["median"], 5e-3);
    EXPECT_NEAR(audit.match->dwell.p95, expected["dwell_err_s"]["p95"], 5e-3);
    for (const TypeTotal& total : audit.totals) {
        EXPECT_EQ(total.hand, expected["counts"][to_string(total.type)][0]);
        EXPECT_EQ(total.counted, expected["counts"][to_string(total.type)][1]);
    }
}

TEST(Compare, TheBestOverlapIsMatchedFirstAndEachOnce) {
    const std::vector<AuditedEvent> events = {event("a", 0, 100), event("b", 40, 140)};
    const Audit audit = compare_services({service(10, 110), service(30, 130)}, events, {});
    EXPECT_EQ(audit.match->matched, 2);
    EXPECT_EQ(compare_services({service(0, 100)}, {event("a", 50, 150)}, {}).match->matched, 0)
        << "a third in common";
    EXPECT_EQ(compare_services({service(0, 100)}, {event("a", 0, 50)}, {}).match->matched, 1)
        << "half of the union";
    EXPECT_EQ(compare_services({service(0, 100)}, {event("a", 0, 100, "chair-2")}, {}).match->matched, 0);
}

TEST(Compare, ListsWhatToLookAtWithItsReasonByTime) {
    auto rejected = event("r", 1000, 1300, "chair-1", Verdict::kRejected);
    rejected.metadata["rejected"] = "unattended";
    const std::vector<AuditedEvent> events = {
        event("fine", 0, 300), event("unsure", 400, 700, "chair-1", Verdict::kCounted, 0.3), rejected,
        event("review", 1500, 1600, "chair-1", Verdict::kReview), event("extra", 2000, 2300)};
    const Audit audit =
        compare_services({service(0, 300), service(400, 700), service(1000, 1300)}, events, {});
    ASSERT_EQ(audit.look_at.size(), 4u);
    EXPECT_EQ(audit.look_at[0].event, "unsure");
    EXPECT_THAT(audit.look_at[0].reason, HasSubstr("0.30"));
    EXPECT_EQ(audit.look_at[1].event, "");
    EXPECT_EQ(audit.look_at[1].reason, "noted by hand, not counted; there is a rejected event (unattended)");
    EXPECT_EQ(audit.look_at[2].reason, "to review");
    EXPECT_EQ(audit.look_at[3].event, "extra");
    EXPECT_THAT(audit.look_at[3].reason, HasSubstr("not noted by hand"));
}

TEST(Compare, EventsOutsideTheTimeThatWasWatchedAreNoFaults) {
    const std::vector<AuditedEvent> events = {event("before", -5000, -4000), event("edge", -10, 290),
                                              event("in", 400, 700), event("after", 9000, 9300)};
    AuditScope scope;
    scope.times = {{at(0), at(700)}};
    const Audit audit = compare_services({service(0, 300), service(400, 700)}, events, scope);
    EXPECT_EQ(audit.match->matched, 2) << "one that began a little earlier is the one that was noted";
    EXPECT_EQ(audit.match->wrong, 0);
}

TEST(Compare, HoursShowDifferencesAndTheirEvents) {
    std::vector<AuditedEvent> events = {
        event("a", 100, 400), event("b", 3700, 4000, "chair-2"), event("c", 3900, 4200),
        event("d", 3950, 4300, "chair-1", Verdict::kRejected), event("e", 90000, 90300)};
    const Audit audit = compare_hours({hour(0, 1), hour(1, 1), hour(2, 1)}, events, {});
    ASSERT_EQ(audit.rows.size(), 3u);
    EXPECT_EQ(audit.rows[0].difference(), 0);
    EXPECT_EQ(audit.rows[1].difference(), 1);
    EXPECT_EQ(audit.rows[2].difference(), -1);
    ASSERT_EQ(audit.totals.size(), 1u);
    EXPECT_EQ(audit.totals[0].counted, 3);
    EXPECT_EQ(audit.totals[0].off, 2) << "one too many does not make up for one too few in another hour";
    EXPECT_FALSE(audit.totals[0].difference) << "three hours are too few";
    ASSERT_EQ(audit.look_at.size(), 3u);
    EXPECT_EQ(audit.look_at[0].event, "b");
    EXPECT_THAT(audit.look_at[0].reason, HasSubstr("1 by hand, 2 counted"));
    EXPECT_EQ(audit.look_at[2].event, "");
}

TEST(Compare, ZonesOfAnHourAreComparedEachAndTypesWithoutARowCountAsNone) {
    HandHour wash = hour(1, 2);
    wash.type = ZoneType::kWash;
    const Audit audit = compare_hours(
        {hour(0, 1, "chair-1"), hour(0, 0, "chair-2"), wash},
        {event("a", 10, 300), event("b", 20, 300, "chair-2"), event("c", 30, 300, "chair-3")}, {});
    ASSERT_EQ(audit.rows.size(), 6u) << "two hours with three kinds each";
    EXPECT_EQ(audit.rows[0].counted, 1);
    EXPECT_EQ(audit.rows[1].counted, 1);
    EXPECT_EQ(audit.rows[1].hand, 0);
    EXPECT_DOUBLE_EQ(audit.worst_percent(), 100);
}

TEST(Compare, BlindTimeIsSaidBesideTheCount) {
    AuditScope scope;
    scope.blind = {{at(3000), at(3900)}};
    const Audit audit = compare_hours({hour(0, 0), hour(1, 0)}, {}, scope);
    EXPECT_DOUBLE_EQ(audit.rows[0].blind_s, 600);
    EXPECT_DOUBLE_EQ(audit.rows[1].blind_s, 300);
    const AuditWords words{"hand.csv", "store.db", "UTC", [](WallTime) { return std::string("then"); },
                           {"a note"}, 20};
    const std::string text = audit_as_text(audit, words);
    EXPECT_THAT(text, HasSubstr("the camera saw nothing for 10 min"));
    EXPECT_THAT(text, HasSubstr("Note: a note."));
    EXPECT_DOUBLE_EQ(audit.worst_percent(), 0);
}

TEST(EventFile, FaultsNameLineAndColumn) {
    const auto faults = read_event_file(
        "zone,type,enter_s,exit_s,verdict\nc,CHIAR,1,2,counted\nc,CHAIR,x,2,maybe\n", "e.csv", WallTime{});
    ASSERT_FALSE(faults);
    ASSERT_EQ(faults.error().size(), 3u);
    EXPECT_THAT(faults.error()[0], HasSubstr("e.csv:2: type: found 'CHIAR'"));
    EXPECT_THAT(faults.error()[2], HasSubstr("e.csv:3: enter_s, exit_s"));
    EXPECT_THAT(read_event_file("zone,type\n", "e.csv", WallTime{}).error().front(),
                HasSubstr("no column 'enter_s'"));
}

}  // namespace
}  // namespace chairside
