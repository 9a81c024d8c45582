#pragma once
// How fast and how much: waits after failures, a breaker, the size of batches. Pure but for the random numbers
// they are given. Threads: one.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <random>

#include "base/time.hpp"

namespace chairside {

using Random = std::mt19937_64;

// Full jitter (AWS architecture blog, "Exponential backoff and jitter"): a random time up to base · 2^n, capped.
class Backoff {
  public:
    Backoff(Duration base, Duration cap) : base_(base), cap_(cap) {}
    Duration next(Random& random) {
        const Duration limit =
            std::min(cap_, base_ * (std::int64_t{1} << std::min(failures_, kMostDoublings)));
        ++failures_;
        return Duration(std::uniform_int_distribution<std::int64_t>(0, limit.count())(random));
    }
    void reset() { failures_ = 0; }
    int failures() const { return failures_; }

  private:
    static constexpr int kMostDoublings = 20;
    Duration base_, cap_;
    int failures_ = 0;
};

// Opens after so many transient failures in a row; then one small request at a time tries whether it works again.
class Breaker {
  public:
    static constexpr int kFailures = 5;
    enum class State { kClosed, kOpen, kHalfOpen };
    void failed() {
        if (++failures_ >= kFailures) state_ = State::kOpen;
    }
    void succeeded() {
        failures_ = 0;
        state_ = State::kClosed;
    }
    void probe() {
        if (state_ == State::kOpen) state_ = State::kHalfOpen;
    }
    State state() const { return state_; }
    bool closed() const { return state_ == State::kClosed; }

  private:
    State state_ = State::kClosed;
    int failures_ = 0;
};

// Rows per request: more while it goes well, half when it was too much.
class BatchSize {
  public:
    static constexpr std::size_t kMost = 500, kStart = 200, kBytes = 256 * 1024;
    std::size_t rows() const { return rows_; }
    void went_well(std::size_t sent, Duration took) {
        constexpr auto kQuick = std::chrono::seconds(2);
        if (sent >= rows_ && took < kQuick)
            rows_ = std::min(kMost, rows_ + std::max<std::size_t>(1, rows_ / 4));
    }
    void too_much(std::size_t sent) { rows_ = std::max<std::size_t>(1, std::min(rows_, sent) / 2); }

  private:
    std::size_t rows_ = kStart;
};

}  // namespace chairside
