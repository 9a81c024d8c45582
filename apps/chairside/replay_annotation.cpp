#include "replay_annotation.hpp"

#include <algorithm>

namespace chairside {

Annotation::Annotation(std::string file, const Scene& scene, double fps)
    : file_(std::move(file)),
      zones_(scene.zones),
      fps_(fps),
      annotator_({.time_zone = {}, .ignored = scene.ignore}) {}

std::vector<AnnotatedZone> Annotation::zones_now(const Analysis& analysis) const {
    const auto sessions = analysis.events().open_sessions();
    std::vector<AnnotatedZone> out;
    for (const auto& zone : zones_) {
        AnnotatedZone z{.zone = zone, .occupants = 0, .longest_dwell_s = 0, .counted = false};
        for (const auto& session : sessions) {
            if (session.zone != zone.name) continue;
            ++z.occupants;
            // Until last seen: nobody has proved yet that the time since belongs to the stay.
            z.longest_dwell_s = std::max(z.longest_dwell_s, to_seconds(session.last_seen - session.start));
            z.counted = z.counted || session.event.has_value();
        }
        out.push_back(std::move(z));
    }
    return out;
}

Result<void> Annotation::draw(const Image& picture, const Analysis& analysis, const EventTable& table) {
    if (!writer_) {
        auto writer = open_video_writer(file_, picture.width, picture.height, fps_);
        if (!writer) return tl::unexpected(writer.error());
        writer_ = std::move(*writer);
    }
    copy_ = picture;
    const std::string header = "haircuts " + std::to_string(table.counted(ZoneType::kChair)) + "   washes " +
                               std::to_string(table.counted(ZoneType::kWash)) + "   waits " +
                               std::to_string(table.counted(ZoneType::kWait));
    const FrameInfo& frame = analysis.tracks().frame;
    if (auto drawn = annotator_.draw(copy_, frame, analysis.tracks(), zones_now(analysis), header); !drawn)
        return drawn;
    return writer_->write(copy_, frame.mono);
}

Result<void> Annotation::finish() {
    return writer_ ? writer_->finish() : Result<void>{};
}

}  // namespace chairside
