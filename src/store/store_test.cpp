#include "store/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "store/raw_sql_test_support.hpp"
#include "store/store_test_support.hpp"

namespace chairside {
namespace {

using namespace store_test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreTest : public ::testing::Test {
  protected:
    void SetUp() override { reopen(); }
    void reopen() {
        store.reset();
        auto opened = Store::open(folder.options());
        ASSERT_TRUE(opened) << opened.error().message;
        store = std::move(*opened);
    }
    std::vector<StoredEvent> all() const { return store->events({}).value(); }

    TempFolder folder;
    std::unique_ptr<Store> store;
};

void expect_same(const Event& a, const Event& b) {
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.camera, b.camera);
    EXPECT_EQ(a.zone, b.zone);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.person, b.person);
    EXPECT_EQ(a.start, b.start);
    EXPECT_EQ(a.end, b.end);
    EXPECT_EQ(a.dwell, b.dwell);
    EXPECT_EQ(a.state, b.state);
    EXPECT_EQ(a.revision, b.revision);
    EXPECT_EQ(a.confidence, b.confidence);
    EXPECT_EQ(a.metadata, b.metadata);
    EXPECT_EQ(a.verdict, b.verdict);
    EXPECT_EQ(a.visit, b.visit);
    EXPECT_EQ(a.part_of, b.part_of);
}

bool same(const OpenSession& a, const OpenSession& b) {
    return a.session == b.session && a.camera == b.camera && a.zone == b.zone && a.type == b.type &&
           a.person == b.person && a.start == b.start && a.last_seen == b.last_seen &&
           a.start_wall == b.start_wall && a.last_seen_wall == b.last_seen_wall && a.anchor == b.anchor &&
           a.event == b.event && a.revision == b.revision && a.confidence == b.confidence;
}

TEST_F(StoreTest, EventComesBackWithEveryFieldAfterReopening) {
    Event event = closed(event_of(7), 1830.25);
    event.zone = "Stuhl „Ö“ 💇";
    event.type = ZoneType::kWash;
    event.verdict = Verdict::kReview;
    event.visit = id_of(5);
    event.part_of = id_of(6);
    event.metadata = {{"end", "left"}, {"quote", "a \"b\"\n\\ ü"}};
    ASSERT_TRUE(store->write({{event}, {}, {}}));
    reopen();
    const auto stored = store->event(event.id).value();
    ASSERT_TRUE(stored);
    expect_same(stored->event, event);
    EXPECT_EQ(stored->branch, "DEMO");
    EXPECT_EQ(stored->device, "pc-1");
    EXPECT_FALSE(stored->boot.empty());
    EXPECT_FALSE(store->event(id_of(8)).value());
}

TEST_F(StoreTest, OutboxGetsOneRowPerRevisionInOrder) {
    const Event first = event_of(1), second = event_of(2);
    ASSERT_TRUE(store->write({{first, second}, {}, {}}));
    ASSERT_TRUE(store->write({{closed(first)}, {}, {}}));
    const auto rows = store->outbox(10).value();
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0].event, first.id);
    EXPECT_EQ(rows[1].event, second.id);
    EXPECT_EQ(rows[2].event, first.id);
    EXPECT_EQ(rows[2].revision, 2);
    EXPECT_LT(rows[0].sequence, rows[1].sequence);
    EXPECT_LT(rows[1].sequence, rows[2].sequence);
    EXPECT_EQ(store->outbox(2).value().size(), 2u);

    const auto body = nlohmann::json::parse(rows[2].body);
    EXPECT_EQ(body["event_id"], first.id.to_string());
    EXPECT_EQ(body["revision"], 2);
    EXPECT_EQ(body["branch_code"], "DEMO");
    EXPECT_EQ(body["state"], "closed");
    EXPECT_EQ(body["service"], "haircut");
    EXPECT_EQ(body["verdict"], "counted");
    EXPECT_EQ(body["started_at"], "2026-11-22T08:00:00.000Z");
    EXPECT_EQ(body["dwell_s"], 1800.0);
    EXPECT_EQ(body["metadata"]["end"], "grace");
}

