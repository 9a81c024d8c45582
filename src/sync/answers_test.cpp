// Every row of the status table, the words for people, the exact requests, and the pacing.

#include "sync/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/pacing.hpp"
#include "sync/requests.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

HttpOutcome answer(int status, const std::string& body = "",
                   std::map<std::string, std::string> headers = {}) {
    return {TransportFault::kNone, "", {status, std::move(headers), body}};
}
HttpOutcome coded(int status, const std::string& code) {
    return answer(status,
                  R"({"code":")" + code + R"(","message":"as it is said","details":null,"hint":null})");
}
const std::map<std::string, std::string> kApplied{{"preference-applied", "resolution=merge-duplicates"}};

struct Row {
    const char* what;
    HttpOutcome outcome;
    SyncAction action;
};

TEST(StatusTable, EveryAnswerHasItsAction) {
    const std::vector<Row> table = {
        {"stored", answer(201, "", kApplied), SyncAction::kDone},
        {"there already", answer(200, "", kApplied), SyncAction::kDone},
        {"stored by a server that does not tell its preferences", answer(201, "", {{"content-range", "*/*"}}),
         SyncAction::kDone},
        {"updated", answer(204, "", {{"content-range", "*/*"}}), SyncAction::kDone},
        {"a log-in page", answer(200, "<html>"), SyncAction::kRetry},
        {"a redirect", answer(302, "", {{"location", "http://hotel/"}}), SyncAction::kRetry},
        {"token of another project", coded(401, "PGRST301"), SyncAction::kRefreshToken},
        {"no token", coded(401, "PGRST302"), SyncAction::kRefreshToken},
        {"token ran out", coded(401, "PGRST303"), SyncAction::kRefreshToken},
        {"401 without a word", answer(401), SyncAction::kRefreshToken},
        {"wrong key", answer(401, R"({"message":"Invalid API key"})"), SyncAction::kHold},
        {"row security", coded(403, "42501"), SyncAction::kRefused},
        {"row security, as anon", coded(401, "42501"), SyncAction::kRefused},
        {"a firewall", answer(403, "<html>"), SyncAction::kHold},
        {"keys differ in a batch", coded(400, "PGRST102"), SyncAction::kRowFault},
        {"a column is missing there", coded(400, "PGRST204"), SyncAction::kRefused},
        {"a value out of range", coded(400, "22003"), SyncAction::kRowFault},
        {"no uuid", coded(400, "22P02"), SyncAction::kRowFault},
        {"null", coded(400, "23502"), SyncAction::kRowFault},
        {"a check constraint", coded(400, "23514"), SyncAction::kRowFault},
        {"one row twice", coded(500, "21000"), SyncAction::kRowFault},
        {"a trigger raised", coded(400, "P0001"), SyncAction::kRowFault},
        {"no table", coded(404, "PGRST205"), SyncAction::kHold},
        {"no function", coded(404, "PGRST202"), SyncAction::kHold},
        {"no relation", coded(404, "42P01"), SyncAction::kHold},
        {"no project", answer(404, "not found"), SyncAction::kHold},
        {"branch not registered", coded(409, "23503"), SyncAction::kHold},
        {"the wish to merge was lost", coded(409, "23505"), SyncAction::kConflict},
        {"too large", answer(413), SyncAction::kTooBig},
        {"too slow", coded(500, "57014"), SyncAction::kTooBig},
        {"request timeout", answer(408), SyncAction::kRetry},
        {"too early", answer(425), SyncAction::kRetry},
        {"too many", answer(429), SyncAction::kRetry},
        {"internal", answer(500), SyncAction::kRetry},
        {"bad gateway", answer(502, "<html>"), SyncAction::kRetry},
        {"unavailable", coded(503, "PGRST001"), SyncAction::kRetry},
        {"gateway timeout", answer(504), SyncAction::kRetry},
        {"project is paused", answer(540), SyncAction::kRetry},
        {"some other refusal", answer(405), SyncAction::kRefused},
        {"no name", {TransportFault::kDns, "x", {}}, SyncAction::kRetry},
        {"no connection", {TransportFault::kConnect, "x", {}}, SyncAction::kRetry},
        {"no proxy", {TransportFault::kProxy, "x", {}}, SyncAction::kRetry},
        {"no trust", {TransportFault::kTls, "x", {}}, SyncAction::kRetry},
        {"no answer", {TransportFault::kTimeout, "x", {}}, SyncAction::kRetry},
        {"half an answer", {TransportFault::kBroken, "x", {}}, SyncAction::kRetry},
        {"we stop", {TransportFault::kCancelled, "x", {}}, SyncAction::kStopped},
    };
    for (const auto& row : table) {
        const Decision decision = decide(row.outcome);
        EXPECT_STREQ(to_string(decision.action), to_string(row.action)) << row.what;
        EXPECT_EQ(decision.words.empty(), row.action == SyncAction::kDone) << row.what;
    }
}

