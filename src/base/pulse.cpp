#include "base/pulse.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>

#include "base/locked.hpp"

namespace chairside {
namespace {

using std::chrono::nanoseconds, std::chrono::steady_clock;

std::int64_t now_ns() {
    return nanoseconds(steady_clock::now().time_since_epoch()).count();
}

// One list for the process, as there is one log: a loop anywhere in it can stop turning.
Locked<std::vector<const Pulse*>>& all() {
    static Locked<std::vector<const Pulse*>> pulses;
    return pulses;
}

}  // namespace

Pulse::Pulse(std::string name, Duration patience) : name_(std::move(name)), patience_(patience) {
    all().with([this](auto& pulses) { pulses.push_back(this); });
}
Pulse::~Pulse() {
    all().with([this](auto& pulses) { std::erase(pulses, this); });
}

void Pulse::begin() {
    since_ns_.store(std::max<std::int64_t>(1, now_ns()), std::memory_order_relaxed);
}

Duration Pulse::late() const {
    const std::int64_t since = since_ns_.load(std::memory_order_relaxed);
    if (since == 0) return Duration::min();
    return std::chrono::duration_cast<Duration>(nanoseconds(now_ns() - since)) - patience_;
}

void name_thread(const std::string& name) {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

std::vector<StuckThread> stuck_threads() {
    return all().with([](const auto& pulses) {
        std::vector<StuckThread> out;
        for (const Pulse* pulse : pulses)
            if (const Duration late = pulse->late(); late > Duration::zero())
                out.push_back({pulse->name(), late});
        return out;
    });
}

}  // namespace chairside
