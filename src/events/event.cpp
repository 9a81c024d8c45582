#include "events/event.hpp"

#include "events/event_tracker.hpp"

namespace chairside {

const char* to_string(EventState state) {
    return state == EventState::kOpen ? "open" : "closed";
}

std::optional<EventState> parse_event_state(std::string_view text) {
    if (text == "open") return EventState::kOpen;
    if (text == "closed") return EventState::kClosed;
    return std::nullopt;
}

const char* to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::kCounted:
            return "counted";
        case Verdict::kReview:
            return "review";
        case Verdict::kRejected:
            return "rejected";
    }
    return "";
}

std::optional<Verdict> parse_verdict(std::string_view text) {
    for (const Verdict v : {Verdict::kCounted, Verdict::kReview, Verdict::kRejected})
        if (text == to_string(v)) return v;
    return std::nullopt;
}

const char* to_string(EndReason reason) {
    switch (reason) {
        case EndReason::kLeft:
            return "left";
        case EndReason::kGrace:
            return "grace";
        case EndReason::kStopped:
            return "stopped";
        case EndReason::kRestart:
            return "restart";
        case EndReason::kEndOfStream:
            return "end of stream";
        case EndReason::kByRequest:
            return "by request";
        case EndReason::kNeverMoved:
            return "never moved";
        case EndReason::kZoneRemoved:
            return "zone removed";
        case EndReason::kCameraRemoved:
            return "camera removed";
    }
    return "";
}

}  // namespace chairside