TEST(StatusTable, RetryAfterIsReadInSecondsAndBounded) {
    EXPECT_EQ(decide(answer(503, "", {{"retry-after", "17"}})).retry_after, Duration(17s));
    EXPECT_EQ(decide(answer(429, "", {{"retry-after", "999999999"}})).retry_after, Duration(1h));
    EXPECT_EQ(decide(answer(429, "", {{"retry-after", "-3"}})).retry_after, std::nullopt);
    EXPECT_EQ(decide(answer(429, "", {{"retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"}})).retry_after,
              std::nullopt);
    EXPECT_EQ(decide(answer(503)).retry_after, std::nullopt);
}

TEST(StatusTable, WordsNeverRepeatATokenAndNameTheCode) {
    const auto decision = decide(answer(
        400,
        R"({"code":"22P02","message":"bad \"eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoi.c2ln\" and sb_secret_abcdef\nsecond line"})"));
    EXPECT_THAT(decision.words, AllOf(HasSubstr("22P02"), Not(HasSubstr("eyJyb2xl")), Not(HasSubstr("\n"))));
    EXPECT_EQ(decision.code, "22P02");
    EXPECT_EQ(decision.http, 400);
    EXPECT_LT(decide(answer(400, R"({"code":"22P02","message":")" + std::string(100'000, 'x') + "\"}"))
                  .words.size(),
              600u);
}

TEST(AuthTable, EveryAnswerHasItsResult) {
    EXPECT_EQ(decide_auth(answer(200, "{}")).result, AuthResult::kTokens);
    EXPECT_EQ(decide_auth(answer(400, R"({"msg":"Invalid login credentials"})")).result,
              AuthResult::kRejected);
    EXPECT_EQ(decide_auth(answer(403, R"({"message":"device is disabled"})")).result, AuthResult::kRejected);
    EXPECT_EQ(decide_auth(answer(422)).result, AuthResult::kRejected);
    EXPECT_EQ(decide_auth(answer(401, R"({"message":"Invalid API key"})")).result, AuthResult::kBadKey);
    EXPECT_EQ(decide_auth(answer(404)).result, AuthResult::kBadKey);
    EXPECT_EQ(decide_auth(answer(429, "", {{"retry-after", "5"}})).retry_after, Duration(5s));
    EXPECT_EQ(decide_auth(answer(502)).result, AuthResult::kRetry);
    EXPECT_EQ(decide_auth({TransportFault::kDns, "", {}}).result, AuthResult::kRetry);
    EXPECT_EQ(decide_auth({TransportFault::kCancelled, "", {}}).result, AuthResult::kStopped);
}

TEST(Answers, TheClockIsComparedWithTheServersToTheSecond) {
    const WallTime now = parse_iso("2026-11-22T10:00:00.700Z").value();
    const auto at = [&](const char* date) { return clock_offset({200, {{"date", date}}, ""}, now); };
    EXPECT_EQ(at("Sun, 22 Nov 2026 10:00:00 GMT"), Duration(0));
    EXPECT_EQ(at("Sun, 22 Nov 2026 09:00:00 GMT"), Duration(3600s + 700ms));
    EXPECT_EQ(at("Sun, 22 Nov 2026 11:00:00 GMT"), Duration(700ms - 3600s));
    EXPECT_EQ(at("yesterday"), std::nullopt);
    EXPECT_EQ(clock_offset({200, {}, ""}, now), std::nullopt);
}

// ---- Requests

SupabaseAccess access() {
    return {"https://x.supabase.co", "sb_publishable_k", "pc@x.example", "word", "DEMO", "pc-1"};
}

std::map<std::string, std::string> headers(const HttpRequest& request) {
    return {request.headers.begin(), request.headers.end()};
}

TEST(Requests, EventsAreAnUpsertByBranchAndEvent) {
    const std::vector<OutboxRow> rows = {{1, {}, 1, R"({"a":1})"}, {2, {}, 1, R"({"b":2})"}};
    const auto request = events_request(access(), "tok", rows);
    EXPECT_EQ(request.method, "POST");
    EXPECT_THAT(
        request.path,
        ::testing::StartsWith(
            "/rest/v1/events?on_conflict=branch_code,event_id&columns=branch_code,event_id,revision,"));
    EXPECT_THAT(request.path, Not(HasSubstr("\""))) << "names stand without quotes";
    EXPECT_EQ(request.body, R"([{"a":1},{"b":2}])");
    const auto h = headers(request);
    EXPECT_EQ(h.at("apikey"), "sb_publishable_k");
    EXPECT_EQ(h.at("Authorization"), "Bearer tok");
    EXPECT_EQ(h.at("Content-Type"), "application/json");
    EXPECT_EQ(h.at("Prefer"), "resolution=merge-duplicates,return=minimal,missing=default");
    EXPECT_EQ(events_request(access(), "tok", {}).body, "[]");
}

