#include "pipeline/detection_log.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

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

DetectionLog::DetectionLog(double fps)
    : kept_(static_cast<std::size_t>(std::ceil(to_seconds(kKept) * std::clamp(fps, 1.0, kMostFps))) + 1) {}

void DetectionLog::Kept::drop_oldest() {
    people.drop(pictures.at(0).people);
    pictures.drop(1);
}

void DetectionLog::put(const Detections& detections) {
    kept_.with([&](Kept& kept) {
        auto& [pictures, people] = kept;
        const std::size_t seen = std::min(detections.people.size(), people.room());
        while (pictures.size() > 0 && (pictures.full() || people.size() + seen > people.room() ||
                                       detections.frame.mono - pictures.at(0).frame.mono > kKept))
            kept.drop_oldest();
        pictures.push() = {detections.frame, seen};
        for (std::size_t i = 0; i < seen; ++i) {
            const Detection& d = detections.people[i];
            people.push() = {static_cast<float>(d.box.x), static_cast<float>(d.box.y),
                             static_cast<float>(d.box.w), static_cast<float>(d.box.h), d.score};
        }
    });
}

ZoneTrial DetectionLog::tried(const CameraConfig& camera, Duration time) const {
    // A copy, so that the camera goes on meanwhile.
    const std::vector<Detections> frames = kept_.with([&](const Kept& kept) {
        const auto& [pictures, people] = kept;
        std::vector<Detections> out;
        std::size_t person = 0;
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            const Picture& picture = pictures.at(i);
            const bool wanted = pictures.at(pictures.size() - 1).frame.mono - picture.frame.mono <= time;
            if (wanted) out.push_back({picture.frame, {}});
            for (const std::size_t end = person + picture.people; person < end; ++person) {
                const Person& p = people.at(person);
                if (wanted) out.back().people.push_back({{p.x, p.y, p.w, p.h}, p.score});
            }
        }
        return out;
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
    for (const Detections& detections : frames)
        take(analysis.step(detections));
    take(analysis.events().end_all(EndReason::kEndOfStream));
    for (const ZoneConfig& zone : camera.zones)
        out.zones.push_back(as_tried(zone, events));
    return out;
}

}  // namespace chairside
