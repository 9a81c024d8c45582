// What a fleet of devices does to a project after an outage: simulated, with the waits, the breaker and the batch sizes of
// src/sync/pacing.hpp, the order of sync_engine.cpp and the token rules of supabase_client.cpp; and, beside it, the same
// fleet without any randomness in its waits.
//
// usage: bench_fleet [--devices N…] [--outage project|power|revoked] [--hours H] [--seed S] [--cores C]
//
// The project: C cores, first come first served; a request that would wait for more than 10 s is answered 504 then, as
// by PostgREST's pool. A log-in is paid in a password hash. Supabase Auth gives each address a bucket of 30 token
// requests, refilled with 150 in 5 minutes; then 429. Work per request (below) is measured by bench/central and bench/sync,
// a password hash (bcrypt, cost 10) by hand. Three outages, over at time 0:
//   project   the project was down, the devices went on;
//   power     all PCs of a region start again within 20 s;
//   revoked   every session was ended at once (all users signed out): each device logs in anew.
// Prints a line per fleet and outage; the same seed gives the same lines.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "sync/pacing.hpp"

namespace chairside {
namespace {

// Of the project: seconds of one core.
constexpr double kLogin = 0.060, kRefresh = 0.008, kRefused = 0.001;
constexpr double kHeartbeat = 0.0020, kBatch = 0.0020, kRow = 0.00004;
constexpr double kPatience = 10, kRoundTrip = 0.05, kTokenLife = 3600;
constexpr double kBucket = 30, kRefill = 150.0 / 300;
// Of the device: config.hpp, supabase_client.cpp, sync_engine.cpp.
constexpr double kStartDelay = 60, kHeartbeatEvery = 30, kLook = 1, kRenewAgain = 60;
constexpr double kRenewFrom = 0.7, kRenewTo = 0.8;
constexpr double kRowsPerSecond = 300.0 / 36000;  // 150 events in two revisions in a day of ten hours
constexpr double kBootFrom = 30, kBootTo = 50;
constexpr int kBehindOneAddress = 1000;         // beyond that no chain has one line to the internet
constexpr double kBefore = 900, kAfter = 5400;  // simulated: that long before the outage ends, and after

enum class Outage { kProject, kPower, kRevoked };
constexpr std::array<const char*, 3> kNames{"project", "power", "revoked"};

struct Plan {
    Outage outage;
    int devices;
    bool jitter, one_address;
    double outage_s;
    int cores;
    std::uint64_t seed;
};

struct Device {
    Backoff backoff{std::chrono::seconds(1), std::chrono::minutes(5)};
    Breaker breaker;
    BatchSize batch;
    double heartbeat_at = 0, renew_at = 0, expires_at = 0;
    double waiting = 0, counted_at = 0;  // rows, as of when
    double bucket = kBucket, bucket_at = -kBefore;
    double seen_at = -1, drained_at = -1;
    bool token_good = true, session_good = true;
};

// Requests by the second, for the peaks.
class Rate {
  public:
    void add(double at) {
        if (at >= 0 && at < kAfter) ++seconds_[static_cast<std::size_t>(at)];
    }
    int peak(double from, double to) const {
        const auto at = [&](double s) { return seconds_.begin() + static_cast<std::ptrdiff_t>(s); };
        return *std::max_element(at(from), at(to));
    }
    long total() const {
        long sum = 0;
        for (const int n : seconds_)
            sum += n;
        return sum;
    }

  private:
    std::vector<int> seconds_ = std::vector<int>(static_cast<std::size_t>(kAfter));
};

class Fleet {
  public:
    explicit Fleet(const Plan& plan) : plan_(plan), random_(plan.seed), devices_(plan.devices) {
        for (int n = 0; n < plan.cores; ++n)
            free_.push(-kBefore);
        const double began = -std::min(plan.outage_s, kBefore);
        for (std::size_t n = 0; n < devices_.size(); ++n)
            start(n, began);
    }
    void run() {
        while (!agenda_.empty()) {
            const auto [at, n] = agenda_.top();
            if (at >= kAfter) return;
            agenda_.pop();
            agenda_.emplace(step(devices_[n], at), n);
        }
    }
    void print() const;

  private:
    struct Reply {
        double at;
        int status;
    };

