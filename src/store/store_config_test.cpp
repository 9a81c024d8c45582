// A manager's revisions in the store: which one is wanted, which one runs, and that it outlives a restart.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/raw_sql_test_support.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"

namespace chairside {
namespace {

using namespace store_test;
using State = ConfigRevision::State;

std::unique_ptr<Store> open(const TempFolder& folder, const std::string& branch = "DEMO") {
    StoreOptions options = folder.options();
    options.branch = branch;
    return take(Store::open(options));
}

TEST(StoreConfig, TheNewestRunsOnceItIsTakenUpAndOutlivesARestart) {
    const TempFolder folder;
    {
        const auto store = open(folder);
        EXPECT_FALSE(store->newest_config().value());
        EXPECT_FALSE(store->running_config().value());
        ASSERT_TRUE(store->keep_config(3, "{\"a\":1}"));
        EXPECT_EQ(store->newest_config().value()->state, State::kNew);
        ASSERT_TRUE(store->config_runs(3));
        ASSERT_TRUE(store->keep_config(4, "{\"b\":1}"));
        ASSERT_TRUE(store->config_refused(4, "no camera fits"));
    }
    const auto store = open(folder);
    EXPECT_EQ(store->running_config().value()->revision, 3);
    EXPECT_EQ(store->running_config().value()->settings, "{\"a\":1}");
    const auto newest = store->newest_config().value();
    EXPECT_EQ(newest->revision, 4);
    EXPECT_EQ(newest->state, State::kRefused);
    EXPECT_EQ(newest->error, "no camera fits");
    ASSERT_TRUE(store->config_runs(4)) << "the device's file was put right";
    EXPECT_EQ(store->running_config().value()->revision, 4);
    EXPECT_EQ(store->running_config().value()->error, "");
    EXPECT_EQ(raw(folder.file(), "SELECT state FROM config_revisions WHERE revision = 3"), "replaced");
}

TEST(StoreConfig, FetchedAgainItKeepsWhatWasDecided) {
    const TempFolder folder;
    const auto store = open(folder);
    ASSERT_TRUE(store->keep_config(1, "{}"));
    ASSERT_TRUE(store->config_runs(1));
    ASSERT_TRUE(store->keep_config(1, "{}"));
    EXPECT_EQ(store->newest_config().value()->state, State::kRuns);
    ASSERT_TRUE(store->keep_config(2, "{\"x\":1}"));
    ASSERT_TRUE(store->config_refused(2, "x"));
    ASSERT_TRUE(store->keep_config(2, "{\"x\":1}"));
    EXPECT_EQ(store->newest_config().value()->state, State::kRefused);
}

TEST(StoreConfig, AProjectMadeAnewBeginsAtOneAgain) {
    const TempFolder folder;
    const auto store = open(folder);
    ASSERT_TRUE(store->keep_config(1, "{\"old\":1}"));
    ASSERT_TRUE(store->config_runs(1));
    ASSERT_TRUE(store->keep_config(7, "{}"));
    ASSERT_TRUE(store->config_runs(7));
    ASSERT_TRUE(store->keep_config(1, "{\"new\":1}"));
    EXPECT_EQ(store->newest_config().value()->revision, 1);
    EXPECT_EQ(store->newest_config().value()->state, State::kNew);
    EXPECT_EQ(store->running_config().value()->revision, 7) << "until the new one is taken up";
    ASSERT_TRUE(store->config_runs(1));
    EXPECT_EQ(store->running_config().value()->settings, "{\"new\":1}");
    ASSERT_TRUE(store->keep_config(7, "{}"));
    EXPECT_EQ(store->newest_config().value()->state, State::kNew) << "what was replaced may be wanted again";
}

TEST(StoreConfig, ABranchDoesNotSeeAnothersSettings) {
    const TempFolder folder;
    {
        const auto store = open(folder);
        ASSERT_TRUE(store->keep_config(9, "{}"));
        ASSERT_TRUE(store->config_runs(9));
    }
    const auto moved = open(folder, "OTHER");
    EXPECT_FALSE(moved->newest_config().value());
    EXPECT_FALSE(moved->running_config().value());
    ASSERT_TRUE(moved->keep_config(1, "{}"));
    EXPECT_EQ(moved->newest_config().value()->revision, 1);
}

TEST(StoreConfig, OldOnesGoButNeverTheOneThatRuns) {
    const TempFolder folder;
    const auto store = open(folder);
    for (int revision = 1; revision <= 70; ++revision) {
        ASSERT_TRUE(store->keep_config(revision, "{\"n\":" + std::to_string(revision) + "}"));
        if (revision == 2) {
            ASSERT_TRUE(store->config_runs(revision));
        }
    }
    EXPECT_EQ(raw(folder.file(), "SELECT count(*) FROM config_revisions"), "51");
    EXPECT_EQ(store->running_config().value()->revision, 2);
    EXPECT_EQ(store->newest_config().value()->revision, 70);
}

TEST(StoreConfig, WhatNoCentreGivesIsRefused) {
    const TempFolder folder;
    const auto store = open(folder);
    EXPECT_FALSE(store->keep_config(0, "{}"));
    EXPECT_FALSE(store->keep_config(1, ""));
    EXPECT_FALSE(store->newest_config().value());
}

}  // namespace
}  // namespace chairside
