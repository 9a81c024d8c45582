#include "zones/zone_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "zones/whole_people.hpp"

namespace chairside {
namespace {

Point tested_point(ZoneAnchor anchor, const Box& box) {
    return anchor == ZoneAnchor::kFoot ? box.foot() : box.center();
}

bool usable(const Box& b) {
    return std::isfinite(b.x) && std::isfinite(b.y) && std::isfinite(b.w) && std::isfinite(b.h) && b.w > 0 &&
           b.h > 0;
}

}  // namespace

ZoneMap::ZoneMap(std::vector<ZoneConfig> zones) : zones_(std::move(zones)) {
    out_.zones.resize(zones_.size());
}

void ZoneMap::scale_to(int width, int height) {
    if (width == width_ && height == height_) return;
    width_ = width;
    height_ = height;
    polygons_.clear();
    centroids_.clear();
    for (const auto& zone : zones_) {
        Polygon pixels;
        for (const Point p : zone.polygon)
            pixels.push_back({p.x * width, p.y * height});
        centroids_.push_back(centroid(pixels));
        polygons_.push_back(std::move(pixels));
    }
}

// In box widths for points; for kOverlap the surplus of the box's part inside, which is on a similar scale.
double ZoneMap::depth_in(const ZoneConfig& zone, const Polygon& polygon, const Box& box) const {
    if (zone.anchor == ZoneAnchor::kOverlap) return overlap_fraction(box, polygon) - zone.overlap;
    const Point p = tested_point(zone.anchor, box);
    const double distance = std::abs(signed_distance(polygon, p)) / box.w;
    if (contains(polygon, p)) return distance;
    return -std::max(distance,
                     std::numeric_limits<double>::min());  // on the far edge: outside, however close
}

ZoneMap::Placement ZoneMap::placement(const Box& box) const {
    Placement best;
    double best_distance = 0;
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        const double depth = depth_in(zones_[i], polygons_[i], box);
        if (depth < -kZoneMargin) continue;
        const Point p = tested_point(zones_[i].anchor, box);
        const double distance = std::hypot(p.x - centroids_[i].x, p.y - centroids_[i].y);
        const bool inside = depth >= 0, best_inside = best.zone >= 0 && best.depth >= 0;
        const bool better =
            best.zone < 0 || (inside && !best_inside) ||
            (inside == best_inside && (inside ? distance < best_distance : depth > best.depth));
        if (!better) continue;
        best = {static_cast<int>(i), depth};
        best_distance = distance;
    }
    return best;
}

void ZoneMap::place_people(const Tracks& tracks) {
    out_.frame = tracks.frame;
    out_.any_detection = false;
    out_.everyone.clear();
    out_.sightings.clear();
    for (auto& zone : out_.zones)
        zone.inside.clear();
    const int width = tracks.frame.width, height = tracks.frame.height;
    if (width <= 0 || height <= 0) return;
    scale_to(width, height);
    for (const Track& track : tracks.people) {
        if (!usable(track.box)) continue;
        const auto normalised = [&](Point p) { return Point{p.x / width, p.y / height}; };
        Occupant who{track.id,      track.box,  normalised(track.box.foot()), 0, track.score,
                     track.coasted, track.age_s};
        out_.any_detection = out_.any_detection || !track.coasted;
        const Placement where = placement(track.box);
        who.depth = where.zone >= 0 ? where.depth : 0;
        out_.everyone.push_back(who);
        if (where.zone < 0) continue;
        const auto zone = static_cast<std::size_t>(where.zone);
        who.anchor = normalised(tested_point(zones_[zone].anchor, track.box));
        out_.zones[zone].inside.push_back(who);
    }
}

void ZoneMap::add_sighting(const Box& box, float score) {
    if (!usable(box)) return;
    const Placement where = placement(box);
    out_.sightings.push_back({box, score, where.zone, where.zone >= 0 ? where.depth : 0});
    out_.any_detection = true;
}

// The order of what comes in must not matter to anyone downstream.
void ZoneMap::sort() {
    const auto key = [](const Box& b) { return std::tie(b.x, b.y, b.w, b.h); };
    const auto before = [&](const Occupant& a, const Occupant& b) {
        return a.track != b.track ? a.track < b.track : key(a.box) < key(b.box);
    };
    std::sort(out_.everyone.begin(), out_.everyone.end(), before);
    for (auto& zone : out_.zones)
        std::sort(zone.inside.begin(), zone.inside.end(), before);
    std::sort(out_.sightings.begin(), out_.sightings.end(),
              [&](const Sighting& a, const Sighting& b) { return key(a.box) < key(b.box); });
}

const Occupancy& ZoneMap::place(const Tracks& tracks) {
    place_people(tracks);
    if (tracks.frame.width > 0 && tracks.frame.height > 0) {
        for (const Track& track : tracks.people)
            if (!track.coasted) add_sighting(track.box, track.score);
    }
    sort();
    return out_;
}

const Occupancy& ZoneMap::place(const Tracks& tracks, const Detections& detections) {
    place_people(tracks);
    if (tracks.frame.width > 0 && tracks.frame.height > 0)
        for (const Detection& detection : detections.people)
            add_sighting(detection.box, detection.score);
    keep_whole_people(out_.sightings);
    sort();
    return out_;
}

}  // namespace chairside
