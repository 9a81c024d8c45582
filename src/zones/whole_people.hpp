#pragma once
// Detectors list some people twice: the upper half beside the whole figure, or two boxes a little apart. Whoever stands
// would be seen to sit by the smaller one. Pure.

#include <vector>

#include "zones/occupancy.hpp"

namespace chairside {

// Leaves out those that show a part of somebody who is shown as a whole, or somebody whom a surer box shows, too. In order of
// scores. Compares pairs: the time grows with the square of the people.
void keep_whole_people(std::vector<Sighting>& sightings);

}  // namespace chairside
