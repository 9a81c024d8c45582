// What a kill or a full disk may do to the store: nothing that was acknowledged is lost, nothing is half
// there.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <map>
#include <random>

#include "store/raw_sql_test_support.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"

namespace chairside {
namespace {

using namespace store_test;

struct Ack {
    std::uint64_t event = 0;
    int revision = 0;
};

// Opens and closes services until it is killed; tells of each write once the store has confirmed it.
[[noreturn]] void write_until_killed(const TempFolder& folder, std::uint64_t first, int pipe) {
    auto store = Store::open(folder.options());
    if (!store) _exit(3);
    for (std::uint64_t number = first;; ++number) {
        Event event = event_of(number, static_cast<double>(number));
        OpenSession session = session_of(static_cast<std::int64_t>(number));
        session.event = event.id;
        for (int revision = 1; revision <= 2; ++revision) {
            Store::Batch batch{{event}, {session}, {}};
            if (revision == 2) batch = {{closed(event)}, {}, {{session.camera, session.session}}};
            if (!(*store)->write(batch)) _exit(4);
            const Ack ack{number, revision};
            if (write(pipe, &ack, sizeof ack) != sizeof ack) _exit(5);
        }
        if (number % 8 == 0 && !(*store)->touch({session})) _exit(6);
    }
}

// Starts a writer, kills it after so many acknowledgements and a moment more; gives all that were
// acknowledged.
std::vector<Ack> run_and_kill(const TempFolder& folder, std::uint64_t first, std::mt19937& random) {
    int ends[2];
    if (pipe(ends) != 0) return {};
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        write_until_killed(folder, first, ends[1]);
    }
    close(ends[1]);
    std::vector<Ack> acks;
    const auto take_ack = [&] {
        Ack ack;
        const bool more = read(ends[0], &ack, sizeof ack) == sizeof ack;
        if (more) acks.push_back(ack);
        return more;
    };
    for (std::size_t wanted = random() % 40; wanted > 0 && take_ack(); --wanted) {
    }
    const auto moment = std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 3000);
    while (std::chrono::steady_clock::now() < moment) {
    }
    kill(child, SIGKILL);
    while (take_ack()) {
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself, status " << status;
    return acks;
}

// Returns the largest event number seen.
std::uint64_t verify(const TempFolder& folder, const std::map<std::uint64_t, int>& acknowledged) {
    const auto opened = Store::open(folder.options());
    EXPECT_TRUE(opened) << opened.error().message;
    if (!opened) return 0;
    const Store& store = **opened;
    EXPECT_FALSE(store.set_aside());
    std::map<EventId, std::vector<int>> revisions;
    for (const auto& row : take(store.outbox(-1)))
        revisions[row.event].push_back(row.revision);
    std::map<EventId, bool> in_session;
    for (const auto& session : take(store.open_sessions()))
        in_session[*session.event] = true;

    std::map<EventId, int> stored;
    std::uint64_t largest = 0;
    for (const auto& [event, branch, device, boot] : take(store.events({}))) {
        stored[event.id] = event.revision;
        largest = std::max(largest, static_cast<std::uint64_t>(event.person.value));
        const bool open = event.state == EventState::kOpen;
        const std::vector<int> expected = open ? std::vector{1} : std::vector{1, 2};
        EXPECT_EQ(revisions[event.id], expected) << "event and outbox row come together";
        EXPECT_EQ(in_session.count(event.id) == 1, open) << "event and session come together";
    }
    EXPECT_EQ(revisions.size(), stored.size());
    for (const auto& [number, revision] : acknowledged) {
        EXPECT_GE(stored[id_of(number)], revision) << "acknowledged, then lost: event " << number;
    }
    return largest;
}

TEST(StoreCrash, KilledAtAnyMomentNothingAcknowledgedIsLostOrDoubled) {
    const TempFolder folder;
    std::mt19937 random(20261122);
    std::map<std::uint64_t, int> acknowledged;
    std::uint64_t next = 1;
    for (int round = 0; round < 30 && !HasFailure(); ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        for (const Ack& ack : run_and_kill(folder, next, random)) {
            int& revision = acknowledged[ack.event];
            revision = std::max(revision, ack.revision);
        }
        next = verify(folder, acknowledged) + 1;
        EXPECT_EQ(raw(folder.file(), "PRAGMA integrity_check"), "ok");
    }
    EXPECT_GT(acknowledged.size(), 100u) << "the rounds did some work";
}

std::vector<Event> ten_events(int batch) {
    std::vector<Event> out;
    for (int i = 0; i < 10; ++i)
        out.push_back(closed(event_of(static_cast<std::uint64_t>(batch * 10 + i + 1))));
    return out;
}

TEST(StoreFull, FullStoreGivesAnErrorStoresNothingHalfAndRecovers) {
    const TempFolder folder;
    StoreOptions options = folder.options();
    options.max_bytes = 400'000;
    auto store = Store::open(options).value();
    int stored = 0;
    Result<void> done;
    while ((done = store->write({ten_events(stored), {}, {}})) && stored < 1000)
        ++stored;
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::kIo);
    EXPECT_NE(done.error().message.find("full"), std::string::npos) << done.error().message;
    EXPECT_GT(stored, 10);
    EXPECT_EQ(store->events({}).value().size(), static_cast<std::size_t>(stored) * 10);
    EXPECT_EQ(store->outbox_size().value(), stored * 10);

    std::vector<std::int64_t> sequences;
    for (const auto& row : take(store->outbox(-1)))
        sequences.push_back(row.sequence);
    ASSERT_TRUE(store->acknowledge(sequences));
    EXPECT_TRUE(store->write({ten_events(stored), {}, {}})) << "room again: the same batch goes in";
    EXPECT_EQ(store->outbox_size().value(), 10);
}

TEST(StoreFull, SystemThatRefusesToWriteLosesOnlyWhatWasRefused) {
    const TempFolder folder;
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        auto store = Store::open(folder.options()).value();
        signal(SIGXFSZ, SIG_IGN);  // so that the write fails, as on a full disk
        const rlimit limit{300'000, 300'000};
        setrlimit(RLIMIT_FSIZE, &limit);
        int stored = 0;
        Result<void> done;
        while ((done = store->write({ten_events(stored), {}, {}})) && stored < 1000)
            ++stored;
        const bool as_expected = !done && done.error().kind == ErrorKind::kIo &&
                                 store->events({}).value().size() == static_cast<std::size_t>(stored) * 10;
        if (write(ends[1], &stored, sizeof stored) != sizeof stored) _exit(2);
        _exit(as_expected ? 0 : 1);
    }
    close(ends[1]);
    int stored = 0, status = 0;
    ASSERT_EQ(read(ends[0], &stored, sizeof stored), static_cast<ssize_t>(sizeof stored));
    close(ends[0]);
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_GT(stored, 0);

    auto store = Store::open(folder.options()).value();
    EXPECT_FALSE(store->set_aside());
    EXPECT_EQ(store->events({}).value().size(), static_cast<std::size_t>(stored) * 10);
    EXPECT_EQ(store->outbox_size().value(), stored * 10);
    EXPECT_TRUE(store->write({ten_events(stored), {}, {}})) << "the refused batch goes in later";
}

}  // namespace
}  // namespace chairside
