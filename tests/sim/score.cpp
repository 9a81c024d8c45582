#include "sim/score.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "events/event_tracker.hpp"
#include "track/tracker.hpp"
#include "visits/visit_linker.hpp"
#include "zones/zone_map.hpp"

namespace chairside::sim {
namespace {

double overlap(const Service& a, const Service& b) {
    if (a.zone != b.zone) return 0;
    const double both = std::min(a.exit_s, b.exit_s) - std::max(a.enter_s, b.enter_s);
    const double all = std::max(a.exit_s, b.exit_s) - std::min(a.enter_s, b.enter_s);
    return both > 0 && all > 0 ? both / all : 0;
}

std::vector<ZoneConfig> moved(std::vector<ZoneConfig> zones, const Salon& salon, const LookOptions& o,
                              int width, int height) {
    for (ZoneConfig& zone : zones)
        for (Point& p : zone.polygon)
            p = {((o.mirror ? 1 - p.x : p.x) * salon.width() * o.scale + o.shift_x) / width,
                 (p.y * salon.height() * o.scale + o.shift_y) / height};
    return zones;
}

void perturb(Detections& d, const Salon& salon, const LookOptions& o, Random& random) {
    if (o.miss > 0) std::erase_if(d.people, [&](const Detection&) { return random.chance(o.miss); });
    for (Detection& p : d.people) {
        const double x = o.mirror ? salon.width() - p.box.right() : p.box.x;
        p.box = {x * o.scale + o.shift_x, p.box.y * o.scale + o.shift_y, p.box.w * o.scale,
                 p.box.h * o.scale};
    }
    if (!o.shuffle) return;
    for (std::size_t k = d.people.size(); k > 1; --k)
        std::swap(d.people[k - 1], d.people[static_cast<std::size_t>(random.below(static_cast<int>(k)))]);
}

// From time to time two tracks go on under each other's id, as trackers do where people meet.
class IdSwaps {
  public:
    IdSwaps(double every_s, std::uint64_t seed) : every_s_(every_s), random_(seed ^ 0x1D5) {}
    Tracks apply(Tracks tracks, double t) {
        if (every_s_ > 0 && t >= next_ && tracks.people.size() > 1) {
            next_ = t + every_s_ * random_.between(0.5, 1.5);
            const int n = static_cast<int>(tracks.people.size());
            const auto a = static_cast<std::size_t>(random_.below(n)),
                       b = static_cast<std::size_t>(random_.below(n));
            const TrackId x = named(tracks.people[a].id), y = named(tracks.people[b].id);
            names_[tracks.people[a].id] = y;
            names_[tracks.people[b].id] = x;
        }
        for (Track& track : tracks.people)
            track.id = named(track.id);
        return tracks;
    }

  private:
    TrackId named(TrackId id) const {
        const auto found = names_.find(id);
        return found == names_.end() ? id : found->second;
    }
    double every_s_, next_ = 0;
    Random random_;
    std::map<TrackId, TrackId> names_;
};

}  // namespace

Score score(const std::vector<Service>& truth, const std::vector<Service>& counted) {
    struct Pair {
        double overlap;
        std::size_t t, c;
    };
    std::vector<Pair> pairs;
    for (std::size_t t = 0; t < truth.size(); ++t)
        for (std::size_t c = 0; c < counted.size(); ++c)
            if (const double o = overlap(truth[t], counted[c]); o >= 0.5) pairs.push_back({o, t, c});
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& a, const Pair& b) { return a.overlap > b.overlap; });
    std::vector<char> used_t(truth.size()), used_c(counted.size());
    Score out;
    out.truths = static_cast<int>(truth.size());
    out.counted = static_cast<int>(counted.size());
    for (const Pair& p : pairs) {
        if (used_t[p.t] || used_c[p.c]) continue;
        used_t[p.t] = used_c[p.c] = 1;
        ++out.matched;
        out.start_errors.push_back(counted[p.c].enter_s - truth[p.t].enter_s);
        out.end_errors.push_back(counted[p.c].exit_s - truth[p.t].exit_s);
    }
    for (std::size_t t = 0; t < truth.size(); ++t)
        if (!used_t[t]) out.missed.push_back(truth[t]);
    for (std::size_t c = 0; c < counted.size(); ++c)
        if (!used_c[c]) out.wrong.push_back(counted[c]);
    return out;
}

std::vector<Service> as_services(const std::vector<Event>& events, const std::vector<ZoneConfig>& zones) {
    std::vector<Service> out;
    for (const Event& event : events) {
        if (event.verdict != Verdict::kCounted) continue;
        const double start = to_seconds(event.start.time_since_epoch());
        for (std::size_t z = 0; z < zones.size(); ++z)
            if (zones[z].name == event.zone)
                out.push_back({static_cast<int>(z), start, start + to_seconds(event.dwell)});
    }
    return out;
}

std::vector<Event> count_services(const Salon& salon, const LookOptions& o) {
    const int width = static_cast<int>(salon.width() * o.scale + 2 * o.shift_x),
              height = static_cast<int>(salon.height() * o.scale + 2 * o.shift_y);
    const auto ids = make_seeded_id_source(o.seed);
    const auto zones = moved(salon.zones(), salon, o, width, height);
    Tracker tracker;
    ZoneMap map(zones);
    EventTracker sessions("camera", zones, *ids, o.engine);
    std::map<EventId, Event> events;
    VisitLinker visits({}, places_of("camera", zones));
    const auto note = [&](const EventChanges& changes) {
        for (const Event& e : visits.link(changes.events))
            events[e.id] = e;
    };
    Random random(o.seed);
    IdSwaps swaps(o.swap_ids_every_s, o.seed);
    for (std::uint64_t i = 0; static_cast<double>(i) / o.fps < salon.length_s(); ++i) {
        // To the millisecond, so that frames which different rates share are the same frames.
        double t = (static_cast<double>(i) + o.irregular * (random.uniform() - 0.5)) / o.fps;
        t = std::round(std::max(0.0, t) * 1000) / 1000;
        if (o.gap_every_s > 0 && std::fmod(t, o.gap_every_s) > o.gap_every_s - o.gap_s) continue;
        Detections d = salon.look(t, i);
        d.frame.width = width;
        d.frame.height = height;
        perturb(d, salon, o, random);
        note(sessions.update(map.place(swaps.apply(tracker.update(d), t), d)));
    }
    note(sessions.end_all(EndReason::kEndOfStream));
    std::vector<Event> out;
    for (const auto& [id, event] : events)
        out.push_back(event);
    return out;
}

}  // namespace chairside::sim
