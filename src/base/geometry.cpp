#include "base/geometry.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chairside {
namespace {

double cross(Point o, Point a, Point b) {
    return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

bool on_segment(Point a, Point b, Point p) {
    return std::min(a.x, b.x) <= p.x && p.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= p.y &&
           p.y <= std::max(a.y, b.y);
}

// Also true when they only touch.
bool segments_meet(Point a, Point b, Point c, Point d) {
    const double d1 = cross(c, d, a), d2 = cross(c, d, b), d3 = cross(a, b, c), d4 = cross(a, b, d);
    if (((d1 > 0 && d2 < 0) || (d1 < 0 && d2 > 0)) && ((d3 > 0 && d4 < 0) || (d3 < 0 && d4 > 0))) return true;
    return (d1 == 0 && on_segment(c, d, a)) || (d2 == 0 && on_segment(c, d, b)) ||
           (d3 == 0 && on_segment(a, b, c)) || (d4 == 0 && on_segment(a, b, d));
}

double segment_distance(Point a, Point b, Point p) {
    const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    const double t =
        length2 > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
    return std::hypot(p.x - (a.x + t * dx), p.y - (a.y + t * dy));
}

// Sutherland and Hodgman (1974): the polygon cut by one half plane, kept where side(p) >= 0.
template <typename Side>
void clip(const Polygon& in, Polygon& out, Side side) {
    out.clear();
    for (std::size_t i = 0; i < in.size(); ++i) {
        const Point a = in[i], b = in[(i + 1) % in.size()];
        const double sa = side(a), sb = side(b);
        if (sa >= 0) out.push_back(a);
        if ((sa >= 0) != (sb >= 0)) {
            const double t = sa / (sa - sb);
            out.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
        }
    }
}

}  // namespace

double intersection_area(const Box& a, const Box& b) {
    const double w = std::min(a.right(), b.right()) - std::max(a.x, b.x);
    const double h = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
    return w > 0 && h > 0 ? w * h : 0.0;
}

double iou(const Box& a, const Box& b) {
    const double both = intersection_area(a, b), all = a.area() + b.area() - both;
    return all > 0 ? both / all : 0.0;
}

double signed_area(const Polygon& polygon) {
    double twice = 0;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
        twice += a.x * b.y - b.x * a.y;
    }
    return twice / 2;
}

Point centroid(const Polygon& polygon) {
    const double area = signed_area(polygon);
    Point sum;
    if (area == 0) {
        for (const Point& p : polygon)
            sum = {sum.x + p.x, sum.y + p.y};
        const double n = polygon.empty() ? 1.0 : static_cast<double>(polygon.size());
        return {sum.x / n, sum.y / n};
    }
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
        const double f = a.x * b.y - b.x * a.y;
        sum = {sum.x + (a.x + b.x) * f, sum.y + (a.y + b.y) * f};
    }
    return {sum.x / (6 * area), sum.y / (6 * area)};
}

Box bounds(const Polygon& polygon) {
    if (polygon.empty()) return {};
    double left = polygon[0].x, right = left, top = polygon[0].y, bottom = top;
    for (const Point& p : polygon) {
        left = std::min(left, p.x), right = std::max(right, p.x);
        top = std::min(top, p.y), bottom = std::max(bottom, p.y);
    }
    return {left, top, right - left, bottom - top};
}

bool contains(const Polygon& polygon, Point p) {
    bool inside = false;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
        const Point a = polygon[i], b = polygon[j];
        if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
            inside = !inside;
    }
    return inside;
}

double signed_distance(const Polygon& polygon, Point p) {
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        nearest = std::min(nearest, segment_distance(polygon[i], polygon[(i + 1) % polygon.size()], p));
    }
    return contains(polygon, p) ? -nearest : nearest;
}

double overlap_fraction(const Box& box, const Polygon& polygon) {
    if (box.area() <= 0 || polygon.size() < 3) return 0;
    Polygon a = polygon, b;
    clip(a, b, [&](Point p) { return p.x - box.x; });
    clip(b, a, [&](Point p) { return box.right() - p.x; });
    clip(a, b, [&](Point p) { return p.y - box.y; });
    clip(b, a, [&](Point p) { return box.bottom() - p.y; });
    return std::min(1.0, std::abs(signed_area(a)) / box.area());
}

Polygon grown(const Polygon& polygon, double factor) {
    const Point c = centroid(polygon);
    Polygon out;
    out.reserve(polygon.size());
    for (const Point& p : polygon)
        out.push_back({c.x + (p.x - c.x) * factor, c.y + (p.y - c.y) * factor});
    return out;
}

std::optional<std::string> polygon_fault(const Polygon& polygon) {
    const std::size_t n = polygon.size();
    if (n < 3) return "a polygon needs at least 3 corners, found " + std::to_string(n);
    for (const Point& p : polygon) {
        if (!std::isfinite(p.x) || !std::isfinite(p.y)) return "a corner is not a finite number";
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (polygon[i] == polygon[(i + 1) % n]) {
            return "corners " + std::to_string(i + 1) + " and " + std::to_string((i + 1) % n + 1) +
                   " are the same point";
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        const Point a = polygon[i], b = polygon[(i + 1) % n], c = polygon[(i + 2) % n];
        const bool turns_back =
            cross(a, b, c) == 0 && (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y) > 0;
        if (turns_back)
            return "the edge after corner " + std::to_string((i + 1) % n + 1) +
                   " folds back on the one before it";
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 2; j < n; ++j) {
            if (i == 0 && j == n - 1) continue;  // neighbours around the end
            if (segments_meet(polygon[i], polygon[i + 1], polygon[j], polygon[(j + 1) % n])) {
                return "the edge from corner " + std::to_string(i + 1) + " to " + std::to_string(i + 2) +
                       " crosses the edge from corner " + std::to_string(j + 1) + " to " +
                       std::to_string((j + 1) % n + 1);
            }
        }
    }
    if (std::abs(signed_area(polygon)) < 1e-9) return "the polygon has no area";
    return std::nullopt;
}

}  // namespace chairside
