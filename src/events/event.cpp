#include "events/event.hpp"

namespace chairside {

const char* to_string(EventState state) { return state == EventState::kOpen ? "open" : "closed"; }

std::optional<EventState> parse_event_state(std::string_view text) {
    for (const EventState state : {EventState::kOpen, EventState::kClosed}) {
        if (text == to_string(state)) return state;
    }
    return std::nullopt;
}

const char* to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::kCounted: return "counted";
        case Verdict::kReview: return "review";
        case Verdict::kRejected: return "rejected";
    }
    return "?";
}

std::optional<Verdict> parse_verdict(std::string_view text) {
    for (const Verdict verdict : {Verdict::kCounted, Verdict::kReview, Verdict::kRejected}) {
        if (text == to_string(verdict)) return verdict;
    }
    return std::nullopt;
}

}  // namespace chairside
