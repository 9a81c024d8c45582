// The outbox from an event's commit to the server's answer: order, revisions, dead letters, room, and that every
// row is accounted for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include "store/raw_sql_test_support.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"
#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using namespace store_test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<Store> open(const TempFolder& folder, std::int64_t max_bytes = 0,
                            const Clock* clock = nullptr) {
    StoreOptions options = folder.options();
    options.clock = clock;
    options.max_bytes = max_bytes;
    return take(Store::open(options));
}

std::vector<int> sequences(const std::vector<OutboxRow>& rows) {
    std::vector<int> out;
    for (const auto& row : rows)
        out.push_back(static_cast<int>(row.sequence));
    return out;
}

std::int64_t dropped_rows(const OutboxState& state) {
    std::int64_t sum = 0;
    for (const auto& [what, rows] : state.dropped)
        if (what != "history") sum += rows;
    return sum;
}

// What is counted and what lies in the tables agree, and nothing is missing.
void expect_conserved(const TempFolder& folder, const Store& store) {
    const OutboxState state = store.outbox_state().value();
    EXPECT_EQ(std::to_string(state.queued), raw(folder.file(), "SELECT count(*) FROM outbox"));
    EXPECT_EQ(std::to_string(state.dead), raw(folder.file(), "SELECT count(*) FROM dead_letter"));
    EXPECT_EQ(state.written,
              state.acknowledged + state.superseded + state.queued + state.dead + dropped_rows(state));
}

TEST(Outbox, ABatchHoldsTheNewestRevisionOfEachEventInOrder) {
    const TempFolder folder;
    const auto store = open(folder);
    const Event first = event_of(1), second = event_of(2), third = event_of(3);
    ASSERT_TRUE(store->write({{first, second, third}, {}, {}}));  // rows 1 2 3
    ASSERT_TRUE(store->write({{closed(first)}, {}, {}}));         // row 4 takes the place of row 1
    EXPECT_THAT(sequences(take(store->outbox_batch(10, 1 << 20))), ElementsAre(2, 3, 4));
    EXPECT_THAT(sequences(take(store->outbox_batch(2, 1 << 20))), ElementsAre(2, 3));
    EXPECT_THAT(sequences(take(store->outbox_batch(2, 1 << 20, Store::End::kNewest))), ElementsAre(4, 3));
    EXPECT_THAT(sequences(take(store->outbox_batch(10, 1))), ElementsAre(2)) << "one row at least";
    const auto bytes = take(store->outbox_batch(1, 1))[0].body.size();
    EXPECT_THAT(sequences(take(store->outbox_batch(10, 2 * (bytes + 1)))), ElementsAre(2, 3));
}

TEST(Outbox, DeliveryTakesOlderRevisionsAlongButNotNewerOnes) {
    const TempFolder folder;
    const auto store = open(folder);
    const Event event = event_of(1);
    ASSERT_TRUE(store->write({{event}, {}, {}}));
    Event second = closed(event);
    ASSERT_TRUE(store->write({{second}, {}, {}}));
    const auto batch = take(store->outbox_batch(10, 1 << 20));
    second.revision = 3;
    ASSERT_TRUE(store->write({{second}, {}, {}}));  // while the batch is under way
    ASSERT_TRUE(store->delivered(batch));
    EXPECT_THAT(sequences(take(store->outbox(-1))), ElementsAre(3));
    ASSERT_TRUE(store->delivered(batch)) << "a second answer changes nothing";
    const auto state = store->outbox_state().value();
    EXPECT_EQ(state.acknowledged, 1);
    EXPECT_EQ(state.superseded, 1);
    expect_conserved(folder, *store);
}

