#pragma once
// How much one address may ask for: a bucket that fills with requests_per_s and holds `burst`, and a number of
// connections. Pure. Memory: addresses that ask for nothing are forgotten.

#include <algorithm>
#include <map>
#include <string>

#include "base/time.hpp"

namespace chairside {

// Threads: one.
class AddressLimits {
  public:
    AddressLimits(double per_s, double burst) : per_s_(per_s), burst_(burst) {}

    void connected(const std::string& address) { ++entries_[address].connections; }
    void disconnected(const std::string& address) {
        if (const auto found = entries_.find(address); found != entries_.end()) --found->second.connections;
    }
    std::size_t connections(const std::string& address) const {
        const auto found = entries_.find(address);
        return found == entries_.end() ? 0 : found->second.connections;
    }

    // True if the address may make a request now.
    bool admit(const std::string& address, MonoTime now) {
        if (entries_.size() > kMost) forget(now);
        Entry& entry = entries_[address];
        refill(entry, now);
        if (entry.spent + 1 > burst_) return false;
        entry.spent += 1;
        return true;
    }

  private:
    static constexpr std::size_t kMost = 4096;
    struct Entry {
        std::size_t connections = 0;
        double spent = 0;
        MonoTime at{};
    };
    void refill(Entry& entry, MonoTime now) const {
        entry.spent = std::max(0.0, entry.spent - per_s_ * to_seconds(now - entry.at));
        entry.at = now;
    }
    void forget(MonoTime now) {
        for (auto& [address, entry] : entries_)
            refill(entry, now);
        std::erase_if(entries_,
                      [](const auto& e) { return e.second.connections == 0 && e.second.spent <= 0; });
    }

    const double per_s_, burst_;
    std::map<std::string, Entry> entries_;
};

}  // namespace chairside
