#pragma once
// What ends a call into FFmpeg early: a request to stop, or a deadline. FFmpeg asks every 100 ms while it
// waits.

extern "C" {
#include <libavformat/avio.h>
}

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/time.hpp"

namespace chairside::av {

// Threads: stop() from any, the rest from the thread that calls into FFmpeg (which may ask from its own
// threads). The deadline is on the system's steady clock, not on Clock: it guards real input and output.
class Interrupt {
  public:
    // `cancel` is only looked at until the source is open.
    Interrupt(Duration timeout, const std::atomic<bool>* cancel) : timeout_(timeout), cancel_(cancel) {
        touch();
    }

    // From now on there is `timeout` again.
    void touch() { deadline_ = std::chrono::steady_clock::now() + timeout_; }
    void allow(Duration time) { deadline_ = std::chrono::steady_clock::now() + time; }
    void forget_cancel() { cancel_ = nullptr; }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        wake_.notify_all();
    }

    Duration timeout() const { return timeout_; }
    bool stopped() const {
        const auto* cancel = cancel_.load();
        return stopped_ || (cancel != nullptr && *cancel);
    }
    bool late() const { return std::chrono::steady_clock::now() > deadline_.load(); }
    bool due() const { return stopped() || late(); }

    // Returns early when stopped.
    void sleep(Duration time) {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, time, [this] { return stopped_.load(); });
    }

    AVIOInterruptCB callback() {
        return {[](void* self) { return static_cast<Interrupt*>(self)->due() ? 1 : 0; }, this};
    }

  private:
    const Duration timeout_;
    std::atomic<const std::atomic<bool>*> cancel_;
    std::atomic<std::chrono::steady_clock::time_point> deadline_{};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;  // so that sleep() misses no stop()
    std::condition_variable wake_;
};

}  // namespace chairside::av
