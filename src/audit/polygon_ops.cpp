#include "audit/polygon_ops.hpp"

#include <algorithm>
#include <boost/geometry.hpp>
#include <boost/geometry/geometries/multi_point.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/geometries/polygon.hpp>
#include <cmath>

namespace chairside {
namespace {

namespace bg = boost::geometry;
using Place = bg::model::d2::point_xy<double>;
using Shape = bg::model::polygon<Place>;

Shape shape_of(const Polygon& polygon) {
    Shape shape;
    for (const Point p : polygon)
        bg::append(shape.outer(), Place(p.x, p.y));
    bg::correct(shape);
    return shape;
}

double cross(Point a, Point b, Point p) {
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

}  // namespace

double area_of(const Polygon& polygon) {
    return std::abs(signed_area(polygon));
}

double common_area(const Polygon& a, const Polygon& b) {
    if (a.size() < 3 || b.size() < 3) return 0;
    try {
        std::vector<Shape> common;
        bg::intersection(shape_of(a), shape_of(b), common);
        double area = 0;
        for (const Shape& part : common)
            area += std::abs(bg::area(part));
        return area;
    } catch (const bg::exception&) {
        return 0;  // polygons that cross themselves; the configuration refuses those
    }
}

double polygon_iou(const Polygon& a, const Polygon& b) {
    const double both = common_area(a, b), all = area_of(a) + area_of(b) - both;
    return all > 0 ? both / all : 0;
}

Polygon convex_hull(const Polygon& points) {
    bg::model::multi_point<Place> cloud;
    for (const Point p : points)
        bg::append(cloud, Place(p.x, p.y));
    Shape hull;
    bg::convex_hull(cloud, hull);
    Polygon out;
    for (const Place& p : hull.outer())
        out.push_back({p.x(), p.y()});
    if (!out.empty()) out.pop_back();  // the first again
    return out;
}

Polygon cut(const Polygon& convex, Point a, Point b) {
    Polygon out;
    for (std::size_t i = 0; i < convex.size(); ++i) {
        const Point p = convex[i], q = convex[(i + 1) % convex.size()];
        const double sp = cross(a, b, p), sq = cross(a, b, q);
        if (sp <= 0) out.push_back(p);
        if ((sp < 0 && sq > 0) || (sp > 0 && sq < 0)) {
            const double part = sp / (sp - sq);
            out.push_back({p.x + part * (q.x - p.x), p.y + part * (q.y - p.y)});
        }
    }
    return out;
}

}  // namespace chairside
