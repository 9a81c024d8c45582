#include "pipeline/look_plan.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

constexpr double kSamePlace = 0.7;  // part of a detection's box inside a track's: it is that person

Box within_picture(const Box& box) {
    const double left = std::clamp(box.x, 0.0, 1.0), top = std::clamp(box.y, 0.0, 1.0);
    return {left, top, std::clamp(box.right(), 0.0, 1.0) - left, std::clamp(box.bottom(), 0.0, 1.0) - top};
}

}  // namespace

LookPlan::LookPlan(const std::vector<ZoneConfig>& zones, LookSettings settings) : settings_(settings) {
    rezone(zones);
}

void LookPlan::rezone(const std::vector<ZoneConfig>& zones) {
    seats_.clear();
    for (const ZoneConfig& zone : zones)
        seats_.push_back(
            {bounds(zone.polygon), to_seconds(zone.grace), -1e9, zone.capacity <= settings_.seats_most});
    whole_seen_ = -1e9;  // who sits where is not known any more
}

void LookPlan::learn(const Tracks& tracks, const Occupancy& occupancy, bool whole) {
    if (tracks.frame.width <= 0 || tracks.frame.height <= 0) return;
    learned_ = to_seconds(tracks.frame.mono);
    if (whole) whole_seen_ = learned_;
    width_ = tracks.frame.width;
    height_ = tracks.frame.height;
    std::erase_if(places_, [&](const Place& place) {
        const double unseen = place.unseen_s + learned_ - place.seen;
        return unseen > (place.id.value != 0 ? settings_.remember : settings_.weak_remember);
    });
    learn_tracks(tracks);
    learn_sightings(occupancy);
}

void LookPlan::learn_tracks(const Tracks& tracks) {
    for (const Track& track : tracks.people) {
        const Place now{track.id, track.box, track.velocity, learned_, track.unseen_s};
        const auto at =
            std::find_if(places_.begin(), places_.end(), [&](const Place& p) { return p.id == track.id; });
        if (at == places_.end())
            places_.push_back(now);
        else
            *at = now;
    }
}

// Detections count as well: who is half hidden may never become a track, and who just came in is none yet.
void LookPlan::learn_sightings(const Occupancy& occupancy) {
    for (std::size_t z = 0; z < occupancy.zones.size() && z < seats_.size(); ++z)
        if (!occupancy.zones[z].inside.empty()) seats_[z].seen = learned_;
    for (const Sighting& sighting : occupancy.sightings) {
        const bool in_zone = sighting.zone >= 0 && static_cast<std::size_t>(sighting.zone) < seats_.size();
        if (in_zone) seats_[static_cast<std::size_t>(sighting.zone)].seen = learned_;
        if ((in_zone || sighting.score >= settings_.weak_score) && !known(sighting.box))
            places_.push_back({TrackId{}, sighting.box, {}, learned_, 0});
    }
}

// True if a place of this picture has it already; an older one that is no track is renewed.
bool LookPlan::known(const Box& box) const {
    return std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
        return place.seen == learned_ && intersection_area(place.box, box) > kSamePlace * box.area();
    });
}

// Where the place's person may be at this time, normalised.
Box LookPlan::around(const Place& place, double t) const {
    const double ahead = std::max(0.0, t - place.seen);
    const double dx = place.velocity.x * ahead, dy = place.velocity.y * ahead;
    const double lost = std::min(settings_.lost_most,
                                 settings_.lost_speed * (place.unseen_s > 0 ? ahead + place.unseen_s : 0));
    const double margin = settings_.margin * place.box.h;
    const double up = margin + settings_.context * height_;
    const double aside = margin + settings_.context * width_ + lost * place.box.h;
    Box box{place.box.x + std::min(dx, 0.0) - aside, place.box.y + std::min(dy, 0.0) - up,
            place.box.w + std::abs(dx) + 2 * aside, place.box.h + std::abs(dy) + 2 * up};
    return within_picture({box.x / width_, box.y / height_, box.w / width_, box.h / height_});
}

bool LookPlan::whole_due(double t) {
    if (t - learned_ > settings_.oldest) return true;
    return t - whole_seen_ >= settings_.whole_every && t - whole_asked_ >= settings_.ask_again;
}

std::vector<Box> LookPlan::next(MonoTime time) {
    const double t = to_seconds(time);
    std::vector<Box> regions;
    if (!whole_due(t)) {
        for (const Place& place : places_)
            regions.push_back(around(place, t));
        for (const Seat& seat : seats_)
            if (seat.watched && t - seat.seen <= seat.grace_s) regions.push_back(within_picture(seat.bounds));
    }
    if (regions.empty()) whole_asked_ = t;
    return regions;
}

}  // namespace chairside
