#pragma once
// VisitLinker: the events of one client, in order, are a visit. Pure: events in, events with their visit out.

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "events/event.hpp"
#include "track/assignment.hpp"
#include "visits/step_evidence.hpp"

namespace chairside {

struct VisitSettings {
    StepSettings steps{};
    // A second stay of the same type within this time of the first one's end is a part of the first: chair, wash,
    // chair is one haircut. 0: never.
    Duration same_service_within = std::chrono::minutes(45);
    double sure = 3.0;          // log odds of each step that a part needs
    double back_to_seat = 2.0;  // log odds for coming back to the chair that stayed empty meanwhile
    double settle_s = 1200;     // steps to stays that ended this long ago are not thought over again
};

// Takes the events of all cameras of a branch in the order in which they were told. Departures and arrivals are
// matched so that the sum of the log odds is largest, over all that are not settled: one next step per stay at
// most, one stay before each. A visit is named by its first event. Rejected events are in no visit.
// Threads: one. Memory: events that are open or may still change (kFinalAfter and what links to those), at most kMost.
class VisitLinker {
  public:
    VisitLinker(VisitSettings settings, const std::vector<ZonePlace>& places);

    // Other settings and places from the next link() on; visits that were told stay.
    void reconfigure(Duration same_service_within, const std::vector<ZonePlace>& places);

    // Events of an earlier run, with their visits, in order of their start. Before the first link().
    void restore(const std::vector<Event>& events);
    // The same events with visit and part_of set, then earlier ones whose visit changed by them, each with a revision
    // that is larger than any told before.
    std::vector<Event> link(const std::vector<Event>& events);
    // It is among the last events, so link() can think of it again.
    bool knows(const EventId& event) const { return nodes_.contains(event); }

    std::size_t kept() const { return nodes_.size(); }
    // No shop has as many at a time; so that a device that tells nonsense can't fill the memory.
    static constexpr std::size_t kMost = 4096;

  private:
    struct Node {
        Event event;                   // as last told
        std::optional<EventId> after;  // the stay before it in its visit
        double odds = 0;               // of that step
        bool measured = false;         // its person's stature is learned from
        bool settled = false;  // not thought over again; of those of an earlier run only the visit is known
    };
    using Nodes = std::vector<Node*>;  // in order of start
    void note(const Event& event);
    Nodes in_order(WallTime from);  // those that ended since
    void settle(const Nodes& nodes);
    void match(const Nodes& nodes);
    Nodes departures(const Nodes& nodes, const Nodes& arrivals) const;
    double odds(const Node& from, const Node& to, const Nodes& nodes) const;
    double coming_back(const Event& chair, const Event& wash, const Nodes& nodes) const;
    double leaving_rate(ZoneType type) const;
    void name_visits(const Nodes& nodes, std::set<EventId>& changed);
    std::optional<EventId> part_of(const Node& node, const std::vector<const Node*>& visit) const;
    void advance(const std::vector<Event>& events);
    void forget();

    VisitSettings settings_;
    StepEvidence evidence_;
    AssignmentSolver solver_;
    std::map<EventId, Node> nodes_;
    std::map<ZoneType, double> leaving_rates_;  // 1/s, of the last hour
    WallTime newest_{};
};

}  // namespace chairside
