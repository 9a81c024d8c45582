#pragma once
// LatencyHistogram: how long something took, counted in buckets of fixed bounds, as Prometheus counts them.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace chairside {

// Upper bounds in seconds; what took longer counts in the total alone.
inline constexpr std::array<double, 14> kLatencyBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                       0.15,  0.25,   0.5,   1,    2.5,   5,    10};

struct LatencyCounts {
    std::array<std::uint64_t, kLatencyBounds.size()> buckets{};  // each alone, not added up
    std::uint64_t count = 0;
    double sum_s = 0;
};

// Threads: any. A snapshot taken while others add may lack what they are adding, and is never torn by more than that.
class LatencyHistogram {
  public:
    // Less than nothing (a clock set back) counts as nothing.
    void add(Duration took) {
        const double seconds = took > Duration::zero() ? to_seconds(took) : 0.0;
        for (std::size_t i = 0; i < kLatencyBounds.size(); ++i) {
            if (seconds > kLatencyBounds[i]) continue;
            buckets_[i].fetch_add(1, std::memory_order_relaxed);
            break;
        }
        sum_ns_.fetch_add(std::chrono::nanoseconds(took > Duration::zero() ? took : Duration::zero()).count(),
                          std::memory_order_relaxed);
        count_.fetch_add(1, std::memory_order_relaxed);
    }

    LatencyCounts counts() const {
        LatencyCounts out;
        for (std::size_t i = 0; i < kLatencyBounds.size(); ++i)
            out.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
        out.sum_s = static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / 1e9;
        out.count = count_.load(std::memory_order_relaxed);
        return out;
    }

  private:
    std::array<std::atomic<std::uint64_t>, kLatencyBounds.size()> buckets_{};
    std::atomic<std::uint64_t> count_ = 0;
    std::atomic<std::int64_t> sum_ns_ = 0;
};

}  // namespace chairside
