// The engine and the client against a project in memory, with simulated time: what goes, what waits, what dies, and
// that every row is accounted for under any faults.

#include "sync/sync_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/store_test_support.hpp"
#include "support/fake_project.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using namespace store_test;
using ::testing::ElementsAre;
using testing::FakeProject;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ManualClock;
using testing::NetFault;
using ::testing::Not;

class World {
  public:
    explicit World(std::uint64_t seed = 1) : random(seed), project(clock) {
        StoreOptions options = folder.options();
        options.clock = &clock;
        store = take(Store::open(options));
        restart();
    }

    // A new process on the same store.
    void restart() {
        engine.reset();
        client = std::make_unique<SupabaseClient>(access(), project, keeper(), clock, random);
        engine =
            std::make_unique<SyncEngine>(*store, *client, clock, random, SyncEngine::Settings{30s}, [this] {
                DeviceStatus status;
                status.version = "test";
                status.events_queued = store->outbox_size().value();
                return status;
            });
    }

    static SupabaseAccess access() {
        return {"https://x.supabase.co", "sb_publishable_k", "pc@x.example", "word", "DEMO", "pc-1"};
    }

    TokenKeeper keeper() {
        return {[this]() -> std::optional<std::string> {
                    auto kept = store->value("supabase.session");
                    return kept ? std::optional(*kept) : std::nullopt;
                },
                [this](const std::string& text) { return store->set_value("supabase.session", text); }};
    }

    void write(std::uint64_t number, int revisions = 1) {
        Event event = event_of(number, static_cast<double>(number));
        for (int i = 0; i < revisions; ++i) {
            ASSERT_TRUE(store->write({{event}, {}, {}}));
            event = closed(event);
        }
    }
    void write_many(std::uint64_t from, std::uint64_t to) {
        Store::Batch batch;
        for (auto number = from; number <= to; ++number)
            batch.events.push_back(event_of(number, static_cast<double>(number)));
        ASSERT_TRUE(store->write(batch));
    }

    void pass(Duration time) {
        const MonoTime end = clock.mono_now() + time;
        while (clock.mono_now() < end)
            clock.advance(engine->step());
    }
    // Steps until nothing waits; the simulated time it took.
    Duration drain(Duration most = 24h) {
        const MonoTime began = clock.mono_now();
        while (store->outbox_size().value() > 0 && clock.mono_now() - began < most)
            clock.advance(engine->step());
        return clock.mono_now() - began;
    }
    // As drain(), but stops once it only waits for a person.
    std::int64_t queued() const { return store->outbox_size().value(); }
    std::int64_t dead() const { return store->outbox_state().value().dead; }

    TempFolder folder;
    ManualClock clock;
    Random random;
    FakeProject project;
    std::unique_ptr<Store> store;
    std::unique_ptr<SupabaseClient> client;
    std::unique_ptr<SyncEngine> engine;
};

std::string id_text(std::uint64_t number) {
    return id_of(number).to_string();
}

TEST(SyncEngine, EventsArriveOnceInTheirLastRevisionAndTheOutboxIsEmpty) {
    World w;
    w.write(1, 2);
    w.write(2);
    w.drain();
    EXPECT_EQ(w.project.events.size(), 2u);
    EXPECT_EQ(w.project.events.at(id_text(1)).revision, 2);
    EXPECT_EQ(w.project.events.at(id_text(1)).body.at("state"), "closed");
    EXPECT_EQ(w.project.sent("/events"), 1) << "one request for all";
    const auto state = w.engine->state();
    EXPECT_EQ(state.sent, 2);
    EXPECT_TRUE(state.last_success);
    EXPECT_EQ(state.last_error, "");
    EXPECT_EQ(w.store->outbox_state().value().superseded, 1);
    w.write(2, 2);
    w.drain();
    EXPECT_EQ(w.project.events.at(id_text(2)).revision, 2);
}

