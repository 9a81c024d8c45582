#pragma once
// A queue with a bound and a stated rule for when it is full. Threads: any may push, any may pop.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/check.hpp"

namespace chairside {

template <typename T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t limit) : limit_(limit) { CHAIRSIDE_CHECK(limit > 0); }

    // Waits for room. False when the queue was closed: the item is not taken.
    bool push(T item) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return closed_ || items_.size() < limit_; });
        if (closed_) return false;
        items_.push_back(std::move(item));
        lock.unlock();
        filled_.notify_one();
        return true;
    }

    // Never waits: makes room by dropping the oldest. Returns how many were dropped (0 or 1); the caller
    // counts them.
    std::size_t push_newest(T item) {
        std::unique_lock lock(mutex_);
        if (closed_) return 1;
        std::size_t dropped = 0;
        if (items_.size() >= limit_) {
            items_.pop_front();
            dropped = 1;
        }
        items_.push_back(std::move(item));
        lock.unlock();
        filled_.notify_one();
        return dropped;
    }

    // Waits for an item. nullopt once the queue is closed and empty, or when the timeout passed.
    std::optional<T> pop(std::optional<std::chrono::milliseconds> timeout = std::nullopt) {
        std::unique_lock lock(mutex_);
        const auto ready = [&] { return closed_ || !items_.empty(); };
        if (timeout) {
            if (!filled_.wait_for(lock, *timeout, ready)) return std::nullopt;
        } else {
            filled_.wait(lock, ready);
        }
        if (items_.empty()) return std::nullopt;
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        lock.unlock();
        room_.notify_one();
        return item;
    }

    // No more pushes; what is in can still be popped.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        filled_.notify_all();
        room_.notify_all();
    }

    bool closed() const {
        const std::lock_guard lock(mutex_);
        return closed_;
    }
    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }

  private:
    const std::size_t limit_;
    mutable std::mutex mutex_;  // guards items_, closed_
    std::condition_variable filled_, room_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace chairside
