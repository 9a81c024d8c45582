#include "pipeline/detection_log.hpp"

#include <algorithm>
#include <map>

#include "pipeline/analysis.hpp"

namespace chairside {
namespace {

constexpr std::uint64_t kSeed = 1;  // ids of a trial are nobody's

ZoneTrial::Zone as_tried(const ZoneConfig& zone, const std::map<EventId, Event>& events) {
    ZoneTrial::Zone out{zone.name, zone.type, 0, 0, {}};
    for (const auto& [id, event] : events) {
        if (event.zone != zone.name) continue;
        if (event.verdict == Verdict::kCounted) ++out.counted;
        if (event.verdict == Verdict::kReview) ++out.to_review;
        out.stays.push_back(event);
    }
    std::sort(out.stays.begin(), out.stays.end(),
              [](const Event& a, const Event& b) { return a.start < b.start; });
    return out;
}

}  // namespace

void DetectionLog::put(const Detections& detections) {
    Kept one{detections.frame, {}};
    one.people.reserve(detections.people.size());
    for (const Detection& d : detections.people)
        one.people.push_back({static_cast<float>(d.box.x), static_cast<float>(d.box.y),
                              static_cast<float>(d.box.w), static_cast<float>(d.box.h), d.score});
    kept_.with([&](std::deque<Kept>& kept) {
        kept.push_back(std::move(one));
        while (kept.size() > kMostFrames || kept.back().frame.mono - kept.front().frame.mono > kKept)
            kept.pop_front();
    });
}

ZoneTrial DetectionLog::tried(const CameraConfig& camera, Duration time) const {
    // A copy, so that the camera goes on meanwhile.
    const std::vector<Kept> frames = kept_.with([&](const std::deque<Kept>& kept) {
        auto first = kept.begin();
        while (first != kept.end() && kept.back().frame.mono - first->frame.mono > time)
            ++first;
        return std::vector<Kept>(first, kept.end());
    });
    ZoneTrial out;
    out.frames = frames.size();
    if (frames.empty()) return out;
    out.from = frames.front().frame.wall;
    out.to = frames.back().frame.wall;
    const auto ids = make_seeded_id_source(kSeed);
    Analysis analysis(camera.id, camera.zones, *ids, camera.ignore, camera.ignore_still);
    std::map<EventId, Event> events;
    const auto take = [&](const EventChanges& changes) {
        for (const Event& event : changes.events)
            events[event.id] = event;
    };
    for (const Kept& one : frames) {
        Detections detections{one.frame, {}};
        for (const Person& p : one.people)
            detections.people.push_back({{p.x, p.y, p.w, p.h}, p.score});
        take(analysis.step(detections));
    }
    take(analysis.events().end_all(EndReason::kEndOfStream));
    for (const ZoneConfig& zone : camera.zones)
        out.zones.push_back(as_tried(zone, events));
    return out;
}

}  // namespace chairside
