#pragma once
// A stay: what the engine knows of one session, whatever the regime of its zone. Values only.

#include <map>
#include <string>
#include <vector>

#include "base/geometry.hpp"
#include "base/ids.hpp"
#include "events/event.hpp"
#include "events/event_tracker.hpp"

namespace chairside {

// Why a session looks as it does, for people and for the confidence; becomes the event's metadata.
using Notes = std::map<std::string, std::string>;

struct Stay {
    std::int64_t number = 0;  // unique per camera, never reused
    int zone = 0;             // index into the camera's zones
    PersonId person;
    TrackId track;               // seen last
    double start = 0, last = 0;  // s, engine time; last time seen, or the end once closed
    Point anchor;                // foot, pixels
    bool confirmed = false;      // enough was seen of it to be a session
    bool closed = false;
    Verdict verdict = Verdict::kCounted;
    EndReason end = EndReason::kGrace;
    double confidence = 1;
    Notes notes;  // filled when closed; while open by describe()
    double dwell() const { return last - start; }
};

}  // namespace chairside
