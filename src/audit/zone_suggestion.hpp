#pragma once
// The polygon that would fit the places where a zone's people sit. Pure. Private to src/audit.

#include <vector>

#include "audit/seat_places.hpp"
#include "base/geometry.hpp"

namespace chairside {

// Pixels, convex: the hull of the densest 95 % of the places' feet and about half a person's width around it, cut to
// the picture; a rectangle where it nearly is one, else at most 8 corners. Empty without places.
Polygon hull_of_places(const std::vector<const SeatPlace*>& places, const FootPicture& picture,
                       SeatEvidence evidence);

// The convex polygon without what lies in the other one, cut along the edge of the other's hull that leaves most of
// the feet and then most of the area. Same unit.
Polygon cut_off(const Polygon& mine, const Polygon& other, const std::vector<Point>& feet);

// Of the feet, those that the polygon holds: 0..1.
double share_held(const Polygon& polygon, const std::vector<Point>& feet);

// Along the middle between two clouds of feet, so that neither loses to the other.
Polygon cut_between(const Polygon& mine, const std::vector<Point>& my_feet,
                    const std::vector<Point>& other_feet);

// Rounded to thousandths of the picture, within 0..1.
Polygon normalised(const Polygon& pixels, const FootPicture& picture);

}  // namespace chairside