TEST_F(StoreTest, RevisionsThatAreNotNewerAreIgnored) {
    const Event open = event_of(1), done = closed(open);
    ASSERT_TRUE(store->write({{done}, {}, {}}));
    ASSERT_TRUE(store->write({{done, open}, {}, {}}));
    EXPECT_EQ(store->outbox_size().value(), 1);
    expect_same(store->event(open.id).value()->event, done);

    // Also after the server has acknowledged it.
    ASSERT_TRUE(store->acknowledge({store->outbox(1).value()[0].sequence}));
    ASSERT_TRUE(store->write({{done}, {}, {}}));
    EXPECT_EQ(store->outbox_size().value(), 0);
}

TEST_F(StoreTest, EventBelongsToTheRunThatCountedItAndTheOutboxRowToTheOneThatWroteIt) {
    ASSERT_TRUE(store->write({{event_of(1)}, {}, {}}));
    const std::string boot = store->event(id_of(1)).value()->boot;
    reopen();
    ASSERT_TRUE(store->write({{closed(event_of(1)), event_of(2)}, {}, {}}));
    EXPECT_EQ(store->event(id_of(1)).value()->boot, boot);
    EXPECT_NE(store->event(id_of(2)).value()->boot, boot);
    EXPECT_NE(raw(folder.file(), "SELECT boot FROM outbox WHERE revision = 2"), boot);
}

TEST_F(StoreTest, SequencesAreNeverUsedTwice) {
    ASSERT_TRUE(store->write({{event_of(1)}, {}, {}}));
    const auto before = store->outbox(1).value()[0].sequence;
    ASSERT_TRUE(store->acknowledge({before}));
    reopen();
    ASSERT_TRUE(store->write({{event_of(2)}, {}, {}}));
    EXPECT_GT(store->outbox(1).value()[0].sequence, before);
}

