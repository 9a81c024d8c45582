#include "visits/visit_linker.hpp"

#include <algorithm>
#include <tuple>

namespace chairside {
namespace {

constexpr auto kMemory = std::chrono::hours(3);
constexpr double kRateWindowS = 3600, kRatePrior = 2;  // departures
constexpr double kOccupiedS = 5;  // less than this in a seat is an edge that is not exact

double seconds(Duration d) {
    return to_seconds(d);
}

bool counts(const Event& event) {
    return event.verdict != Verdict::kRejected;
}

bool same_place(const Event& a, const Event& b) {
    return a.camera == b.camera && a.zone == b.zone;
}

}  // namespace

VisitLinker::VisitLinker(VisitSettings settings, const std::vector<ZonePlace>& places)
    : settings_(settings), evidence_(settings.steps, places) {}

void VisitLinker::reconfigure(Duration same_service_within, const std::vector<ZonePlace>& places) {
    settings_.same_service_within = same_service_within;
    evidence_.move_places(places);
}

void VisitLinker::restore(const std::vector<Event>& events) {
    for (const Event& event : events) {
        Node& node = nodes_[event.id];
        node.event = event;
        node.settled = true;
        node.odds = settings_.sure;
        newest_ = std::max(newest_, event.end);
    }
    forget();
}

void VisitLinker::note(const Event& event) {
    const auto known = nodes_.find(event.id);
    if (known == nodes_.end()) {
        nodes_[event.id].event = event;
    } else {
        Event& old = known->second.event;
        Event fresh = event;
        fresh.revision = std::max(event.revision, old.revision + 1);
        fresh.visit = old.visit;
        fresh.part_of = old.part_of;
        old = std::move(fresh);
    }
    newest_ = std::max(newest_, event.end);
}

VisitLinker::Nodes VisitLinker::in_order(WallTime from) {
    Nodes out;
    out.reserve(nodes_.size());
    for (auto& [id, node] : nodes_)
        if (node.event.end >= from) out.push_back(&node);
    std::sort(out.begin(), out.end(), [](const Node* a, const Node* b) {
        return std::tie(a->event.start, a->event.id) < std::tie(b->event.start, b->event.id);
    });
    return out;
}

void VisitLinker::settle(const Nodes& nodes) {
    std::map<ZoneType, int> left;
    for (Node* node : nodes) {
        const Event& event = node->event;
        if (seconds(newest_ - event.end) < kRateWindowS && counts(event)) ++left[event.type];
        const bool open =
            event.state == EventState::kOpen && counts(event) && newest_ - event.start < kMemory;
        if (node->settled || open || seconds(newest_ - event.end) < settings_.settle_s) continue;
        node->settled = true;
        const auto from = node->after ? nodes_.find(*node->after) : nodes_.end();
        if (from != nodes_.end() && node->odds >= settings_.sure) evidence_.learn(from->second.event, event);
    }
    leaving_rates_.clear();
    for (const auto& [type, n] : left)
        leaving_rates_[type] = (n + kRatePrior) / kRateWindowS;
}

double VisitLinker::leaving_rate(ZoneType type) const {
    const auto rate = leaving_rates_.find(type);
    return rate != leaving_rates_.end() ? rate->second : kRatePrior / kRateWindowS;
}

// A client who goes to be washed in the middle comes back to the chair, which nobody had meanwhile.
double VisitLinker::coming_back(const Event& chair, const Event& wash, const Nodes& nodes) const {
    double best = 0;
    for (const Node* node : nodes) {
        const Event& back = node->event;
        if (back.start <= wash.start || !same_place(back, chair) || !counts(back)) continue;
        const bool first = seconds(back.start - chair.end) > kOccupiedS;  // nodes are in order of start
        const double step = evidence_.log_odds(wash, back, leaving_rate(wash.type));
        if (first && back.type == ZoneType::kChair && step > 0) best = settings_.back_to_seat;
        break;
    }
    if (best == 0) return 0;
    const bool taken = std::any_of(nodes.begin(), nodes.end(), [&](const Node* node) {
        const Event& e = node->event;
        return counts(e) && e.id != chair.id && same_place(e, chair) && e.start >= chair.start &&
               e.start <= wash.start;
    });
    return taken ? 0 : best;
}

double VisitLinker::odds(const Node& from, const Node& to, const Nodes& nodes) const {
    double odds = evidence_.log_odds(from.event, to.event, leaving_rate(from.event.type));
    if (odds > StepEvidence::kImpossible && from.event.type == ZoneType::kChair &&
        to.event.type == ZoneType::kWash)
        odds += coming_back(from.event, to.event, nodes);
    return odds;
}

// Those who left and are not known to have gone elsewhere.
VisitLinker::Nodes VisitLinker::departures(const Nodes& nodes, const Nodes& arrivals) const {
    if (arrivals.empty()) return {};
    const WallTime earliest = arrivals.front()->event.start - from_seconds(settings_.steps.window_s);
    std::set<EventId> gone;
    std::map<EventId, const Node*> last;  // of each visit, among the settled
    for (const Node* node : nodes) {
        if (!node->settled || !node->event.visit) continue;
        if (node->after) gone.insert(*node->after);
        auto& latest = last[*node->event.visit];
        if (latest != nullptr) gone.insert(latest->event.id);
        latest = node;
    }
    Nodes out;
    for (Node* node : nodes) {
        const Event& event = node->event;
        if (event.state == EventState::kClosed && counts(event) && event.end >= earliest &&
            !gone.contains(event.id))
            out.push_back(node);
    }
    return out;
}

void VisitLinker::match(const Nodes& nodes) {
    Nodes arrivals;
    for (Node* node : nodes) {
        if (node->settled) continue;
        node->after.reset();
        node->odds = 0;
        if (counts(node->event)) arrivals.push_back(node);
    }
    const Nodes from = departures(nodes, arrivals);
    std::vector<int> row_begin{0};
    std::vector<AssignmentPair> pairs;
    for (const Node* departure : from) {
        for (std::size_t a = 0; a < arrivals.size(); ++a) {
            if (departure->event.start >= arrivals[a]->event.start) continue;
            const double value = odds(*departure, *arrivals[a], nodes);
            if (value > 0) pairs.push_back({static_cast<int>(a), -value});
        }
        row_begin.push_back(static_cast<int>(pairs.size()));
    }
    const auto chosen = solver_.solve(row_begin, pairs, static_cast<int>(arrivals.size()));
    for (std::size_t row = 0; row < from.size(); ++row) {
        if (chosen[row] < 0) continue;
        Node& arrival = *arrivals[static_cast<std::size_t>(chosen[row])];
        arrival.after = from[row]->event.id;
        arrival.odds = odds(*from[row], arrival, nodes);
    }
}

// The first stay of the same type in the visit, if this one is no service of its own.
std::optional<EventId> VisitLinker::part_of(const Node& node, const std::vector<const Node*>& visit) const {
    const Event& event = node.event;
    if (event.type == ZoneType::kWait || settings_.same_service_within <= Duration(0)) return std::nullopt;
    double surest = node.odds;  // the least sure step back to there
    for (auto before = visit.rbegin(); before != visit.rend(); ++before) {
        if (surest < settings_.sure) return std::nullopt;
        const Event& earlier = (*before)->event;
        if (earlier.type == event.type) {
            if (event.start - earlier.end > settings_.same_service_within) return std::nullopt;
            return earlier.part_of ? earlier.part_of : earlier.id;
        }
        surest = std::min(surest, (*before)->odds);
    }
    return std::nullopt;
}

void VisitLinker::name_visits(const Nodes& nodes, std::set<EventId>& changed) {
    std::map<EventId, std::vector<const Node*>> visits;
    for (Node* node : nodes) {
        Event& event = node->event;
        std::optional<EventId> visit, part;
        if (counts(event)) {
            visit = event.id;
            if (node->after)
                visit = nodes_.at(*node->after).event.visit;
            else if (node->settled && event.visit)
                visit = event.visit;
            std::vector<const Node*>& stays = visits[*visit];
            part = node->settled ? event.part_of : part_of(*node, stays);
            stays.push_back(node);
        }
        if (visit == event.visit && part == event.part_of) continue;
        event.visit = visit;
        event.part_of = part;
        changed.insert(event.id);
    }
}

void VisitLinker::forget() {
    if (nodes_.size() <= kMost) return;
    Nodes nodes = in_order(WallTime::min());
    nodes.resize(nodes.size() - kMost);
    for (const Node* node : nodes) {
        const EventId id = node->event.id;
        nodes_.erase(id);
    }
    for (auto& [id, node] : nodes_)
        if (node.after && !nodes_.contains(*node.after)) node.after.reset();
}

std::vector<Event> VisitLinker::link(const std::vector<Event>& events) {
    if (events.empty()) return {};
    std::set<EventId> told;
    for (const Event& event : events) {
        note(event);
        told.insert(event.id);
    }
    // What this batch tells anew, and what may still be linked or be a part of something.
    WallTime from = newest_ - settings_.same_service_within - kMemory;
    for (const Event& event : events)
        from = std::min(from, event.end);
    const Nodes nodes = in_order(from);
    settle(nodes);
    match(nodes);
    std::set<EventId> changed;
    name_visits(nodes, changed);
    std::vector<Event> out;
    for (const Event& event : events)
        if (told.erase(event.id) > 0) out.push_back(nodes_.at(event.id).event);
    for (const Node* node : nodes) {
        const bool in_input =
            std::any_of(events.begin(), events.end(), [&](const Event& e) { return e.id == node->event.id; });
        if (in_input || !changed.contains(node->event.id)) continue;
        Event& event = nodes_.at(node->event.id).event;
        ++event.revision;
        out.push_back(event);
    }
    forget();
    return out;
}

}  // namespace chairside
