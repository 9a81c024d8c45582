// A service without cameras, for the kill test and the benchmark: writes events into a store and sends them.
//
//   sync_worker fill STORE COUNT FIRST               writes events FIRST…, each of one revision, in large transactions
//   sync_worker work STORE URL PASSWORD FIRST [CLOCK]  writes events FIRST… one by one, each of three revisions, and
//                                                    sends them, until it is killed. CLOCK: so many seconds off
//   sync_worker drain STORE URL PASSWORD SECONDS     sends until nothing waits
//   sync_worker list STORE                           every event of the store: id, revision
// Prints on fill and drain: rows, seconds, the largest resident size in KB, and seconds of processor time.

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "store/store.hpp"
#include "sync/supabase_sync.hpp"

namespace {

using namespace chairside;
using namespace std::chrono_literals;

constexpr char kBranch[] = "TEST", kDevice[] = "test-pc";

int fail_with(const Error& error) {
    std::fprintf(stderr, "sync_worker: %s\n", error.message.c_str());
    return 1;
}

Event event_of(std::int64_t number, EventIdSource& ids, WallTime now) {
    Event event;
    event.id = ids.next(now);
    event.camera = "cam-1";
    event.zone = "chair " + std::to_string(number % 8);
    event.type = number % 3 == 0 ? ZoneType::kWait : ZoneType::kChair;
    event.person = {number};
    event.start = now;
    event.end = now + 120s;
    event.dwell = 120s;
    event.confidence = 0.875;
    event.metadata = {{"end", "left"}, {"note", "bench"}};
    return event;
}

Event next_revision(Event event) {
    ++event.revision;
    event.state = EventState::kClosed;
    return event;
}

SupabaseAccess access(const char* url, const char* password) {
    return {url, "sb_publishable_stub", "pc@devices.example", password, kBranch, kDevice};
}

void report(const char* what, std::int64_t rows, std::chrono::steady_clock::time_point began) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    std::printf("%s %lld %.3f %ld %.3f\n", what, static_cast<long long>(rows), took.count(), usage.ru_maxrss,
                seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

int fill(Store& store, std::int64_t count, std::int64_t first) {
    constexpr std::int64_t kPerTransaction = 500;
    const auto ids = make_random_id_source();
    const SystemClock clock;
    const auto began = std::chrono::steady_clock::now();
    for (std::int64_t done = 0; done < count;) {
        Store::Batch batch;
        for (; done < count && static_cast<std::int64_t>(batch.events.size()) < kPerTransaction; ++done)
            batch.events.push_back(event_of(first + done, *ids, clock.wall_now()));
        if (auto written = store.write(batch); !written) return fail_with(written.error());
    }
    report("filled", count, began);
    return 0;
}

// A PC whose clock was set wrong.
class WrongClock final : public Clock {
  public:
    explicit WrongClock(double off_s) : off_(from_seconds(off_s)) {}
    MonoTime mono_now() const override { return system_.mono_now(); }
    WallTime wall_now() const override { return system_.wall_now() + off_; }

  private:
    const SystemClock system_;
    const Duration off_;
};

int work(Store& store, const SupabaseAccess& to, std::int64_t first, const Clock& clock) {
    SyncOptions options;
    options.access = to;
    options.start_delay = 0s;
    options.heartbeat_interval = 1s;
    SupabaseSync sync(store, clock, options, [] { return DeviceStatus{}; });
    const auto ids = make_random_id_source();
    for (std::int64_t number = first;; ++number) {
        Event event = event_of(number, *ids, clock.wall_now());
        for (int revision = 1; revision <= 3; ++revision, event = next_revision(event)) {
            if (auto written = store.write({{event}, {}, {}}); !written) return fail_with(written.error());
            // Told only once it is committed: what was told must arrive.
            std::printf("%s %d\n", event.id.to_string().c_str(), revision);
            std::fflush(stdout);
        }
        std::this_thread::sleep_for(2ms);
    }
}

int drain(Store& store, const SupabaseAccess& to, double seconds) {
    const SystemClock clock;
    const auto began = std::chrono::steady_clock::now();
    std::int64_t sent = 0;
    for (;;) {
        std::int64_t run = 0;
        const auto done = send_all(store, clock, to, [&](const SyncState& s, std::int64_t) {
            run = s.sent;
            return true;
        });
        sent += run;
        if (done) break;
        if (std::chrono::steady_clock::now() - began > std::chrono::duration<double>(seconds))
            return fail_with(done.error());
        std::this_thread::sleep_for(50ms);
    }
    report("drained", sent, began);
    return 0;
}

int list(const Store& store) {
    const auto events = store.events({});
    if (!events) return fail_with(events.error());
    for (const auto& stored : *events)
        std::printf("%s %d\n", stored.event.id.to_string().c_str(), stored.event.revision);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const bool known = (what == "fill" && argc == 5) || (what == "work" && (argc == 6 || argc == 7)) ||
                       (what == "drain" && argc == 6) || (what == "list" && argc == 3);
    if (!known) {
        std::fprintf(stderr, "usage: see the head of tests/sync/sync_worker.cpp\n");
        return 2;
    }
    LogOptions quiet;
    quiet.level = LogLevel::kError;
    (void)init_log(quiet);
    const WrongClock clock(what == "work" && argc == 7 ? std::atof(argv[6]) : 0);
    StoreOptions options;
    options.clock = &clock;
    options.path = argv[2];
    options.branch = kBranch;
    options.device = kDevice;
    auto store = Store::open(options);
    if (!store) return fail_with(store.error());
    if (what == "fill") return fill(**store, std::atoll(argv[3]), std::atoll(argv[4]));
    if (what == "work") return work(**store, access(argv[3], argv[4]), std::atoll(argv[5]), clock);
    if (what == "drain") return drain(**store, access(argv[3], argv[4]), std::atof(argv[5]));
    return list(**store);
}
