#pragma once
// Views of a picture: the whole and overlapping tiles, and one list of people out of what was found in each.

#include <vector>

#include "base/geometry.hpp"
#include "capture/frame.hpp"
#include "config/config.hpp"
#include "detect/decode/tensor.hpp"
#include "detect/detection.hpp"

namespace chairside {

// The regions of a picture, normalised: the whole; with more than one tile also each tile, row by row.
// Neighbours share a strip, so that nobody is only seen in halves.
std::vector<Box> view_regions(Tiles tiles);

// What one view found: boxes in pixels of the view's image.
struct ViewBoxes {
    Box region;   // of the picture, normalised
    Box content;  // where the region lies in the image, pixels
    std::vector<ScoredBox> boxes;
};

// Boxes in pixels of the source picture, best first. One view is only converted. Of several views, the same
// person is kept once: boxes cut by an inner border of their tile give way to a box that holds most of them.
std::vector<Detection> merge_views(const std::vector<ViewBoxes>& views, int width, int height,
                                   double nms_iou);

}  // namespace chairside