TEST(Outbox, ADeadLetterKeepsItsBodyAndComesBackToItsPlace) {
    const TempFolder folder;
    const auto store = open(folder);
    ASSERT_TRUE(store->write({{event_of(1), event_of(2)}, {}, {}}));
    const auto row = take(store->outbox(1))[0];
    ASSERT_TRUE(store->bury(row, {"the server refuses it", 400, "23514"}));
    ASSERT_TRUE(store->bury(row, {"again", 400, "23514"})) << "it is there already";
    const auto dead = take(store->dead_letters(-1));
    ASSERT_EQ(dead.size(), 1u);
    EXPECT_EQ(dead[0].row.body, row.body);
    EXPECT_EQ(dead[0].row.event, row.event);
    EXPECT_EQ(dead[0].why.reason, "the server refuses it");
    EXPECT_EQ(dead[0].why.http, 400);
    EXPECT_EQ(dead[0].why.sqlstate, "23514");
    EXPECT_THAT(sequences(take(store->outbox(-1))), ElementsAre(2));
    expect_conserved(folder, *store);

    EXPECT_EQ(store->revive({99}).value(), 0);
    EXPECT_EQ(store->revive({row.sequence}).value(), 1);
    EXPECT_THAT(sequences(take(store->outbox(-1))), ElementsAre(1, 2));
    expect_conserved(folder, *store);
    for (const auto& each : take(store->outbox(-1)))
        ASSERT_TRUE(store->bury(each, {"", 0, ""}));
    EXPECT_EQ(store->revive({}).value(), 2);
    EXPECT_THAT(take(store->dead_letters(-1)), IsEmpty());
}

TEST(Outbox, AnEventWithADeadLetterIsKeptPastItsTime) {
    const TempFolder folder;
    const auto store = open(folder);
    ASSERT_TRUE(store->write({{closed(event_of(1)), closed(event_of(2))}, {}, {}}));
    const auto rows = take(store->outbox(-1));
    ASSERT_TRUE(store->bury(rows[0], {"refused", 400, ""}));
    ASSERT_TRUE(store->delivered({rows[1]}));
    ASSERT_TRUE(store->remove_older_than(at(1e6)));
    EXPECT_TRUE(store->event(rows[0].event).value());
    EXPECT_FALSE(store->event(rows[1].event).value());
    EXPECT_EQ(store->revive({}).value(), 1);
}

TEST(Outbox, GapsAreSentAtTheirStartAndAtTheirEnd) {
    const TempFolder folder;
    const auto store = open(folder);
    const auto first = store->begin_gap("cam-1", at(0), "offline").value();
    const auto second = store->begin_gap("cam-2", at(5), "crash").value();
    auto unsent = take(store->unsent_gaps(10));
    ASSERT_EQ(unsent.size(), 2u);
    ASSERT_TRUE(store->end_gap(second, at(9)));  // while they are under way
    ASSERT_TRUE(store->gaps_sent(unsent));
    unsent = take(store->unsent_gaps(10));
    ASSERT_EQ(unsent.size(), 1u);
    EXPECT_EQ(unsent[0].id, second);
    ASSERT_TRUE(store->gaps_sent(unsent));
    EXPECT_THAT(take(store->unsent_gaps(10)), IsEmpty());
    ASSERT_TRUE(store->end_gap(first, at(20)));
    EXPECT_EQ(take(store->unsent_gaps(10)).at(0).id, first);
}

