#pragma once
// Greedy non-maximum suppression.

#include <cstddef>
#include <vector>

#include "detect/decode/tensor.hpp"

namespace chairside {

// Keeps the best box of each heap: sorted by score (ties keep their order), a box goes if its IoU with a kept
// one is greater than `iou_threshold`. Stops at `limit` kept boxes.
void suppress(std::vector<ScoredBox>& boxes, float iou_threshold, std::size_t limit);

}  // namespace chairside
