// Settings of managers on their way into the store, and what a heartbeat says of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/store_test_support.hpp"
#include "support/fake_project.hpp"
#include "sync/sync_engine.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using namespace store_test;
using testing::FakeProject;
using ::testing::HasSubstr;
using testing::ManualClock;
using testing::NetFault;

class ConfigWorld : public ::testing::Test {
  protected:
    void SetUp() override {
        StoreOptions options = folder.options();
        options.clock = &clock;
        store = take(Store::open(options));
        const SupabaseAccess access{
            "https://x.supabase.co", "sb_publishable_k", "pc@x.example", "word", "DEMO", "pc-1"};
        client.emplace(
            access, project,
            TokenKeeper{[] { return std::nullopt; }, [](const std::string&) { return Result<void>(); }},
            clock, random);
        engine.emplace(*store, *client, clock, random, SyncEngine::Settings{30s, 2min},
                       [this] { return status; });
    }
    void pass(Duration time) {
        const MonoTime end = clock.mono_now() + time;
        while (clock.mono_now() < end)
            clock.advance(engine->step());
    }

    TempFolder folder;
    ManualClock clock;
    Random random{1};
    FakeProject project{clock};
    std::unique_ptr<Store> store;
    std::optional<SupabaseClient> client;
    std::optional<SyncEngine> engine;
    DeviceStatus status;
};

TEST_F(ConfigWorld, ANewRevisionIsFetchedOnceAndKept) {
    pass(1min);
    EXPECT_FALSE(store->newest_config().value()) << "nobody has set anything";
    project.configs[1] = {{"dwell_time", {{"chair", 90}}}};
    pass(10min);
    const auto kept = store->newest_config().value();
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->revision, 1);
    EXPECT_EQ(FakeProject::Json::parse(kept->settings), project.configs[1]);
    EXPECT_EQ(kept->state, ConfigRevision::State::kNew) << "sync/ applies nothing";
    EXPECT_EQ(project.sent("revision,settings"), 1);
    EXPECT_LE(project.sent("select=revision&"), 7);
    EXPECT_GE(project.sent("select=revision&"), 5);
    project.configs[2] = {{"grace", {{"wash", 20}}}};
    engine->now();
    pass(5s);
    EXPECT_EQ(store->newest_config().value()->revision, 2) << "a person who wants it now need not wait";
}

TEST_F(ConfigWorld, AHeartbeatSaysWhatRunsAndWhatWasRefused) {
    pass(1s);
    EXPECT_EQ(project.status.at("config_revision"), 0);
    EXPECT_TRUE(project.status.at("config_refused").is_null());
    EXPECT_TRUE(project.status.at("config_error").is_null());
    status.config_revision = 3;
    status.config_refused = 4;
    status.config_error = "dwell_time.chair: found 0";
    pass(31s);
    EXPECT_EQ(project.status.at("config_revision"), 3);
    EXPECT_EQ(project.status.at("config_refused"), 4);
    EXPECT_EQ(project.status.at("config_error"), "dwell_time.chair: found 0");
}

TEST_F(ConfigWorld, AProjectWithoutTheTableHoldsOnlyThat) {
    project.missing_tables = {"branch_config"};
    ASSERT_TRUE(store->write({{event_of(1)}, {}, {}}));
    pass(1min);
    EXPECT_EQ(project.events.size(), 1u);
    EXPECT_GT(project.heartbeats, 1);
    EXPECT_THAT(engine->state().last_error, HasSubstr("migrations"));
    project.missing_tables.clear();
    project.configs[1] = FakeProject::Json::object();
    pass(12min);
    EXPECT_EQ(store->newest_config().value()->revision, 1);
    EXPECT_EQ(engine->state().last_error, "");
}

TEST_F(ConfigWorld, UnderFaultsItComesInTheEndAndIsNeverHalf) {
    project.configs[5] = {{"dwell_time", {{"chair", 90}}}};
    int turn = 0;
    project.fault = [&](const HttpRequest& request) {
        constexpr std::array kFaults{NetFault::kReset,   NetFault::kHalfReply, NetFault::kUnavailable,
                                     NetFault::kExpired, NetFault::kLoginPage, NetFault::kNone,
                                     NetFault::kNone};
        return request.path.find("branch_config") == std::string::npos
                   ? NetFault::kNone
                   : kFaults[static_cast<std::size_t>(turn++) % kFaults.size()];
    };
    pass(6h);
    ASSERT_TRUE(store->newest_config().value());
    EXPECT_EQ(store->newest_config().value()->settings, R"({"dwell_time":{"chair":90}})");
}

TEST_F(ConfigWorld, WhatIsNoListOfRevisionsIsRefused) {
    for (const char* body : {"", "{}", "[1]", "[{}]", R"([{"revision":0}])", R"([{"revision":"1"}])",
                             R"([{"revision":99999999999}])", R"([{"revision":1},{"revision":2}])"})
        EXPECT_FALSE(read_config_answer(body)) << body;
    EXPECT_EQ(read_config_answer("[]")->revision, 0);
    EXPECT_EQ(read_config_answer(R"([{"revision":7,"settings":{"ä":1.50}}])")->settings, R"({"ä":1.5})");
}

}  // namespace
}  // namespace chairside