TEST_F(StoreTest, BatchWithOneBadEventStoresNothingAndNamesIt) {
    Event bad = event_of(2);
    bad.confidence = std::numeric_limits<double>::quiet_NaN();
    const auto done = store->write({{event_of(1), bad}, {session_of(1)}, {}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(done.error().message, HasSubstr(bad.id.to_string()));
    EXPECT_THAT(all(), IsEmpty());
    EXPECT_THAT(store->open_sessions().value(), IsEmpty());
    EXPECT_EQ(store->outbox_size().value(), 0);
}

TEST_F(StoreTest, ChecksRefuseWhatTheSchemaForbids) {
    const auto refused = [&](auto change) {
        Event event = event_of(1);
        change(event);
        const auto done = store->write({{event}, {}, {}});
        return !done && done.error().kind == ErrorKind::kInvalid;
    };
    EXPECT_TRUE(refused([](Event& e) { e.id = {}; }));
    EXPECT_TRUE(refused([](Event& e) { e.camera = ""; }));
    EXPECT_TRUE(refused([](Event& e) { e.zone = std::string("a\0b", 3); }));
    EXPECT_TRUE(refused([](Event& e) { e.revision = 0; }));
    EXPECT_TRUE(refused([](Event& e) { e.dwell = Duration(-1); }));
    EXPECT_TRUE(refused([](Event& e) { e.confidence = 1.01; }));
    OpenSession session = session_of(1);
    session.anchor.x = std::numeric_limits<double>::infinity();
    EXPECT_FALSE(store->write({{}, {session}, {}}));
}

TEST_F(StoreTest, MetadataThatIsNotUtf8DoesNotCostTheEvent) {
    Event event = event_of(1);
    event.metadata = {{"note", "a\xff"}};
    ASSERT_TRUE(store->write({{event}, {}, {}}));
    EXPECT_EQ(store->event(event.id).value()->event.metadata.at("note"), "a\xef\xbf\xbd");
}

TEST_F(StoreTest, SessionsAreReplacedTouchedAndRemoved) {
    OpenSession a = session_of(1), b = session_of(2);
    b.camera = "cam-2";
    b.event = id_of(5);
    b.revision = 3;
    ASSERT_TRUE(store->write({{}, {a, b}, {}}));
    a.person = {99};
    ASSERT_TRUE(store->write({{}, {a}, {}}));
    OpenSession seen = a;
    seen.last_seen += from_seconds(5);
    seen.last_seen_wall += from_seconds(5);
    seen.zone = "touch must not write this";
    ASSERT_TRUE(store->touch({seen, session_of(77)}));
    reopen();
    auto sessions = store->open_sessions().value();
    ASSERT_EQ(sessions.size(), 2u);
    a.last_seen = seen.last_seen;
    a.last_seen_wall = seen.last_seen_wall;
    EXPECT_TRUE(same(sessions[0], a));
    EXPECT_TRUE(same(sessions[1], b));

    ASSERT_TRUE(store->write({{}, {session_of(3)}, {{"cam-1", 1}, {"cam-1", 3}, {"cam-9", 2}}}));
    sessions = store->open_sessions().value();
    ASSERT_EQ(sessions.size(), 1u);
    EXPECT_EQ(sessions[0].camera, "cam-2");
}

TEST_F(StoreTest, EventsAreFilteredAndInOrderOfStartThenId) {
    Event a = event_of(3, 100), b = event_of(2, 100), c = event_of(1, 200), d = event_of(4, 300);
    c.type = ZoneType::kWait;
    d.camera = "cam-2";
    d.zone = "chair 2";
    ASSERT_TRUE(store->write({{a, b, c, d}, {}, {}}));
    const auto ids = [&](const EventQuery& query) {
        std::vector<int> out;
        for (const auto& e : take(store->events(query)))
            out.push_back(e.event.id.bytes[15]);
        return out;
    };
    EXPECT_THAT(ids({}), ElementsAre(2, 3, 1, 4));
    EXPECT_THAT(ids({.from = at(100), .to = at(300)}), ElementsAre(2, 3, 1));
    EXPECT_THAT(ids({.from = at(101)}), ElementsAre(1, 4));
    EXPECT_THAT(ids({.type = ZoneType::kWait}), ElementsAre(1));
    EXPECT_THAT(ids({.camera = "cam-2"}), ElementsAre(4));
    EXPECT_THAT(ids({.zone = "chair 1", .limit = 2}), ElementsAre(2, 3));
}

TEST_F(StoreTest, SummaryCountsOnlyCountedEventsAndPeopleWithOpenSessions) {
    Event wash = event_of(2, 10), review = event_of(3, 20), rejected = event_of(4, 30),
          later = event_of(5, 1000);
    wash.type = ZoneType::kWash;
    review.verdict = Verdict::kReview;
    rejected.verdict = Verdict::kRejected;
    OpenSession one = session_of(1), same_person = session_of(2), other_camera = session_of(1);
    same_person.person = one.person;
    other_camera.camera = "cam-2";
    ASSERT_TRUE(
        store->write({{event_of(1), wash, review, rejected, later}, {one, same_person, other_camera}, {}}));
    EXPECT_EQ(store->summary(at(0), at(1000)).value(),
              (Summary{.active_people = 2, .haircuts = 1, .washes = 1, .waits = 0}));
}

TEST_F(StoreTest, SummaryCountsServicesAndVisits) {
    Event cut = event_of(1, 10), part = event_of(2, 500), wash = event_of(3, 510);
    cut.visit = part.visit = wash.visit = cut.id;
    part.part_of = cut.id;
    wash.type = ZoneType::kWash;
    OpenSession here = session_of(1), there = session_of(2);
    there.camera = "cam-2";
    here.event = part.id;
    there.event = wash.id;
    ASSERT_TRUE(store->write({{cut, part, wash}, {here, there}, {}}));
    EXPECT_EQ(store->summary(at(0), at(1000)).value(),
              (Summary{.active_people = 1, .haircuts = 1, .washes = 1, .waits = 0}));
}

TEST_F(StoreTest, GapsTouchARangeAndStayOpenUntilEnded) {
    const auto id = store->begin_gap("cam-1", at(100), "offline").value();
    const auto later = store->begin_gap("cam-2", at(300), "stopped").value();
    EXPECT_NE(id, later);
    EXPECT_EQ(store->begin_gap("cam-1", at(150), "crash").value(), id) << "one open gap per camera";
    EXPECT_EQ(store->gaps(at(200), at(300)).value().size(), 1u) << "an open gap lasts";
    ASSERT_TRUE(store->end_gap(id, at(200)));
    ASSERT_TRUE(store->end_gap(id, at(250))) << "harmless";
    EXPECT_THAT(store->gaps(at(200), at(300)).value(), IsEmpty());
    const auto gaps = store->gaps(at(0), at(1000)).value();
    ASSERT_EQ(gaps.size(), 2u);
    EXPECT_EQ(gaps[0].reason, "offline");
    EXPECT_EQ(gaps[0].end, at(200));
    EXPECT_FALSE(gaps[1].end);
    EXPECT_EQ(store->end_gap(4711, at(0)).error().kind, ErrorKind::kNotFound);
    ASSERT_TRUE(store->end_gap(later, at(10))) << "the clock was set back";
    EXPECT_EQ(store->gaps(at(0), at(1000)).value()[1].end, at(300));
    EXPECT_NE(store->begin_gap("cam-1", at(400), "offline").value(), id);
}

TEST_F(StoreTest, AliveTimesAndValuesAreKept) {
    ASSERT_TRUE(store->alive("cam-1", at(1)));
    ASSERT_TRUE(store->alive("cam-2", at(2)));
    ASSERT_TRUE(store->alive("cam-1", at(3)));
    ASSERT_TRUE(store->set_value("reports.last", "2026-11-21"));
    ASSERT_TRUE(store->set_value("reports.last", "2026-11-22"));
    reopen();
    EXPECT_EQ(store->last_alive().value(),
              (std::map<std::string, WallTime>{{"cam-1", at(3)}, {"cam-2", at(2)}}));
    EXPECT_EQ(store->value("reports.last").value(), "2026-11-22");
    EXPECT_EQ(store->value("nothing").error().kind, ErrorKind::kNotFound);
}

TEST_F(StoreTest, RetentionKeepsWhatIsOpenOrNotAcknowledged) {
    const Event old = closed(event_of(1, 0)), open = event_of(2, 0), queued = closed(event_of(3, 0)),
                young = closed(event_of(4, 5000));
    ASSERT_TRUE(store->write({{old, open, young, queued}, {}, {}}));
    const auto rows = store->outbox(10).value();
    ASSERT_TRUE(store->acknowledge({rows[0].sequence, rows[1].sequence, rows[2].sequence}));
    const auto ended = store->begin_gap("cam-1", at(0), "offline").value();
    ASSERT_TRUE(store->end_gap(ended, at(10)));
    ASSERT_TRUE(store->begin_gap("cam-1", at(20), "offline"));

    ASSERT_TRUE(store->remove_older_than(at(1000)));
    EXPECT_FALSE(store->event(old.id).value());
    EXPECT_TRUE(store->event(open.id).value());
    EXPECT_TRUE(store->event(queued.id).value());
    EXPECT_TRUE(store->event(young.id).value());
    EXPECT_EQ(store->gaps(at(0), at(1e6)).value().size(), 1u);
}

TEST_F(StoreTest, RetentionGivesSpaceBackToTheDisk) {
    Store::Batch batch;
    for (std::uint64_t i = 1; i <= 3000; ++i)
        batch.events.push_back(closed(event_of(i)));
    ASSERT_TRUE(store->write(batch));
    std::vector<std::int64_t> sequences;
    for (const auto& row : take(store->outbox(-1)))
        sequences.push_back(row.sequence);
    ASSERT_TRUE(store->acknowledge(sequences));
    reopen();
    const auto before = std::filesystem::file_size(folder.file());
    ASSERT_TRUE(store->remove_older_than(at(1e6)));
    reopen();
    EXPECT_LT(std::filesystem::file_size(folder.file()), before / 4);
}

TEST_F(StoreTest, ReaderBesideTheServiceSeesNewEventsAndCannotWrite) {
    auto reader = Store::open_read_only(folder.file());
    ASSERT_TRUE(reader) << reader.error().message;
    ASSERT_TRUE(store->write({{event_of(1)}, {}, {}}));
    EXPECT_EQ((*reader)->events({}).value().size(), 1u);
    EXPECT_EQ((*reader)->schema_version(), store->schema_version());
    for (const auto& done : {(*reader)->write({{event_of(2)}, {}, {}}), (*reader)->set_value("a", "b"),
                             (*reader)->alive("cam-1", at(0)), (*reader)->remove_older_than(at(1e6))}) {
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().kind, ErrorKind::kInvalid);
    }
}

RC_GTEST_PROP(StoreProperty, AnySequenceOfWritesKeepsTheNewestRevisionAndOneOutboxRowEach, ()) {
    const TempFolder folder;
    auto store = Store::open(folder.options()).value();
    // The model: newest revision by event, and every revision that was newer when it came.
    std::map<std::uint64_t, int> newest;
    std::vector<std::pair<std::uint64_t, int>> sent;
    const auto writes = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(1, 6), rc::gen::inRange(1, 8)));
    for (const auto& [number, revision] : writes) {
        Event event = event_of(static_cast<std::uint64_t>(number));
        event.revision = revision;
        RC_ASSERT(store->write({{event}, {}, {}}).has_value());
        int& known = newest[static_cast<std::uint64_t>(number)];
        if (revision > known) {
            known = revision;
            sent.emplace_back(number, revision);
        }
    }
    const auto events = store->events({}).value();
    RC_ASSERT(events.size() == newest.size());
    for (const auto& stored : events)
        RC_ASSERT(stored.event.revision == newest.at(stored.event.id.bytes[15]));
    const auto outbox = store->outbox(-1).value();
    RC_ASSERT(outbox.size() == sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
        RC_ASSERT(outbox[i].event == id_of(sent[i].first));
        RC_ASSERT(outbox[i].revision == sent[i].second);
    }
}