TEST(SyncEngine, HeartbeatsComeAtTheirIntervalAlsoWhileEventsFlow) {
    World w;
    w.write_many(1, 50);
    w.pass(10min);
    EXPECT_GE(w.project.heartbeats, 19);
    EXPECT_LE(w.project.heartbeats, 21);
    EXPECT_EQ(w.project.status.at("version"), "test");
    EXPECT_EQ(w.project.status.at("device_id"), "pc-1");
    EXPECT_EQ(w.engine->state().state, "ok");
}

TEST(SyncEngine, GapsGoAtTheirStartAndTheirEnd) {
    World w;
    const auto id = w.store->begin_gap("cam-1", at(0), "offline").value();
    w.pass(20s);
    ASSERT_EQ(w.project.gaps.size(), 1u);
    EXPECT_TRUE(w.project.gaps.begin()->second.at("ended_at").is_null());
    ASSERT_TRUE(w.store->end_gap(id, at(60)));
    w.pass(20s);
    ASSERT_EQ(w.project.gaps.size(), 1u);
    EXPECT_EQ(w.project.gaps.begin()->second.at("ended_at"), format_utc(at(60)));
}

TEST(SyncEngine, OneBadRowIsFoundByHalvingAndTheOthersGo) {
    World w;
    w.write_many(1, 200);
    w.project.bad_rows = {id_text(77), id_text(200)};
    const int before = w.project.sent("/events");
    w.drain();
    EXPECT_EQ(w.project.events.size(), 198u);
    const auto letters = take(w.store->dead_letters(-1));
    ASSERT_EQ(letters.size(), 2u);
    EXPECT_EQ(letters[0].row.event, id_of(77));
    EXPECT_EQ(letters[0].why.http, 400);
    EXPECT_EQ(letters[0].why.sqlstate, "23514");
    EXPECT_THAT(letters[0].why.reason, HasSubstr("check constraint"));
    EXPECT_LT(w.project.sent("/events") - before, 40);

    // Put right there, and sent again.
    w.project.bad_rows.clear();
    EXPECT_EQ(w.store->revive({}).value(), 2);
    w.drain();
    EXPECT_EQ(w.project.events.size(), 200u);
    EXPECT_EQ(w.dead(), 0);
}

TEST(SyncEngine, ARowThatAloneIsRefusedDiesOnlyOnceOthersWereTaken) {
    World w;
    w.write(1);
    w.project.refused_rows = {id_text(1)};
    w.pass(1h);
    EXPECT_EQ(w.dead(), 0) << "nothing shows that it is the row's fault";
    EXPECT_EQ(w.queued(), 1);
    w.write(2);
    w.pass(2s);
    EXPECT_TRUE(w.project.events.contains(id_text(2))) << "the refused row blocks nobody";
    w.pass(1h);
    EXPECT_EQ(w.dead(), 1);
    EXPECT_EQ(take(w.store->dead_letters(1))[0].why.sqlstate, "42501");
}

TEST(SyncEngine, RefusedRowsInTheMiddleOfABatchDoNotHoldUpTheRest) {
    World w;
    w.write_many(1, 300);
    w.project.refused_rows = {id_text(3), id_text(150), id_text(299)};
    w.drain(1h);
    EXPECT_EQ(w.project.events.size(), 297u);
    EXPECT_EQ(w.dead(), 3);
}

TEST(SyncEngine, ARowOverWhichTheServerStumblesDelaysTheOthersButDoesNotStopThem) {
    World w;
    w.write_many(1, 50);
    w.project.fault = [](const HttpRequest& r) {
        return r.body.find(id_text(5)) != std::string::npos ? NetFault::kInternal : NetFault::kNone;
    };
    w.pass(2h);
    EXPECT_EQ(w.project.events.size(), 49u);
    EXPECT_EQ(w.dead(), 0) << "an internal error is no fault of a row";
    EXPECT_EQ(w.queued(), 1);
}

