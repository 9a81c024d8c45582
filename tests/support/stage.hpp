#pragma once
// Plays made-up people before zones and sessions, frame by frame: for tests of what is counted.

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/event_tracker.hpp"
#include "zones/zone_map.hpp"

namespace chairside::support {

inline ZoneConfig make_zone(const std::string& name, ZoneType type, double x0, double y0, double x1,
                            double y1, int capacity = 1, double dwell_s = 10, double grace_s = 40) {
    ZoneConfig zone;
    zone.name = name;
    zone.type = type;
    zone.polygon = {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
    zone.capacity = capacity;
    zone.dwell = from_seconds(dwell_s);
    zone.grace = from_seconds(grace_s);
    return zone;
}

// The box of somebody whose foot is there, pixels.
inline Box standing(double foot_x, double foot_y, double height = 200) {
    return {foot_x - 0.2 * height, foot_y - height, 0.4 * height, height};
}
inline Box seated(double foot_x, double foot_y, double standing_height = 200) {
    const double height = 0.72 * standing_height;
    return {foot_x - 0.35 * height, foot_y - height, 0.7 * height, height};
}

// A picture of 1000 x 500 pixels; times in seconds from the first frame, which is the Unix epoch.
class Stage {
  public:
    explicit Stage(const std::vector<ZoneConfig>& zones)
        : ids_(make_seeded_id_source(7)), map_(zones), tracker_("cam", zones, *ids_) {}

    void show(double t, const std::vector<std::pair<std::int64_t, Box>>& people, float score = 0.9F) {
        Tracks tracks;
        Detections detections;
        tracks.frame.mono = MonoTime(from_seconds(t));
        tracks.frame.wall = WallTime(from_seconds(t));
        tracks.frame.width = 1000;
        tracks.frame.height = 500;
        detections.frame = tracks.frame;
        for (const auto& [id, box] : people) {
            Track track;
            track.id = {id};
            track.box = box;
            track.score = score;
            if (!born_.contains(id)) born_[id] = t;
            track.age_s = t - born_[id];
            track.hits = 10;
            tracks.people.push_back(track);
            detections.people.push_back({box, score});
        }
        note(tracker_.update(map_.place(tracks, detections)));
    }

    // Other zones from the next frame on.
    void rezone(const std::vector<ZoneConfig>& zones) {
        map_ = ZoneMap(zones);
        note(tracker_.rezone(zones));
    }

    void note(const EventChanges& changes) {
        for (const Event& event : changes.events) {
            const auto known = events_.find(event.id);
            if (known != events_.end() && event.revision <= known->second.revision) ++stale_;
            events_[event.id] = event;
            history_.push_back(event);
        }
        for (const OpenSession& session : changes.sessions)
            sessions_[session.session] = session;
        for (const std::int64_t number : changes.ended)
            sessions_.erase(number);
    }

    // Of the last revision of each.
    std::vector<Event> events(Verdict verdict = Verdict::kCounted) const {
        std::vector<Event> out;
        for (const auto& [id, event] : events_)
            if (event.verdict == verdict) out.push_back(event);
        return out;
    }
    const std::vector<Event>& history() const { return history_; }
    const std::map<std::int64_t, OpenSession>& stored() const { return sessions_; }
    int stale_revisions() const { return stale_; }
    EventTracker& tracker() { return tracker_; }

  private:
    std::unique_ptr<EventIdSource> ids_;
    ZoneMap map_;
    EventTracker tracker_;
    std::map<std::int64_t, double> born_;
    std::map<EventId, Event> events_;
    std::vector<Event> history_;
    std::map<std::int64_t, OpenSession> sessions_;
    int stale_ = 0;
};

using People = std::vector<std::pair<std::int64_t, Box>>;

// A stage on which frames follow each other by 0.2 s.
class Play {
  public:
    explicit Play(const std::vector<ZoneConfig>& zones) : stage(zones) {}

    void show(const People& people) { stage.show(0.2 * frame_++, people); }
    double now() const { return 0.2 * frame_; }
    void lose_frames(int number) { frame_ += number; }
    // For so long, with what is given at each time since the begin.
    template <typename Scene>
    void play(double seconds, Scene scene) {
        const double begin = now();
        while (now() < begin + seconds - 1e-6)
            show(scene(now() - begin));
    }
    // Somebody walks up and down for a minute, somebody sits at `seat_x` and is served, then all are away: postures are known
    // from 160 s on.
    void teach_postures(double seat_x) {
        for (int i = 0; i < 300; ++i)
            show({{1000, standing(60 + 3.0 * (std::abs(i % 120 - 60) * 5), 380 + i % 7)}});
        play(40, [&](double) {
            return People{{1001, seated(seat_x, 400)}, {1002, standing(seat_x + 55, 400)}};
        });
        play(60, [](double) { return People{{1002, standing(900, 400)}}; });
    }
    std::vector<Event> finish() {
        stage.note(stage.tracker().end_all(EndReason::kEndOfStream));
        return stage.events();
    }

    Stage stage;

  private:
    int frame_ = 0;
};

inline double start_s(const Event& event) {
    return to_seconds(event.start.time_since_epoch());
}
inline double end_s(const Event& event) {
    return to_seconds(event.end.time_since_epoch());
}

}  // namespace chairside::support