    double uniform(double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(random_);
    }

    void start(std::size_t n, double began) {
        Device& d = devices_[n];
        const double obtained = -plan_.outage_s - uniform(0, kRenewFrom * kTokenLife);
        d.renew_at = obtained + kTokenLife * kRenewFrom;
        d.expires_at = obtained + kTokenLife;
        double first = began + uniform(0, kHeartbeatEvery);
        if (plan_.outage == Outage::kProject) d.waiting = kRowsPerSecond * (plan_.outage_s + began);
        if (plan_.outage == Outage::kPower)
            first = uniform(kBootFrom, kBootTo) + (plan_.jitter ? uniform(0, kStartDelay) : 0);
        d.heartbeat_at = d.counted_at = first;
        agenda_.emplace(first, n);
    }

    Reply serve(double now, double work) {
        const double arrives = now + kRoundTrip / 2;
        if (now < 0 && plan_.outage != Outage::kRevoked) return {now + kRoundTrip, 0};
        const double begins = std::max(arrives, free_.top());
        if (begins - arrives > kPatience) {
            ++refused_;
            return {arrives + kPatience + kRoundTrip / 2, 504};
        }
        free_.pop();
        free_.push(begins + work);
        return {begins + work + kRoundTrip / 2, 200};
    }

    // The address's bucket: all devices behind one have that of the first.
    bool drop_left(Device& device, double now) {
        Device& owner = plan_.one_address ? devices_.front() : device;
        owner.bucket = std::min(kBucket, owner.bucket + (now - owner.bucket_at) * kRefill);
        owner.bucket_at = now;
        if (owner.bucket < 1) return false;
        --owner.bucket;
        return true;
    }

    double failed(Device& d, double now) {
        d.breaker.failed();
        const int before = d.backoff.failures();
        const double wait = to_seconds(d.backoff.next(random_));
        return now + (plan_.jitter ? wait : std::min(300.0, std::ldexp(1.0, std::min(before, 20))));
    }

    double renew(Device& d, double now) {
        auth_.add(now);
        Reply reply{now + kRoundTrip, 429};
        if (now < 0 || drop_left(d, now))
            reply = serve(now, d.session_good ? kRefresh : kLogin);
        else
            ++limited_;
        if (reply.status == 200) {
            if (withdrawn(d, now) && d.session_good) {
                d.session_good = d.token_good = false;  // the refresh token is refused: now the password
                return reply.at;
            }
            d.session_good = d.token_good = true;
            d.renew_at = reply.at + kTokenLife * (plan_.jitter ? uniform(kRenewFrom, kRenewTo) : 0.75);
            d.expires_at = reply.at + kTokenLife;
            return reply.at;
        }
        if (d.token_good && reply.at < d.expires_at) {
            d.renew_at = reply.at + kRenewAgain;
            return reply.at;
        }
        return failed(d, reply.at);
    }

    double step(Device& d, double now) {
        d.waiting += std::max(0.0, now - d.counted_at) * kRowsPerSecond;
        d.counted_at = now;
        d.breaker.probe();
        const bool beat = now >= d.heartbeat_at, rows = d.waiting >= 1;
        if (!beat && !rows)
            return std::min(d.heartbeat_at, now + std::max(kLook, (1 - d.waiting) / kRowsPerSecond));
        if (!d.token_good || now >= d.renew_at) return renew(d, now);
        // With the breaker open one row goes first, as events are what matters.
        const bool heartbeat = beat && (d.breaker.closed() || !rows);
        const auto most = d.breaker.closed() ? d.batch.rows() : std::size_t{1};
        const auto sent = std::min(most, static_cast<std::size_t>(d.waiting));
        rest_.add(now);
        if (heartbeat) d.heartbeat_at = now + kHeartbeatEvery;
        if (withdrawn(d, now)) {
            d.token_good = false;  // 401
            return serve(now, kRefused).at;
        }
        const Reply reply = serve(now, heartbeat ? kHeartbeat : kBatch + kRow * static_cast<double>(sent));
        if (reply.status != 200) return failed(d, reply.at);
        d.breaker.succeeded();
        d.backoff.reset();
        if (heartbeat && reply.at > 0 && d.seen_at < 0) d.seen_at = reply.at;
        if (!heartbeat) {
            d.batch.went_well(sent, from_seconds(reply.at - now));
            d.waiting -= static_cast<double>(sent);
        }
        if (reply.at > 0 && d.waiting < 1 && d.drained_at < 0) d.drained_at = reply.at;
        return reply.at;
    }

