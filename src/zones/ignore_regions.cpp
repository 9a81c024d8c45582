#include "zones/ignore_regions.hpp"

#include <algorithm>

namespace chairside {
namespace {

Polygon in_pixels(const Polygon& polygon, int width, int height) {
    Polygon out;
    out.reserve(polygon.size());
    for (const Point p : polygon)
        out.push_back({p.x * width, p.y * height});
    return out;
}

}  // namespace

bool IgnoreRegions::ignored(const Box& box, int width, int height) const {
    return std::any_of(regions_.begin(), regions_.end(), [&](const IgnoreRegion& region) {
        const Polygon polygon = in_pixels(region.polygon, width, height);
        const double away = signed_distance(polygon, box.foot());
        return away <= 0 || (away <= kFootMargin * box.h && overlap_fraction(box, polygon) >= kMost);
    });
}

void IgnoreRegions::apply(Detections& detections) const {
    if (regions_.empty() || detections.frame.width <= 0 || detections.frame.height <= 0) return;
    std::erase_if(detections.people, [&](const Detection& d) {
        return ignored(d.box, detections.frame.width, detections.frame.height);
    });
}

}  // namespace chairside
