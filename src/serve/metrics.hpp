#pragma once
// What /metrics says, in Prometheus' text format (docs/metrics.md lists every name).

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "events/event.hpp"
#include "serve/dashboard_broadcaster.hpp"
#include "serve/http_server.hpp"
#include "serve/machine.hpp"
#include "serve/shop.hpp"

namespace chairside {

// Stays that ended since the start of this run, each once and with the verdict it ended with: what is found out about it
// later shows in the day's sums, not here, since such a count may only grow.
// Threads: any. Memory: one number for each camera, type and verdict, and the ids of the last hours.
class EndedStays {
  public:
    void add(const Event& event);
    using Key = std::tuple<std::string, ZoneType, Verdict>;  // camera, type, verdict
    std::map<Key, std::uint64_t> counts() const;
    std::size_t remembered() const;

  private:
    mutable std::mutex mutex_;  // guards all below
    std::map<Key, std::uint64_t> counts_;
    std::map<EventId, WallTime> ended_;  // known already, by end: those that may still be told again
    WallTime newest_{};
};

struct MetricsInput {
    const ShopNow& shop;
    std::map<EndedStays::Key, std::uint64_t> ended;
    DashboardBroadcaster::Counters readers;
    HttpCounters http;
    OwnUse own;
    DiskRoom disk;
    std::int64_t store_bytes = 0, store_max_bytes = 0;
};

std::string metrics_text(const MetricsInput& input);

}  // namespace chairside