RC_GTEST_PROP(StoreProperty, OpenSessionsComeBackExactly, ()) {
    const TempFolder folder;
    OpenSession session = session_of(*rc::gen::arbitrary<std::int64_t>());
    session.zone = "z" + *rc::gen::string<std::string>();
    std::erase(session.zone, '\0');
    session.type = *rc::gen::element(ZoneType::kChair, ZoneType::kWash, ZoneType::kWait);
    session.person = {*rc::gen::arbitrary<std::int64_t>()};
    session.start = MonoTime(Duration(*rc::gen::arbitrary<std::int64_t>()));
    session.last_seen = MonoTime(Duration(*rc::gen::arbitrary<std::int64_t>()));
    session.anchor = {*rc::gen::arbitrary<double>(), *rc::gen::arbitrary<double>()};
    session.confidence = *rc::gen::inRange(0, 1 << 20) / 1048576.0;
    session.revision = *rc::gen::inRange(0, 1000);
    if (*rc::gen::arbitrary<bool>()) session.event = id_of(*rc::gen::arbitrary<std::uint64_t>());
    RC_ASSERT(Store::open(folder.options()).value()->write({{}, {session}, {}}).has_value());
    const auto back = Store::open(folder.options()).value()->open_sessions().value();
    RC_ASSERT(back.size() == 1u);
    RC_ASSERT(same(back[0], session));
}

}  // namespace
}  // namespace chairside
