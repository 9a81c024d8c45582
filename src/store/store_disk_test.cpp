// A disk that is full, that fails, or that loses its power at any single change: the store opens, is sound, has all that
// it confirmed, once, and nothing that nobody wrote.

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <set>

#include "store/faulty_disk_test_support.hpp"
#include "store/raw_sql_test_support.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"

namespace chairside {
namespace {

using namespace store_test;
using testing::DiskFault;
using testing::DiskLeft;
using testing::FaultyDisk;

// What the store has said yes to.
struct Promises {
    std::map<EventId, int> revisions;          // of events
    std::set<std::pair<EventId, int>> queued;  // outbox rows that nobody was told have gone
    std::set<std::pair<EventId, int>> dead;    // … of these those that were buried
    std::string value;                         // of the key "k"
    int gaps = 0, config = 0;
};

// A day of a service in small: all kinds of writes, two stops and starts.
class Day {
  public:
    explicit Day(const TempFolder& folder) : folder_(folder) {}

    // Called whenever something was confirmed.
    std::function<void(const Promises&)> confirmed = [](const Promises&) {};
    // How often a step may fail in a row before the day is given up.
    int tries = 1;
    int failures = 0;
    Promises promises;

    // False: a step kept failing.
    bool run() {
        const Event one = event_of(1), two = event_of(2), three = event_of(3), four = event_of(4);
        const bool done =
            opens() && writes({one, two}) && writes({closed(one)}) && writes({three}) && delivers(2) &&
            buries() &&
            step([&] { return store_->set_value("k", "first"); }, [&] { promises.value = "first"; }) &&
            restarts() && revives() && writes({closed(two), four}) && begins_gap() && delivers(1) &&
            step([&] { return store_->keep_config(1, "{}"); }, [&] { promises.config = 1; }) && restarts() &&
            writes({closed(three)}) &&
            step([&] { return store_->set_value("k", "second"); }, [&] { promises.value = "second"; });
        return done;
    }
    void stop() { store_.reset(); }
    Store& store() { return *store_; }

  private:
    bool step(const std::function<Result<void>()>& f, const std::function<void()>& then) {
        for (int turn = 0; turn < tries; ++turn) {
            if (f()) {
                then();
                confirmed(promises);
                return true;
            }
            ++failures;
        }
        return false;
    }
    bool opens() {
        return step(
            [&]() -> Result<void> {
                auto store = Store::open(folder_.options());
                if (!store) return tl::unexpected(store.error());
                EXPECT_FALSE((*store)->set_aside()) << "a disk that fails is not a damaged store";
                store_ = std::move(*store);
                return {};
            },
            [] {});
    }
    bool restarts() {
        store_.reset();
        return opens();
    }
    bool writes(const std::vector<Event>& events) {
        Store::Batch batch{events, {}, {}};
        for (const Event& event : events) {
            OpenSession session = session_of(event.person.value);
            session.event = event.id;
            if (event.state == EventState::kOpen)
                batch.sessions.push_back(session);
            else
                batch.ended.emplace_back(session.camera, session.session);
        }
        return step([&] { return store_->write(batch); },
                    [&] {
                        for (const Event& event : events) {
                            promises.revisions[event.id] = event.revision;
                            promises.queued.emplace(event.id, event.revision);
                        }
                    });
    }
    bool delivers(std::size_t rows) {
        std::vector<OutboxRow> batch;
        return step(
            [&]() -> Result<void> {
                auto found = store_->outbox_batch(rows, 1 << 20);
                if (!found) return tl::unexpected(found.error());
                batch = std::move(*found);
                // From the call on it may be gone, whatever the answer.
                for (const OutboxRow& row : batch)
                    std::erase_if(promises.queued, [&](const auto& q) {
                        return q.first == row.event && q.second <= row.revision;
                    });
                return store_->delivered(batch);
            },
            [] {});
    }
    bool buries() {
        return step(
            [&]() -> Result<void> {
                const auto rows = store_->outbox(1);
                if (!rows) return tl::unexpected(rows.error());
                if (rows->empty()) return {};
                auto done = store_->bury(rows->front(), {"refused", 400, "23514"});
                if (done) promises.dead.emplace(rows->front().event, rows->front().revision);
                return done;
            },
            [] {});
    }
    bool revives() {
        return step(
            [&]() -> Result<void> {
                const auto revived = store_->revive({});
                if (!revived) return tl::unexpected(revived.error());
                return {};
            },
            [&] { promises.dead.clear(); });
    }
    bool begins_gap() {
        return step(
            [&]() -> Result<void> {
                const auto gap = store_->begin_gap("cam-1", at(5), "offline");
                if (!gap) return tl::unexpected(gap.error());
                return {};
            },
            [&] { promises.gaps = 1; });
    }