TEST(SyncEngine, ADisabledDeviceKeepsEverythingAndGoesOnWhenItIsEnabled) {
    World w;
    w.write_many(1, 500);
    w.project.refuse_all = true;
    w.pass(6h);
    EXPECT_EQ(w.dead(), 0);
    EXPECT_EQ(w.queued(), 500);
    EXPECT_EQ(w.engine->state().state, "held");
    EXPECT_THAT(w.engine->state().last_error, HasSubstr("row-level security"));
    EXPECT_LT(w.project.sent("/events"), 6 * 60 * 3) << "slowly";
    w.project.refuse_all = false;
    EXPECT_LT(w.drain(), Duration(15min));
    EXPECT_EQ(w.project.events.size(), 500u);
    EXPECT_EQ(w.dead(), 0);
    w.pass(10min);
    EXPECT_EQ(w.engine->state().last_error, "");
}

TEST(SyncEngine, ADeviceDisabledInMidRunLosesNoRow) {
    World w;
    w.write_many(1, 10);
    w.drain();
    w.project.refuse_all = true;
    w.write_many(11, 60);
    w.pass(6h);
    EXPECT_EQ(w.dead(), 0);
    EXPECT_EQ(w.queued(), 50);
    EXPECT_LT(w.project.sent("/events"), 6 * 60) << "the batch and its witness";
    w.project.refuse_all = false;
    w.drain();
    EXPECT_EQ(w.project.events.size(), 60u);
}

TEST(SyncEngine, RowsOfAnEarlierBranchDieAndTheNewOnesGo) {
    World w;
    w.write_many(1, 100);
    for (int i = 1; i <= 100; ++i)
        w.project.refused_rows.insert(id_text(i));
    w.pass(1min);
    w.write_many(101, 150);
    w.drain();
    EXPECT_EQ(w.project.events.size(), 50u);
    EXPECT_EQ(w.dead(), 100);
}

TEST(SyncEngine, MissingMigrationsAndUnknownBranchesKeepEveryRow) {
    for (const bool branch : {false, true}) {
        World w;
        w.write_many(1, 20);
        if (branch)
            w.project.branch_unknown = true;
        else
            w.project.missing_tables = {"events"};
        w.pass(2h);
        EXPECT_EQ(w.queued(), 20);
        EXPECT_EQ(w.dead(), 0);
        EXPECT_EQ(w.engine->state().state, "held");
        if (!branch) {
            EXPECT_GT(w.project.heartbeats, 200) << "the rest goes on";
        }
        EXPECT_LT(w.project.sent("/events"), 200);
        w.project.missing_tables.clear();
        w.project.branch_unknown = false;
        EXPECT_LT(w.drain(), Duration(6min));
    }
}

TEST(SyncEngine, RequestsAreCountedByWhatCameOfThem) {
    World w;
    w.write_many(1, 3);
    w.drain();
    EXPECT_EQ(w.engine->state().results.size(), static_cast<std::size_t>(RequestResult::kCount))
        << "also those at 0";
    EXPECT_EQ(w.engine->state().requests, static_cast<std::int64_t>(w.project.requests.size()));
    EXPECT_EQ(w.engine->state().results.at("accepted"), w.engine->state().requests);
    const std::vector<std::pair<NetFault, std::string>> faults{
        {NetFault::kDns, "network"},           {NetFault::kDroppedReply, "network"},
        {NetFault::kTooMany, "throttled"},     {NetFault::kInternal, "unavailable"},
        {NetFault::kLoginPage, "unavailable"}, {NetFault::kTooLarge, "too_big"},
        {NetFault::kExpired, "login"}};
    for (const auto& [fault, result] : faults) {
        const auto before = w.engine->state();
        bool once = true;
        w.project.fault = [&, fault = fault](const HttpRequest& request) {
            const bool hit = request.path.find("/events") != std::string::npos && std::exchange(once, false);
            return hit ? fault : NetFault::kNone;
        };
        w.write_many(100 * (before.requests + 1), 100 * (before.requests + 1) + 3);
        w.drain();
        w.engine->step();
        const auto after = w.engine->state();
        EXPECT_EQ(after.results.at(result), before.results.at(result) + 1) << result;
        EXPECT_EQ(after.requests, static_cast<std::int64_t>(w.project.requests.size())) << result;
    }
    w.project.fault = [](const HttpRequest&) { return NetFault::kNone; };  // the last one's `once` is gone
    w.project.refuse_all = true;
    w.write_many(1'000'000, 1'000'003);
    w.pass(10s);
    EXPECT_GT(w.engine->state().results.at("refused"), 0);
}

