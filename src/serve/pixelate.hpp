#pragma once
// Makes people in a picture unrecognisable: the surroundings of each box are replaced by coarse squares of their mean
// colour, so large that a face is two or three of them. What was there cannot be worked out again.

#include <vector>

#include "capture/frame.hpp"

namespace chairside {

// `people`: pixels of the image, may reach outside it. Only kRgb24.
void pixelate(Image& image, const std::vector<Box>& people);

}  // namespace chairside