    // Its session is of before that.
    bool withdrawn(const Device& d, double now) const {
        return plan_.outage == Outage::kRevoked && now >= 0 && d.expires_at - kTokenLife < 0;
    }

    const Plan plan_;
    Random random_;
    std::vector<Device> devices_;
    using Visit = std::pair<double, std::size_t>;
    std::priority_queue<Visit, std::vector<Visit>, std::greater<>> agenda_;
    std::priority_queue<double, std::vector<double>, std::greater<>> free_;  // when each core is
    Rate auth_, rest_;
    long refused_ = 0, limited_ = 0;
};

// Seconds until that share of the devices is there; "-" where it took longer than what was simulated.
std::string when(std::vector<double> times, double share) {
    for (double& t : times)
        t = t < 0 ? kAfter : t;
    const auto nth = static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(times.size()))) - 1;
    std::nth_element(times.begin(), times.begin() + nth, times.end());
    const double t = times[static_cast<std::size_t>(nth)];
    return t >= kAfter ? "-" : std::to_string(std::lround(t));
}

void Fleet::print() const {
    std::vector<double> seen, drained;
    for (const Device& d : devices_) {
        seen.push_back(d.seen_at);
        drained.push_back(d.drained_at);
    }
    constexpr double kEcho = 1800;  // tokens that were made together are renewed together
    std::printf("%s,%d,%d,%s,%s,%s,%s,%s,%d,%d,%d,%ld,%ld,%ld\n",
                kNames.at(static_cast<std::size_t>(plan_.outage)), plan_.devices, plan_.cores,
                plan_.one_address ? "one" : "own", plan_.jitter ? "yes" : "no", when(seen, 0.5).c_str(),
                when(seen, 0.99).c_str(), when(drained, 0.999).c_str(), auth_.peak(0, kEcho),
                rest_.peak(0, kEcho), auth_.peak(kEcho, kAfter), auth_.total(), refused_, limited_);
    std::fflush(stdout);
}

// As many that heartbeats and events take four tenths of them on a usual day, and two at least.
int cores_for(int devices) {
    const double usual = devices * (kHeartbeat / kHeartbeatEvery + kRowsPerSecond * (kBatch + kRow));
    return std::max(2, static_cast<int>(std::ceil(usual / 0.4)));
}

}  // namespace
}  // namespace chairside

int main(int argc, char** argv) {
    using namespace chairside;
    CLI::App app{"What a fleet does to a project after an outage, simulated."};
    std::vector<int> fleets{100, 1000, 10'000, 100'000};
    double hours = 6;
    std::uint64_t seed = 1;
    int cores = 0;
    std::string only;
    app.add_option("--devices", fleets)->check(CLI::Range(1, 1'000'000));
    app.add_option("--hours", hours, "how long the outage was")->check(CLI::Range(0.1, 1000.0));
    app.add_option("--seed", seed);
    app.add_option("--cores", cores, "of the project; 0: for a load of 40 % on a usual day");
    app.add_option("--outage", only, "only this one")->check(CLI::IsMember({"project", "power", "revoked"}));
    CLI11_PARSE(app, argc, argv);
    std::printf(
        "outage,devices,cores,addresses,jitter,seen again 50 %% s,99 %% s,queues empty s,peak tokens/s,peak "
        "rest/s,echo tokens/s,token requests,504,429\n");
    for (const int devices : fleets)
        for (const Outage outage : {Outage::kProject, Outage::kPower, Outage::kRevoked})
            for (const bool one_address : {false, true})
                for (const bool jitter : {true, false}) {
                    if (one_address && devices > kBehindOneAddress) continue;
                    if (!only.empty() && only != kNames.at(static_cast<std::size_t>(outage))) continue;
                    Fleet fleet({outage, devices, jitter, one_address, hours * 3600,
                                 cores > 0 ? cores : cores_for(devices), seed});
                    fleet.run();
                    fleet.print();
                }
    return 0;
}
