#pragma once
// Pulse: whether a long-lived thread turns. Each loop has one; it says when it begins a step and when it rests (waits for
// work). A step that lasts longer than its patience is stuck: the log names it, and who feeds the watchdog stops feeding.

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace chairside {

// Threads: begin() and rest() from the loop's own; the rest from any. Registers itself for stuck_threads().
class Pulse {
  public:
    // `name` as a person would say it: "capture of camera front".
    Pulse(std::string name, Duration patience);
    ~Pulse();
    Pulse(const Pulse&) = delete;
    Pulse& operator=(const Pulse&) = delete;

    void begin();
    bool working() const { return since_ns_.load(std::memory_order_relaxed) != 0; }
    void rest() { since_ns_.store(0, std::memory_order_relaxed); }
    // For a scope. A step within a step starts the time anew, and rests at its end.
    class Step {
      public:
        explicit Step(Pulse& pulse) : pulse_(pulse) { pulse_.begin(); }
        ~Step() { pulse_.rest(); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

      private:
        Pulse& pulse_;
    };

    const std::string& name() const { return name_; }
    // How long the step that goes on has lasted beyond its patience; zero or less: it is well.
    Duration late() const;

  private:
    const std::string name_;
    const Duration patience_;
    std::atomic<std::int64_t> since_ns_ = 0;  // of the steady clock; 0: resting
};

// What `ps -T` and a debugger call this thread; the kernel keeps 15 characters.
void name_thread(const std::string& name);

struct StuckThread {
    std::string name;
    Duration late{};  // beyond its patience
};
std::vector<StuckThread> stuck_threads();

}  // namespace chairside
