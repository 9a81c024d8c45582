// What waits for the owner's broker: in the same transaction as the event, each in its newest revision, until it is acknowledged.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/raw_sql_test_support.hpp"
#include "store/store_test_support.hpp"

namespace chairside {
namespace {

using namespace store_test;
using ::testing::HasSubstr;

std::unique_ptr<Store> open(const TempFolder& folder, bool to_broker) {
    StoreOptions options = folder.options();
    options.to_broker = to_broker;
    return std::move(Store::open(options).value());
}

TEST(StoreBroker, NothingWaitsWhereThereIsNoBroker) {
    const TempFolder folder;
    const auto store = open(folder, false);
    ASSERT_TRUE(store->write({{event_of(1)}, {}, {}}));
    EXPECT_EQ(store->broker_queue().value().waiting, 0);
}

TEST(StoreBroker, TheNewestRevisionWaitsOnceAndSurvivesARestart) {
    const TempFolder folder;
    {
        const auto store = open(folder, true);
        Event first = event_of(1), second = event_of(2, 60);
        ASSERT_TRUE(store->write({{first, second}, {}, {}}));
        first.revision = 2;
        first.state = EventState::kClosed;
        ASSERT_TRUE(store->write({{first}, {}, {}}));
        first.revision = 1;
        ASSERT_TRUE(store->write({{first}, {}, {}})) << "a repeat of the old one";
    }
    const auto store = open(folder, true);
    const auto rows = store->broker_batch(10).value();
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_THAT(rows[1].body, HasSubstr("\"revision\":2"));
    EXPECT_LT(rows[0].sequence, rows[1].sequence);
}

TEST(StoreBroker, WhatChangedWhileItWasSentIsSentAgain) {
    const TempFolder folder;
    const auto store = open(folder, true);
    Event event = event_of(1);
    ASSERT_TRUE(store->write({{event}, {}, {}}));
    const auto sent = store->broker_batch(10).value();
    ++event.revision;
    ASSERT_TRUE(store->write({{event}, {}, {}}));
    ASSERT_TRUE(store->broker_has({sent[0].sequence}));
    ASSERT_EQ(store->broker_queue().value().waiting, 1) << "the broker has an older one";
    ASSERT_TRUE(store->broker_has({store->broker_batch(1).value()[0].sequence}));
    EXPECT_EQ(store->broker_queue().value().waiting, 0);
}

TEST(StoreBroker, ARefusedWriteLeavesNothingWaiting) {
    const TempFolder folder;
    const auto store = open(folder, true);
    Event bad = event_of(2);
    bad.confidence = 7;
    EXPECT_FALSE(store->write({{event_of(1), bad}, {}, {}}));
    EXPECT_EQ(store->broker_queue().value().waiting, 0);
}

TEST(StoreBroker, AQueueThatNobodyEmptiesIsTrimmedFromItsOldEndAndCounted) {
    const TempFolder folder;
    {
        const auto store = open(folder, true);
        ASSERT_TRUE(store->write({{event_of(1), event_of(2, 60)}, {}, {}}));
    }
    // A hundred thousand more events are a matter of minutes; their rows in the queue are not.
    ASSERT_EQ(raw(folder.file(),
                  "UPDATE mqtt_outbox SET sequence = sequence + 1000000; INSERT INTO mqtt_outbox (sequence, "
                  "event, revision) "
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100005) "
                  "SELECT i, randomblob(16), 1 FROM n"),
              "");
    const auto store = open(folder, true);
    const std::int64_t gone = store->trim_broker_queue().value();
    EXPECT_EQ(gone, 100005) << "those whose event is gone, too";
    EXPECT_EQ(store->broker_queue().value().waiting, 2);
    EXPECT_EQ(store->broker_queue().value().given_up, gone);
}

}  // namespace
}  // namespace chairside