TEST(SyncEngine, AnOutageBacksOffOpensTheBreakerAndRecovers) {
    World w;
    w.write_many(1, 300);
    w.project.fault = [](const HttpRequest&) { return NetFault::kDns; };
    w.pass(24h * 14);
    EXPECT_EQ(w.queued(), 300);
    EXPECT_EQ(w.engine->state().breaker, "open");
    EXPECT_EQ(w.engine->state().state, "waiting");
    EXPECT_THAT(w.engine->state().last_error, HasSubstr("name is not found"));
    const auto tried = w.project.requests.size();
    EXPECT_LT(tried, 24u * 14 * 60) << "less than one a minute";
    EXPECT_GT(tried, 24u * 14 * 12) << "and not less than every five minutes";
    w.project.requests.clear();
    w.project.fault = [](const HttpRequest&) { return NetFault::kNone; };
    EXPECT_LT(w.drain(), Duration(6min));
    EXPECT_EQ(w.project.events.size(), 300u);
    EXPECT_EQ(w.engine->state().breaker, "closed");
    for (const auto& request : w.project.requests) {
        if (request.path.find("/events") == std::string::npos) continue;
        EXPECT_EQ(FakeProject::Json::parse(request.body).size(), 1u) << "the probe is one row";
        break;
    }
}

TEST(SyncEngine, RetryAfterIsObeyed) {
    World w;
    w.write(1);
    std::vector<MonoTime> tried;
    w.project.fault = [&](const HttpRequest& r) {
        if (r.path.find("/events") == std::string::npos) return NetFault::kNone;
        tried.push_back(w.clock.mono_now());
        return NetFault::kUnavailable;
    };
    w.pass(2min);
    ASSERT_GE(tried.size(), 2u);
    EXPECT_GE(tried[1] - tried[0], Duration(20s));
    EXPECT_LE(tried[1] - tried[0], Duration(23s));
}

TEST(SyncEngine, BatchesShrinkForAServerThatTakesOnlySmallOnes) {
    World w;
    w.write_many(1, 400);
    w.project.fault = [](const HttpRequest& r) {
        if (r.path.find("/events") == std::string::npos) return NetFault::kNone;
        return FakeProject::Json::parse(r.body).size() > 30 ? NetFault::kStatementTime : NetFault::kNone;
    };
    EXPECT_LT(w.drain(), Duration(5min));
    EXPECT_EQ(w.project.events.size(), 400u);
    EXPECT_LE(w.project.largest_batch, 30u);
    w.write_many(401, 402);
    w.project.fault = [](const HttpRequest& r) {
        return r.path.find("/events") == std::string::npos ? NetFault::kNone : NetFault::kTooLarge;
    };
    w.drain(1h);
    EXPECT_EQ(w.dead(), 2) << "too large alone is the row's fault";
}

TEST(SyncEngine, AProxyThatDropsPreferIsWorkedAround) {
    World w;
    w.write(1);
    w.drain();
    w.write(1, 2);
    w.write(2);
    w.project.fault = [](const HttpRequest&) { return NetFault::kNoMerge; };
    w.drain();
    EXPECT_EQ(w.project.events.at(id_text(1)).revision, 2);
    EXPECT_EQ(w.project.events.size(), 2u);
    EXPECT_EQ(w.dead(), 0);
}

TEST(SyncEngine, ALogInPageTakesNothing) {
    World w;
    w.write(1);
    w.project.fault = [](const HttpRequest&) { return NetFault::kLoginPage; };
    w.pass(1h);
    EXPECT_EQ(w.queued(), 1);
    EXPECT_THAT(w.engine->state().last_error, HasSubstr("log-in page"));
}

TEST(SyncEngine, NowForgetsAllWaits) {
    World w;
    w.write(1);
    w.project.fault = [](const HttpRequest&) { return NetFault::kDns; };
    w.pass(1h);
    w.project.fault = [](const HttpRequest&) { return NetFault::kNone; };
    w.engine->now();
    w.engine->step();
    EXPECT_EQ(w.queued(), 0);
}

