#include "pipeline/event_sink.hpp"

#include "base/log.hpp"

namespace chairside {

void EventSink::subscribe(std::function<void(const Event&)> callback) {
    callbacks_.push_back(std::move(callback));
}

Result<void> EventSink::restore(WallTime from) {
    const auto stored = store_.events({.from = from});
    if (!stored) return tl::unexpected(stored.error());
    std::vector<Event> events;
    for (const StoredEvent& event : *stored)
        events.push_back(event.event);
    const std::lock_guard lock(mutex_);
    visits_.restore(events);
    return {};
}

void EventSink::put(const std::string& camera, const EventChanges& changes) {
    if (changes.events.empty() && changes.sessions.empty() && changes.ended.empty()) return;
    Store::Batch batch{{}, changes.sessions, {}};
    batch.ended.reserve(changes.ended.size());
    for (const auto session : changes.ended)
        batch.ended.emplace_back(camera, session);
    const std::lock_guard lock(mutex_);
    batch.events = visits_.link(changes.events);
    kept_.push_back(std::move(batch));
    // While the disk is full every frame would try again; the housekeeper does that once a second.
    if (!failing_) flush_locked();
}

void EventSink::reconfigure(Duration same_service_within, const std::vector<CameraConfig>& cameras) {
    const std::lock_guard lock(mutex_);
    visits_.reconfigure(same_service_within, places_of(cameras));
}

bool EventSink::flush() {
    const std::lock_guard lock(mutex_);
    return flush_locked();
}

std::size_t EventSink::kept() const {
    const std::lock_guard lock(mutex_);
    return kept_.size();
}

bool EventSink::flush_locked() {
    while (!kept_.empty()) {
        if (const auto written = store_.write(kept_.front()); !written) {
            if (!failing_)
                log_error("", "the store takes no events; they are kept in memory and tried again",
                          {{"why", written.error().message}});
            failing_ = true;
            return false;
        }
        for (const Event& event : kept_.front().events) {
            for (const auto& callback : callbacks_)
                callback(event);
        }
        kept_.pop_front();
    }
    if (failing_) log_info("", "the store takes events again; everything kept was written");
    failing_ = false;
    return true;
}

}  // namespace chairside
