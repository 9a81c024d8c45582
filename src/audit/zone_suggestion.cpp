#include "audit/zone_suggestion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "audit/polygon_ops.hpp"

namespace chairside {
namespace {

constexpr double kCore = 0.95;
// Around the core, in widths of a seated person: as far as somebody shifts in the seat. Further up than down: the foot
// point is the lowest of the box, which is the front of the seat in all but views from straight above.
constexpr double kAside = 0.6, kAbove = 0.5, kBelow = 0.25;
constexpr double kRectangular = 0.75;  // a hull that fills its bounds by this much is drawn as a rectangle
constexpr std::size_t kMostCorners = 8, kLeastCorners = 4;
constexpr double kCornerWorth = 0.01;  // of the area: corners that add less are left out

double corner_area(const Polygon& polygon, std::size_t i) {
    const Point a = polygon[(i + polygon.size() - 1) % polygon.size()], b = polygon[i],
                c = polygon[(i + 1) % polygon.size()];
    return std::abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2;
}

void simplify(Polygon& polygon) {
    const double whole = area_of(polygon);
    while (polygon.size() > kLeastCorners) {
        std::size_t least = 0;
        for (std::size_t i = 1; i < polygon.size(); ++i)
            if (corner_area(polygon, i) < corner_area(polygon, least)) least = i;
        if (polygon.size() <= kMostCorners && corner_area(polygon, least) > kCornerWorth * whole) return;
        polygon.erase(polygon.begin() + static_cast<std::ptrdiff_t>(least));
    }
}

Point mean_of(const std::vector<Point>& points) {
    Point sum;
    for (const Point p : points)
        sum = {sum.x + p.x, sum.y + p.y};
    const auto n = static_cast<double>(points.size());
    return {sum.x / n, sum.y / n};
}

}  // namespace

double share_held(const Polygon& polygon, const std::vector<Point>& feet) {
    if (polygon.size() < 3 || feet.empty()) return 0;
    const auto held = std::count_if(feet.begin(), feet.end(), [&](Point p) { return contains(polygon, p); });
    return static_cast<double>(held) / static_cast<double>(feet.size());
}

Polygon hull_of_places(const std::vector<const SeatPlace*>& places, const FootPicture& picture,
                       SeatEvidence evidence) {
    Polygon corners;
    for (const SeatPlace* place : places) {
        const double w = place->person_width;
        for (const int cell : core_of(*place, picture.feet, evidence, kCore)) {
            const Point c = picture.center_of(cell);
            for (const double x : {c.x - kAside * w, c.x + kAside * w})
                for (const double y : {c.y - kAbove * w, c.y + kBelow * w})
                    corners.push_back(
                        {std::clamp(x, 0.0, picture.width), std::clamp(y, 0.0, picture.height)});
        }
    }
    if (corners.empty()) return {};
    Polygon hull = convex_hull(corners);
    const Box box = bounds(hull);
    if (area_of(hull) >= kRectangular * box.area())
        return {{box.x, box.y}, {box.right(), box.y}, {box.right(), box.bottom()}, {box.x, box.bottom()}};
    simplify(hull);
    return hull;
}

Polygon cut_off(const Polygon& mine, const Polygon& other, const std::vector<Point>& feet) {
    if (common_area(mine, other) <= 0) return mine;
    const Polygon hull = convex_hull(other);
    const Point inside = centroid(hull);
    Polygon best;
    for (std::size_t i = 0; i < hull.size(); ++i) {
        Point a = hull[i], b = hull[(i + 1) % hull.size()];
        // Keep the side on which the other one is not.
        const double side = (b.x - a.x) * (inside.y - a.y) - (b.y - a.y) * (inside.x - a.x);
        if (side < 0) std::swap(a, b);
        Polygon part = cut(mine, a, b);
        if (part.size() < 3) continue;
        const double kept = share_held(part, feet), best_kept = share_held(best, feet);
        if (best.empty() || kept > best_kept || (kept == best_kept && area_of(part) > area_of(best)))
            best = std::move(part);
    }
    return best;
}

Polygon cut_between(const Polygon& mine, const std::vector<Point>& my_feet,
                    const std::vector<Point>& other_feet) {
    if (my_feet.empty() || other_feet.empty()) return mine;
    const Point from = mean_of(my_feet), to = mean_of(other_feet);
    const double dx = to.x - from.x, dy = to.y - from.y, length = std::hypot(dx, dy);
    if (length <= 0) return mine;
    const auto along = [&](Point p) { return ((p.x - from.x) * dx + (p.y - from.y) * dy) / length; };
    double last_mine = -std::numeric_limits<double>::infinity(), first_other = -last_mine;
    for (const Point p : my_feet)
        last_mine = std::max(last_mine, along(p));
    for (const Point p : other_feet)
        first_other = std::min(first_other, along(p));
    const double middle = (last_mine + first_other) / 2;
    const Point at{from.x + middle * dx / length, from.y + middle * dy / length};
    return cut(mine, at, {at.x + dy, at.y - dx});
}

Polygon normalised(const Polygon& pixels, const FootPicture& picture) {
    Polygon out;
    const auto thousandths = [](double x) { return std::round(std::clamp(x, 0.0, 1.0) * 1000) / 1000; };
    for (const Point p : pixels) {
        const Point q{thousandths(p.x / picture.width), thousandths(p.y / picture.height)};
        if (out.empty() || !(out.back() == q)) out.push_back(q);
    }
    if (out.size() > 1 && out.front() == out.back()) out.pop_back();
    return out;
}

}  // namespace chairside