// ---- The log-in

TEST(SupabaseClientTest, TheTokenIsRefreshedOnceAndEarlyAndOutlivesARestart) {
    World w;
    w.pass(50min);
    EXPECT_EQ(w.project.logins, 1);
    EXPECT_EQ(w.project.refreshes, 1) << "at 70 to 80 % of an hour";
    w.restart();
    w.pass(5min);
    EXPECT_EQ(w.project.logins, 1) << "the kept token still lives";
    w.pass(10h);
    EXPECT_EQ(w.project.logins, 1);
    EXPECT_NEAR(w.project.refreshes, 15, 3);
    EXPECT_EQ(w.engine->state().last_error, "");
}

TEST(SupabaseClientTest, ALostRefreshReplyFallsBackToThePassword) {
    World w;
    w.pass(1min);
    w.project.fault = [&](const HttpRequest& r) {
        return r.path.find("refresh_token") != std::string::npos ? NetFault::kDroppedReply : NetFault::kNone;
    };
    w.pass(59min);
    w.project.fault = [](const HttpRequest&) { return NetFault::kNone; };
    w.write(1);
    w.pass(6min);
    EXPECT_EQ(w.queued(), 0);
    EXPECT_EQ(w.project.logins, 2);
}

TEST(SupabaseClientTest, ATokenThatTheServerCallsExpiredIsRenewedOnceAndTheRequestRepeated) {
    World w;
    w.pass(1s);
    int expired = 1;
    w.project.fault = [&](const HttpRequest& r) {
        return r.path.find("/events") != std::string::npos && expired-- > 0 ? NetFault::kExpired
                                                                            : NetFault::kNone;
    };
    w.write(1);
    w.pass(2s);
    EXPECT_EQ(w.queued(), 0);
    EXPECT_EQ(w.project.refreshes, 1);
}

TEST(SupabaseClientTest, AWrongClockIsNamedWhenTokensAreRefused) {
    World w;
    w.project.tokens_refused = true;
    w.project.clock_ahead = -2h;
    w.write(1);
    w.pass(1h);
    EXPECT_EQ(w.dead(), 0);
    EXPECT_EQ(w.queued(), 1);
    EXPECT_THAT(w.engine->state().last_error, HasSubstr("clock is 720"));
    EXPECT_LT(w.project.logins + w.project.refreshes, 300) << "no storm of log-ins";
}

TEST(SupabaseClientTest, WrongPasswordsAndKeysAreSaidAndTriedSlowly) {
    World w;
    w.project.wrong_password = true;
    w.write(1);
    w.pass(1h);
    EXPECT_THAT(w.engine->state().last_error, HasSubstr("log-in is refused"));
    EXPECT_LT(w.project.logins, 200);
    w.project.wrong_password = false;
    w.project.wrong_key = true;
    w.pass(1h);
    EXPECT_THAT(w.engine->state().last_error, HasSubstr("key is not accepted"));
    w.project.wrong_key = false;
    w.drain();
    EXPECT_EQ(w.project.events.size(), 1u);
}

std::string findings(World& w) {
    std::string out;
    for (const auto& finding : w.client->test())
        out += (finding.good ? "ok " : "FAILED ") + finding.what + ": " + finding.words + "\n";
    return out;
}

TEST(ConnectionTest, EachFaultIsNamed) {
    World w;
    EXPECT_THAT(findings(w), Not(HasSubstr("FAILED")));
    EXPECT_THAT(findings(w), HasSubstr("ok table device_status"));
    w.project.clock_ahead = -20min;
    EXPECT_THAT(findings(w), HasSubstr("FAILED clock: this PC's clock is 1200 s ahead"));
    w.project.clock_ahead = 0s;
    w.project.missing_tables = {"gaps"};
    EXPECT_THAT(findings(w), HasSubstr("FAILED table gaps: the project lacks a table"));
    w.project.missing_tables = {"device_check"};
    EXPECT_THAT(findings(w), HasSubstr("FAILED project: the project lacks a table"));
    w.project.missing_tables.clear();
    w.project.check["branch_code"] = "OTHER";
    EXPECT_THAT(findings(w),
                HasSubstr("FAILED branch: the project registered this device for branch 'OTHER'"));
    w.project.check["branch_code"] = nullptr;
    EXPECT_THAT(findings(w), HasSubstr("FAILED device: the project knows no enabled device"));
    w.project.wrong_password = true;
    EXPECT_THAT(findings(w), HasSubstr("FAILED log-in: the log-in is refused"));
    w.project.wrong_key = true;
    EXPECT_THAT(findings(w), HasSubstr("FAILED key: the key is not accepted"));
    w.project.fault = [](const HttpRequest&) { return NetFault::kDns; };
    EXPECT_THAT(findings(w), HasSubstr("FAILED address: the address's name is not found"));
}

