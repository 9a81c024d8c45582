#pragma once
// Where people sit, found in a foot map: places, each a hill of time in the grid. Pure. Private to src/audit.
//
// Hills are found by quick shift (Vedaldi and Soatto, 2008) on the smoothed grid: each cell climbs to the highest
// cell within half a person's width; those that nothing overtops are places. Nothing but the people's own width
// sets the scale.

#include <vector>

#include "zones/foot_map.hpp"

namespace chairside {

struct SeatPlace {
    Point peak;               // pixels
    double seconds = 0;       // of all its cells
    double person_width = 0;  // pixels, mean
    std::vector<int> cells;   // by falling density
};

// What counts as time there: of those who sit, or in areas of all who do not walk.
enum class SeatEvidence { kSeated, kStill };
double still_seconds(const FootCell& cell, SeatEvidence evidence);

// The picture as the grid sees it, in pixels.
struct FootPicture {
    explicit FootPicture(const FootMap& map);
    Point at(Point normalised) const { return {normalised.x * width, normalised.y * height}; }
    Polygon at(const Polygon& normalised) const;
    Point center_of(int cell) const { return at(FootMap::center_of(cell)); }
    double cell_width() const { return width / FootMap::kColumns; }
    double cell_height() const { return height / FootMap::kRows; }

    const FootMap& feet;
    double width, height;
};

// By falling time.
std::vector<SeatPlace> find_places(const FootPicture& picture, SeatEvidence evidence);

// The densest cells that hold `share` of the place's time.
std::vector<int> core_of(const SeatPlace& place, const FootMap& feet, SeatEvidence evidence, double share);

}  // namespace chairside
