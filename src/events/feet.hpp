#pragma once
// Whose feet stand where in one frame, for the zones' doctor. Pure.

#include "events/people.hpp"
#include "zones/foot_map.hpp"

namespace chairside {

// Adds the frame's figures, each with the time since the frame before (a second at most: longer than that nobody
// knows). Boxes that are too small to be people are left out, as the sessions leave them out.
void note_feet(const View& view, FootMap& feet);

}  // namespace chairside