// ---- Any faults, any order

NetFault any_fault(Random& random, double share) {
    if (std::uniform_real_distribution<double>(0, 1)(random) > share) return NetFault::kNone;
    return static_cast<NetFault>(
        std::uniform_int_distribution<int>(1, static_cast<int>(NetFault::kNoMerge))(random));
}

void check_conserved(World& w, const std::map<std::uint64_t, int>& born,
                     const std::map<std::string, int>& seen) {
    const auto state = w.store->outbox_state().value();
    std::int64_t dropped = 0;
    for (const auto& [what, rows] : state.dropped)
        dropped += rows;
    RC_ASSERT(state.written == state.acknowledged + state.superseded + state.queued + state.dead + dropped);
    std::map<std::string, int> kept;  // newest revision that still waits or died
    for (const auto& row : take(w.store->outbox(-1)))
        kept[row.event.to_string()] = std::max(kept[row.event.to_string()], row.revision);
    for (const auto& letter : take(w.store->dead_letters(-1)))
        kept[letter.row.event.to_string()] =
            std::max(kept[letter.row.event.to_string()], letter.row.revision);
    for (const auto& [number, revision] : born) {
        const auto there = w.project.events.find(id_text(number));
        const int known = there == w.project.events.end() ? 0 : there->second.revision;
        RC_ASSERT(std::max(known, kept[id_text(number)]) == revision);
    }
    for (const auto& [id, revision] : seen)
        RC_ASSERT(w.project.events.at(id).revision >= revision);
}

RC_GTEST_PROP(SyncProperty, NothingIsLostWhateverTheNetworkAndTheServerDo, ()) {
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    World w(seed);
    Random chance(seed ^ 0x9e3779b97f4a7c15u);
    const double share = std::uniform_real_distribution<double>(0, 0.9)(chance);
    w.project.fault = [&](const HttpRequest&) { return any_fault(chance, share); };
    std::map<std::uint64_t, int> born;
    std::map<std::string, int> seen;
    for (int turn = 0; turn < 30; ++turn) {
        const auto number = std::uniform_int_distribution<std::uint64_t>(1, 25)(chance);
        Event event = event_of(number);
        event.revision = ++born[number];
        if (event.revision > 1) event.state = EventState::kClosed;
        RC_ASSERT(w.store->write({{event}, {}, {}}).has_value());
        if (turn % 9 == 4) w.project.bad_rows.insert(id_text(number));
        if (turn % 13 == 6) w.project.bad_rows.clear();
        if (turn % 17 == 8) w.project.refused_rows.insert(id_text(number));
        if (turn % 19 == 10) w.project.refused_rows.clear();
        if (turn % 23 == 12) w.restart();
        for (int i = 0; i < 3; ++i)
            w.clock.advance(w.engine->step());
        check_conserved(w, born, seen);
        for (const auto& [id, row] : w.project.events)
            seen[id] = row.revision;
    }
    w.project.fault = [](const HttpRequest&) { return NetFault::kNone; };
    w.project.bad_rows.clear();
    w.project.refused_rows.clear();
    RC_ASSERT(w.store->revive({}).has_value());
    w.drain();
    check_conserved(w, born, seen);
    RC_ASSERT(w.queued() == 0);
    RC_ASSERT(w.project.events.size() == born.size());
}

}  // namespace
}  // namespace chairside
