#pragma once
// Polygons against polygons; on Boost.Geometry. Any unit. Private to src/audit.

#include "base/geometry.hpp"

namespace chairside {

double area_of(const Polygon& polygon);
double common_area(const Polygon& a, const Polygon& b);
double polygon_iou(const Polygon& a, const Polygon& b);
// Counter-clockwise as seen with y down; fewer than 3 corners where the points lie on one line.
Polygon convex_hull(const Polygon& points);
// What of a convex polygon lies on the left of the line from a to b, with y down: where (b - a) x (p - a) <= 0.
Polygon cut(const Polygon& convex, Point a, Point b);

}  // namespace chairside
