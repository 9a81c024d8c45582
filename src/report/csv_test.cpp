#include "report/csv.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "report/report_test_support.hpp"

namespace chairside {
namespace {

using namespace report_test;

TEST(Csv, TextThatASpreadsheetWouldRunGetsAnApostrophe) {
    for (const char* text : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"}) {
        EXPECT_EQ(defuse(text), std::string("'") + text);
    }
    EXPECT_EQ(defuse("chair 1"), "chair 1");
    EXPECT_EQ(defuse("a=1-2"), "a=1-2");
    EXPECT_EQ(defuse("'s Gravenhage"), "'s Gravenhage");
    EXPECT_EQ(defuse("'=1"), "''=1") << "else it could not be told from a guarded one";
    EXPECT_EQ(defuse(""), "");
}

TEST(Csv, CellThatBeginsBehindASemicolonIsGuardedToo) {
    // German and French spreadsheets separate by semicolons and see two cells here.
    EXPECT_EQ(defuse("x;=1+1"), "x;'=1+1");
    EXPECT_EQ(defuse("x;\"=1+1\""), "x;\"'=1+1\"");
    EXPECT_EQ(defuse("x\n=1"), "x\n'=1");
}

TEST(Csv, HasTheDocumentedColumnsAndLineEnds) {
    Salon salon({}, "DEMO");
    salon.add("2026-11-22T09:05:07.250Z", 30.5, ZoneType::kChair, "chair \"1\", left").person = {42};
    salon.save();
    const std::string csv = salon.reports->as_csv(salon.store->events({}).value());
    EXPECT_EQ(
        csv,
        "\xef\xbb\xbfid,branch,device,camera,zone,type,service,person,start,end,dwell_s,state,verdict,"
        "confidence,"
        "revision,metadata,visit,part_of,reasons\r\n"
        "01000000-0000-0000-0000-000000000001,DEMO,pc-1,cam-1,\"chair \"\"1\"\", left\",CHAIR,haircut,42,"
        "2026-11-22T10:05:07.250+01:00,2026-11-22T10:35:37.250+01:00,1830,closed,counted,0.875,2,"
        "\"{\"\"end\"\":\"\"left\"\"}\",,,\r\n");
}

TEST(Csv, TenthsOfSecondsAreWrittenAsTenths) {
    Salon salon({}, "DEMO");
    salon.add("2026-11-22T09:05:07Z", 3.7 / 60, ZoneType::kChair, "chair 1");
    salon.save();
    EXPECT_NE(salon.reports->as_csv(salon.store->events({}).value()).find(",3.7,closed,"), std::string::npos);
}

std::string random_text() {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("=", "+", "-", "@", "\t", "\r", "\n", "'", "\"", ",", ";", "a", "Ö",
                                      "💇", "\\", " ", "1", "{", "\r\n"));
    std::string out;
    for (const std::string& piece : pieces)
        out += piece;
    return out;
}

RC_GTEST_PROP(CsvProperty, GuardedTextNeverBeginsACellWithAFormulaAndComesBack, ()) {
    const std::string text = random_text(), guarded = defuse(text);
    RC_ASSERT(undo_defuse(guarded) == text);
    for (std::size_t i = 0; i < guarded.size(); ++i) {
        const bool begins = i == 0 || one_of(guarded[i - 1], ";\t\r\n");
        // A tab or line end behind a separator begins an empty cell at most; what follows it is looked at by
        // itself.
        if (begins) RC_ASSERT(!one_of(guarded[i], "=+-@"));
    }
    if (!guarded.empty()) RC_ASSERT(!one_of(guarded[0], "=+-@\t\r"));
}

RC_GTEST_PROP(CsvProperty, ParsingGivesTheEventsBack, ()) {
    const TimeZone zone = berlin();
    std::vector<StoredEvent> events;
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
        StoredEvent stored;
        Event& e = stored.event;
        e.id = id_of(*rc::gen::arbitrary<std::uint64_t>());
        stored.branch = random_text();
        stored.device = random_text();
        e.camera = random_text();
        e.zone = random_text();
        e.type = *rc::gen::element(ZoneType::kChair, ZoneType::kWash, ZoneType::kWait);
        e.person = {*rc::gen::arbitrary<std::int64_t>()};
        e.start = utc("2026-01-01T00:00:00Z") +
                  std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(0, 63'072'000'000));
        e.dwell = Duration(*rc::gen::inRange<std::int64_t>(0, 40'000'000'000));
        e.end = e.start + std::chrono::seconds(*rc::gen::inRange(0, 40000));
        e.state = *rc::gen::element(EventState::kOpen, EventState::kClosed);
        e.verdict = *rc::gen::element(Verdict::kCounted, Verdict::kReview, Verdict::kRejected);
        e.confidence = *rc::gen::inRange(0, 1 << 20) / 1048576.0;
        e.revision = *rc::gen::inRange(1, 1000);
        e.metadata = {{"note", random_text()}};
        events.push_back(stored);
    }
    const std::string csv = events_as_csv(events, zone);
    RC_ASSERT(csv.substr(0, 3) == "\xef\xbb\xbf");
    const auto rows = parse_csv(csv.substr(3));
    RC_ASSERT(rows.size() == events.size() + 1);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& row = rows[i + 1];
        const auto& [e, branch, device, boot] = events[i];
        RC_ASSERT(row.size() == 19u);
        RC_ASSERT(EventId::parse(row[0]) == e.id);
        RC_ASSERT(undo_defuse(row[1]) == branch);
        RC_ASSERT(undo_defuse(row[2]) == device);
        RC_ASSERT(undo_defuse(row[3]) == e.camera);
        RC_ASSERT(undo_defuse(row[4]) == e.zone);
        RC_ASSERT(parse_zone_type(row[5]) == e.type);
        RC_ASSERT(row[6] == service_name(e.type));
        RC_ASSERT(std::stoll(row[7]) == e.person.value);
        RC_ASSERT(parse_iso(row[8]).value() == e.start);
        RC_ASSERT(parse_iso(row[9]).value() == e.end);
        RC_ASSERT(from_seconds(std::stod(row[10])) == e.dwell);
        RC_ASSERT(parse_event_state(row[11]) == e.state);
        RC_ASSERT(parse_verdict(row[12]) == e.verdict);
        RC_ASSERT(std::stod(row[13]) == e.confidence);
        RC_ASSERT(std::stoi(row[14]) == e.revision);
        const auto metadata = nlohmann::json::parse(undo_defuse(row[15]));
        RC_ASSERT((metadata.get<std::map<std::string, std::string>>()) == e.metadata);
        RC_ASSERT(EventId::parse(row[16]) == e.visit);
        RC_ASSERT(EventId::parse(row[17]) == e.part_of);
        RC_ASSERT(row[18].empty());
    }
}

}  // namespace
}  // namespace chairside
