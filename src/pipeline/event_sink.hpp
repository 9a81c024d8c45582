#pragma once
// EventSink: the way from the cameras into the store. What the store cannot take now (disk full) is kept in
// order and tried again; nothing counted is dropped.

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "events/event_tracker.hpp"
#include "store/store.hpp"
#include "visits/visit_linker.hpp"

namespace chairside {

// Threads: any. Callbacks run after the commit, in the caller's thread, in the order of the commits.
class EventSink {
  public:
    // Events get their visit on the way; those of earlier ones that change by it are written with them.
    EventSink(Store& store, VisitLinker visits) : store_(store), visits_(std::move(visits)) {}
    // Takes up the visits that the store has from before; before the first put().
    Result<void> restore(WallTime from);

    void subscribe(std::function<void(const Event&)> callback);  // before the first put()
    void put(const std::string& camera, const EventChanges& changes);
    // What a person said of a closed event (Shop::decide); later revisions of it keep that verdict.
    Result<Event> decide(const EventId& id, Verdict verdict, bool by_hand);
    void reconfigure(Duration same_service_within, const std::vector<CameraConfig>& cameras);
    // Tries what is kept; true when nothing is left.
    bool flush();
    std::size_t kept() const;
    std::string refusal() const;  // why something is kept, in the store's words; empty: nothing is

  private:
    bool flush_locked();
    void put_locked(Store::Batch batch);

    Store& store_;
    std::vector<std::function<void(const Event&)>> callbacks_;
    mutable std::mutex mutex_;  // guards all below, and keeps commits in order
    VisitLinker visits_;
    std::deque<Store::Batch> kept_;
    std::map<EventId, Verdict> decided_;
    bool failing_ = false;
    std::string refusal_;  // while failing_
};

}  // namespace chairside