TEST(Requests, TheKeyNeverStandsAloneAsAToken) {
    for (const auto& request : {login_request(access()), refresh_request(access(), "r")}) {
        EXPECT_FALSE(headers(request).contains("Authorization"));
        EXPECT_EQ(headers(request).at("apikey"), "sb_publishable_k");
    }
    EXPECT_EQ(login_request(access()).path, "/auth/v1/token?grant_type=password");
    EXPECT_EQ(login_request(access()).body, R"({"email":"pc@x.example","password":"word"})");
    EXPECT_EQ(refresh_request(access(), "r").body, R"({"refresh_token":"r"})");
}

TEST(Requests, GapsAndStatusSayTheirBranchAndDevice) {
    Gap gap{3, "cam-1", parse_iso("2026-11-22T10:00:00Z").value(), std::nullopt, "offline"};
    EXPECT_THAT(gaps_request(access(), "t", {&gap, 1}).body,
                AllOf(HasSubstr(R"("ended_at":null)"), HasSubstr(R"("device_id":"pc-1")")));
    DeviceStatus status;
    status.last_error = std::string(5000, 'e');
    status.cameras_json = "not json";
    const auto body = status_request(access(), "t", status, gap.start).body;
    EXPECT_THAT(body, AllOf(HasSubstr(R"("cameras":[])"), HasSubstr(R"("branch_code":"DEMO")"),
                            HasSubstr(R"("oldest_queued_s":null)")));
    EXPECT_LT(body.size(), 2000u);
}

TEST(Requests, TokensComeBackOnlyForTheSameLogIn) {
    const auto tokens =
        read_tokens(R"({"access_token":"a","refresh_token":"r","expires_in":3600})", WallTime(5s));
    ASSERT_TRUE(tokens);
    EXPECT_EQ(tokens->life, Duration(1h));
    const auto text = tokens_to_text(access(), *tokens);
    const auto back = tokens_from_text(access(), text);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->access, "a");
    EXPECT_EQ(back->refresh, "r");
    EXPECT_EQ(back->obtained, WallTime(5s));
    auto other = access();
    other.email = "someone@else";
    EXPECT_FALSE(tokens_from_text(other, text));
    for (const char* bad : {"", "[]", "{}", R"({"access_token":7})", R"({"access_token":""})", "<html>"})
        EXPECT_FALSE(read_tokens(bad, {})) << bad;
}

// ---- Pacing

TEST(Pacing, BackoffIsFullJitterUpToItsCap) {
    Random random(7);
    Backoff backoff(1s, 5min);
    Duration longest(0);
    for (int i = 0; i < 2000; ++i) {
        const auto wait = backoff.next(random);
        EXPECT_GE(wait, Duration(0));
        EXPECT_LE(wait, i < 8 ? Duration(1s) * (1 << i) : Duration(5min));
        longest = std::max(longest, wait);
    }
    EXPECT_GT(longest, Duration(4min));
    backoff.reset();
    EXPECT_LE(backoff.next(random), Duration(1s));
}

TEST(Pacing, TheBreakerOpensAfterFiveFailuresInARowAndProbesOnce) {
    Breaker breaker;
    for (int i = 0; i < 4; ++i)
        breaker.failed();
    EXPECT_TRUE(breaker.closed());
    breaker.succeeded();
    for (int i = 0; i < 5; ++i)
        breaker.failed();
    EXPECT_EQ(breaker.state(), Breaker::State::kOpen);
    breaker.probe();
    EXPECT_EQ(breaker.state(), Breaker::State::kHalfOpen);
    breaker.failed();
    EXPECT_EQ(breaker.state(), Breaker::State::kOpen);
    breaker.probe();
    breaker.succeeded();
    EXPECT_TRUE(breaker.closed());
}

TEST(Pacing, BatchesGrowWhileTheyAreFullAndQuickAndHalveWhenTooMuch) {
    BatchSize size;
    EXPECT_EQ(size.rows(), BatchSize::kStart);
    size.went_well(10, 1ms);
    EXPECT_EQ(size.rows(), BatchSize::kStart) << "a small batch proves nothing";
    for (int i = 0; i < 20; ++i)
        size.went_well(size.rows(), 100ms);
    EXPECT_EQ(size.rows(), BatchSize::kMost);
    size.too_much(500);
    EXPECT_EQ(size.rows(), 250u);
    for (int i = 0; i < 20; ++i)
        size.too_much(size.rows());
    EXPECT_EQ(size.rows(), 1u);
    size.went_well(1, 1ms);
    EXPECT_EQ(size.rows(), 2u);
}

}  // namespace
}  // namespace chairside
