#include "pipeline/event_sink.hpp"

#include "base/log.hpp"

namespace chairside {
namespace {

constexpr char kByHand[] = "by hand";

// The reasons of before stay, so that a review can be taken back.
void set_verdict(Event& event, Verdict verdict, bool by_hand) {
    event.verdict = verdict;
    auto& notes = event.metadata;
    if (by_hand)
        notes["reviewed"] = verdict == Verdict::kCounted ? "confirmed" : "rejected";
    else
        notes.erase("reviewed");
    if (verdict == Verdict::kRejected)
        notes.try_emplace("rejected", kByHand);
    else if (const auto reason = notes.find("rejected"); reason != notes.end() && reason->second == kByHand)
        notes.erase(reason);
}

}  // namespace

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
    std::vector<Event> events = changes.events;
    for (Event& event : events)
        if (const auto decided = decided_.find(event.id); decided != decided_.end())
            set_verdict(event, decided->second, true);
    batch.events = visits_.link(events);
    put_locked(std::move(batch));
}

void EventSink::put_locked(Store::Batch batch) {
    kept_.push_back(std::move(batch));
    // While the disk is full every frame would try again; the housekeeper does that once a second.
    if (!failing_) flush_locked();
}

Result<Event> EventSink::decide(const EventId& id, Verdict verdict, bool by_hand) {
    const std::lock_guard lock(mutex_);
    if (!kept_.empty())
        return fail(ErrorKind::kUnavailable, "The store takes no events now; try again later.");
    auto stored = store_.event(id);
    if (!stored) return tl::unexpected(stored.error());
    if (!*stored) return fail(ErrorKind::kNotFound, "There is no event with this id.");
    Event event = (*stored)->event;
    if (event.state == EventState::kOpen) return fail(ErrorKind::kInvalid, "This stay is still going on.");
    const auto before = event.metadata;
    const bool changes = event.verdict != verdict;
    set_verdict(event, verdict, by_hand);
    if (by_hand)
        decided_[id] = verdict;
    else
        decided_.erase(id);
    if (!changes && event.metadata == before) return event;
    ++event.revision;
    // What the linker has forgotten keeps the visit that it has.
    Store::Batch batch;
    batch.events = visits_.knows(id) ? visits_.link({event}) : std::vector{event};
    const Event decided = batch.events.front();
    put_locked(std::move(batch));
    if (!kept_.empty())
        return fail(ErrorKind::kUnavailable, "The store takes no events now; it is tried again.");
    return decided;
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

std::string EventSink::refusal() const {
    const std::lock_guard lock(mutex_);
    return refusal_;
}

bool EventSink::flush_locked() {
    while (!kept_.empty()) {
        if (const auto written = store_.write(kept_.front()); !written) {
            if (!failing_)
                log_error("", "the store takes no events; they are kept in memory and tried again",
                          {{"why", written.error().message}});
            failing_ = true;
            refusal_ = written.error().message;
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
    refusal_.clear();
    return true;
}

}  // namespace chairside
