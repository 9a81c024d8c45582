#pragma once
// Locked<T>: data that can only be reached with its lock held.

#include <mutex>
#include <utility>

namespace chairside {

template <typename T>
class Locked {
  public:
    template <typename... Args>
    explicit Locked(Args&&... args) : value_(std::forward<Args>(args)...) {}

    // Runs f with the value; the lock is held while it runs. Do not call back into the same Locked.
    template <typename F>
    decltype(auto) with(F&& f) {
        const std::lock_guard lock(mutex_);
        return std::forward<F>(f)(value_);
    }
    template <typename F>
    decltype(auto) with(F&& f) const {
        const std::lock_guard lock(mutex_);
        return std::forward<F>(f)(value_);
    }

  private:
    mutable std::mutex mutex_;
    T value_;
};

}  // namespace chairside
