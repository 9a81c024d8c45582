#include "serve/dashboard_updater.hpp"

#include <algorithm>
#include <utility>

namespace chairside {

DashboardUpdater::DashboardUpdater(DashboardBroadcaster& broadcaster, const Clock& clock,
                                   UpdaterSources sources)
    : broadcaster_(broadcaster), clock_(clock), sources_(std::move(sources)), last_log_(clock.mono_now()) {}

DashboardUpdater::~DashboardUpdater() {
    stop();
}

void DashboardUpdater::start() {
    thread_ = std::thread([this] { loop(); });
}

void DashboardUpdater::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void DashboardUpdater::wake() {
    {
        const std::lock_guard lock(mutex_);
        changed_ = true;
    }
    wake_.notify_all();
}

Duration DashboardUpdater::step() {
    const MonoTime now = clock_.mono_now();
    if (now - last_log_ >= kLogEvery) {
        last_log_ = now;
        sources_.log_status();
    }
    const Duration until_log = last_log_ + kLogEvery - now;
    const bool watched = broadcaster_.watched();
    const bool came = watched && !std::exchange(was_watched_, watched);
    was_watched_ = watched;
    if (!watched) {
        last_summary_.clear();
        return until_log;
    }
    if (came) last_status_.reset();
    bool changed;
    {
        const std::lock_guard lock(mutex_);
        changed = changed_;
    }
    const Duration pause = changed ? kSoonest : kStatusEvery;
    if (last_status_ && now - *last_status_ < pause) return std::min(until_log, *last_status_ + pause - now);
    {
        // Before looking: what changes from here on gets a status of its own.
        const std::lock_guard lock(mutex_);
        changed_ = false;
    }
    last_status_ = now;
    broadcaster_.publish(UpdateType::kStatus, sources_.status());
    if (std::string summary = sources_.summary(); summary != last_summary_) {
        last_summary_ = std::move(summary);
        broadcaster_.publish(UpdateType::kSummary, last_summary_);
    }
    return std::min(until_log, kStatusEvery);
}

void DashboardUpdater::loop() {
    name_thread("dash:updates");
    for (;;) {
        Duration pause;
        {
            const Pulse::Step turn(pulse_);
            pause = step();
        }
        std::unique_lock lock(mutex_);
        const bool soon = changed_ && broadcaster_.watched();
        // A change that waits for kSoonest needs no second call.
        if (soon && pause <= kSoonest)
            wake_.wait_for(lock, pause, [this] { return stopping_; });
        else
            wake_.wait_for(lock, pause, [this] { return stopping_ || (changed_ && broadcaster_.watched()); });
        if (stopping_) return;
    }
}

}  // namespace chairside
