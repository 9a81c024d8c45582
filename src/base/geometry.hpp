#pragma once
// Plane geometry in picture coordinates: x to the right, y down. Units are said by whoever holds the value:
// pixels of the source picture for boxes, 0..1 of the picture for polygons in the configuration.

#include <optional>
#include <string>
#include <vector>

namespace chairside {

struct Point {
    double x = 0, y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

struct Box {
    double x = 0, y = 0, w = 0, h = 0;  // left, top, width, height
    double right() const { return x + w; }
    double bottom() const { return y + h; }
    double area() const { return w > 0 && h > 0 ? w * h : 0.0; }
    Point center() const { return {x + w / 2, y + h / 2}; }
    Point foot() const { return {x + w / 2, y + h}; }  // bottom centre
    friend bool operator==(const Box&, const Box&) = default;
};

double intersection_area(const Box& a, const Box& b);
double iou(const Box& a, const Box& b);

// A simple (not self-crossing) polygon, at least 3 corners, either orientation, closed by itself.
using Polygon = std::vector<Point>;

double signed_area(const Polygon& polygon);
Point centroid(const Polygon& polygon);
Box bounds(const Polygon& polygon);
// Edges count as inside on the left and top only, so that two polygons that share an edge never both hold a
// point.
bool contains(const Polygon& polygon, Point p);
// Distance from p to the polygon's border; negative inside.
double signed_distance(const Polygon& polygon, Point p);
// Part of the box (0..1 of its area) that lies inside the polygon.
double overlap_fraction(const Box& box, const Polygon& polygon);
// Scales the polygon about its centroid.
Polygon grown(const Polygon& polygon, double factor);
// Why this is not a usable polygon (too few corners, no area, edges i and j cross, ...); nullopt if it is.
std::optional<std::string> polygon_fault(const Polygon& polygon);

}  // namespace chairside