    const TempFolder& folder_;
    std::unique_ptr<Store> store_;
};

void expect_kept(Store& store, const Promises& promised) {
    std::map<EventId, int> stored;
    for (const auto& event : take(store.events({})))
        stored[event.event.id] = event.event.revision;
    for (const auto& [id, revision] : promised.revisions)
        EXPECT_GE(stored[id], revision) << "confirmed, then lost: " << id.to_string();
    for (const auto& [id, revision] : stored)
        EXPECT_LE(revision, 2) << "nobody wrote this";
    EXPECT_LE(stored.size(), 4u);

    std::set<std::pair<EventId, int>> queued;
    for (const auto& row : take(store.outbox(-1)))
        EXPECT_TRUE(queued.emplace(row.event, row.revision).second) << "twice in the outbox";
    for (const auto& letter : take(store.dead_letters(-1)))
        EXPECT_TRUE(queued.emplace(letter.row.event, letter.row.revision).second) << "queued and dead";
    for (const auto& row : promised.queued)
        EXPECT_TRUE(queued.contains(row))
            << "the server never gets " << row.first.to_string() << " " << row.second;
    const OutboxState state = store.outbox_state().value();
    EXPECT_EQ(state.written, state.acknowledged + state.superseded + state.queued + state.dead);
    EXPECT_EQ(state.queued, store.outbox_size().value());

    std::set<EventId> open;
    for (const auto& session : take(store.open_sessions()))
        open.insert(*session.event);
    for (const auto& event : take(store.events({})))
        EXPECT_EQ(open.contains(event.event.id), event.event.state == EventState::kOpen)
            << "a session without its event";
    if (!promised.value.empty()) {
        const std::string value = store.value("k").value_or("none");
        EXPECT_TRUE(value == promised.value || value == "second") << value;
    }
    EXPECT_GE(static_cast<int>(take(store.gaps(at(-1e6), at(1e6))).size()), promised.gaps);
    if (promised.config > 0) {
        EXPECT_TRUE(store.newest_config().value());
    }
}

// What a power cut left: opened as the service would, and written to.
void expect_sound(const TempFolder& folder, const Promises& promised) {
    {
        auto opened = Store::open(folder.options());
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_FALSE((*opened)->set_aside());
        expect_kept(**opened, promised);
        EXPECT_TRUE((*opened)->write({{event_of(9)}, {}, {}}));
    }
    EXPECT_EQ(raw(folder.file(), "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(raw(folder.file(), "PRAGMA foreign_key_check"), "");
}

class DiskOfTheStore : public ::testing::Test {
  protected:
    FaultyDisk disk;
};

TEST_F(DiskOfTheStore, APowerCutAtAnyMomentLosesNothingThatWasConfirmed) {
    const TempFolder folder;
    Day day(folder);
    std::map<std::int64_t, Promises> promised{{0, {}}};
    day.confirmed = [&](const Promises& promises) { promised[disk.changes()] = promises; };
    ASSERT_TRUE(day.run());
    const std::int64_t changes = disk.changes();
    disk.record(false);
    EXPECT_GT(changes, 150);
    constexpr DiskLeft kLeft[] = {DiskLeft::kSynced, DiskLeft::kSectors512, DiskLeft::kTorn,
                                  DiskLeft::kSectors4096, DiskLeft::kAll};
    for (std::int64_t after = 0; after <= changes && !HasFailure(); ++after) {
        // All that is lost at every moment; the others in turns.
        for (const DiskLeft left : {DiskLeft::kSynced, kLeft[1 + after % 4]}) {
            SCOPED_TRACE("after change " + std::to_string(after) + " of " + std::to_string(changes) +
                         ", left " + std::to_string(static_cast<int>(left)));
            const TempFolder rest;
            disk.power_cut(folder.path(), rest.path(), after, left, static_cast<unsigned>(after));
            expect_sound(rest, std::prev(promised.upper_bound(after))->second);
        }
    }
    day.stop();
}

class AnyChange : public DiskOfTheStore, public ::testing::WithParamInterface<bool> {
  protected:
    // ENOSPC or EIO; every second time half of a write gets through.
    static DiskFault fault(std::int64_t at) {
        if (GetParam()) return at % 2 == 0 ? DiskFault::kFull : DiskFault::kFullShort;
        return at % 2 == 0 ? DiskFault::kIo : DiskFault::kIoShort;
    }
};

TEST_P(AnyChange, ThatFailsIsAnErrorAndTheSameAgainSucceeds) {
    constexpr std::array kNames{"write", "truncation", "sync", "deletion"};
    bool reached = true;
    int failures = 0;
    for (std::int64_t at = 1; reached && !HasFailure(); ++at) {
        // One change, or a disk that stays so for some.
        const std::int64_t long_for = at % 3 == 0 ? 7 : 1;
        std::string what;
        const TempFolder folder;
        disk.clear();
        disk.record(true);
        reached = false;
        disk.fail_when([&](const FaultyDisk::Change& change) {
            const bool now = change.number >= at && change.number < at + long_for;
            if (now && !reached)
                what = kNames.at(static_cast<std::size_t>(change.kind)) + (" of " + change.file);
            reached = reached || now;
            return now ? fault(at) : DiskFault::kNone;
        });
        Day day(folder);
        day.tries = 12;
        ASSERT_TRUE(day.run());
        SCOPED_TRACE("change " + std::to_string(at) + ", " + what);
        failures += day.failures;
        expect_kept(day.store(), day.promises);
        EXPECT_EQ(day.store().outbox_state().value().written, 7) << "nothing was queued twice";
        // What a failed sync left behind must not be taken for safe.
        const TempFolder rest;
        disk.power_cut(folder.path(), rest.path(), disk.changes(), DiskLeft::kSynced, 1);
        disk.record(false);
        expect_sound(rest, day.promises);
        day.stop();
        EXPECT_EQ(raw(folder.file(), "PRAGMA integrity_check"), "ok");
    }
    EXPECT_GT(failures, 100) << "the faults were felt";
    disk.fail_when(nullptr);
}

INSTANTIATE_TEST_SUITE_P(Disk, AnyChange, ::testing::Bool(),
                         [](const auto& full) { return std::string(full.param ? "Full" : "Failing"); });

}  // namespace
}  // namespace chairside