TEST(Outbox, TheStoreCanBeMadePrivate) {
    const TempFolder folder;
    const auto store = open(folder);
    ASSERT_TRUE(store->make_private());
    struct stat info {};
    ASSERT_EQ(::stat(folder.file().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
}

// ---- Room

// Fills the store with closed events of all kinds until it takes no more; returns how many.
int fill(Store& store, int from = 1) {
    int number = from;
    for (;; ++number) {
        Event event = closed(event_of(static_cast<std::uint64_t>(number), number));
        event.type = std::array{ZoneType::kChair, ZoneType::kWash, ZoneType::kWait}[number % 3];
        if (number % 10 == 0) event.verdict = Verdict::kRejected;
        if (number % 10 == 5) event.verdict = Verdict::kReview;
        if (!store.write({{event}, {}, {}})) return number - from;
    }
}

TEST(StoreRoom, NothingGoesWhileThereIsRoom) {
    const TempFolder folder;
    const auto store = open(folder, 1 << 20);
    ASSERT_TRUE(store->write({{event_of(1), closed(event_of(2))}, {}, {}}));
    EXPECT_THAT(take(store->make_room()), IsEmpty());
    EXPECT_EQ(store->outbox_size().value(), 2);
}

TEST(StoreRoom, TheLeastValuableGoesFirstAndIsCountedByName) {
    const TempFolder folder;
    const auto store = open(folder, 512 << 10);
    const int filled = fill(*store);
    ASSERT_GT(filled, 200);
    const auto losses = take(store->make_room());
    ASSERT_FALSE(losses.empty());
    EXPECT_EQ(losses[0].what, "rejected");
    EXPECT_EQ(losses[0].rows, filled / 10);
    EXPECT_EQ(losses[0].first, at(10));
    const auto state = store->outbox_state().value();
    for (const auto& loss : losses) {
        EXPECT_EQ(state.dropped.at(loss.what), loss.rows);
        EXPECT_THAT(loss.what, ::testing::AnyOf("rejected", "review", "waits")) << "haircuts go last";
    }
    expect_conserved(folder, *store);
    EXPECT_GT(fill(*store, filled + 1), 0) << "there is room for new services";
}

TEST(StoreRoom, WhatTheServerHasGoesBeforeWhatItLacksAndTheOpenStays) {
    const TempFolder folder;
    const testing::ManualClock months_later(at(0).time_since_epoch() + std::chrono::hours(24 * 90));
    const auto store = open(folder, 512 << 10, &months_later);
    ASSERT_TRUE(store->write({{event_of(100'000)}, {}, {}}));  // open
    const int filled = fill(*store);
    std::vector<std::int64_t> sent;
    for (const auto& row : take(store->outbox(filled / 2 + 1)))
        sent.push_back(row.sequence);
    ASSERT_TRUE(store->acknowledge(sent));
    fill(*store, filled + 1);
    const auto losses = take(store->make_room());
    ASSERT_EQ(losses.size(), 1u) << losses.back().what;
    EXPECT_EQ(losses[0].what, "history");
    EXPECT_TRUE(store->event(event_of(100'000).id).value());
    expect_conserved(folder, *store);
}

TEST(StoreRoom, SupersededRowsGoWithoutALoss) {
    const TempFolder folder;
    const auto store = open(folder, 512 << 10);
    Event event = event_of(1);
    while (store->write({{event}, {}, {}}))
        ++event.revision;
    EXPECT_THAT(take(store->make_room()), IsEmpty());
    const auto state = store->outbox_state().value();
    EXPECT_GT(state.superseded, 100);
    EXPECT_THAT(state.dropped, IsEmpty());
    EXPECT_EQ(take(store->outbox_batch(10, 1 << 20)).at(0).revision, event.revision - 1);
    expect_conserved(folder, *store);
}

// ---- Every row is accounted for, whatever happens in whatever order

RC_GTEST_PROP(OutboxProperty, RowsAreConserved, ()) {
    const TempFolder folder;
    const auto store = open(folder, 256 << 10);
    std::map<std::uint64_t, Event> events;
    const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 6), rc::gen::inRange(1, 30)));
    for (const auto& [what, number] : steps) {
        const auto rows = take(store->outbox_batch(static_cast<std::size_t>(number), 1 << 20));
        const auto before = store->outbox_state().value();
        // A row that moves needs room, and the store may be full: then everything is as it was.
        const auto check = [&](const auto& moved) {
            if (moved) return;
            const auto after = store->outbox_state().value();
            RC_ASSERT(moved.error().kind == ErrorKind::kIo);
            RC_ASSERT(after.queued == before.queued);
            RC_ASSERT(after.dead == before.dead);
        };
        if (what <= 1) {
            auto [known, fresh] = events.try_emplace(static_cast<std::uint64_t>(number),
                                                     event_of(static_cast<std::uint64_t>(number)));
            if (!fresh) known->second = closed(known->second);
            known->second.metadata["note"] = std::string(static_cast<std::size_t>(number) * 200, 'x');
            (void)store->write({{known->second}, {}, {}});  // the store may be full
        } else if (what == 2) {
            RC_ASSERT(store->delivered(rows).has_value());
        } else if (what == 3 && !rows.empty()) {
            check(store->bury(rows.back(), {"refused", 400, "23514"}));
        } else if (what == 4) {
            check(store->revive(number % 2 == 0 ? std::vector<std::int64_t>{}
                                                : std::vector<std::int64_t>{number}));
        } else if (what == 5) {
            RC_ASSERT(store->make_room().has_value());
        }
        const auto state = store->outbox_state().value();
        RC_ASSERT(std::to_string(state.queued) == raw(folder.file(), "SELECT count(*) FROM outbox"));
        RC_ASSERT(state.written ==
                  state.acknowledged + state.superseded + state.queued + state.dead + dropped_rows(state));
    }
}

}  // namespace
}  // namespace chairside
