#include "detect/decode/nms.hpp"

#include <algorithm>

namespace chairside {
namespace {

float area(const ScoredBox& b) {
    return (b.x1 - b.x0) * (b.y1 - b.y0);
}

// Without the division, and 0/0 (two empty boxes) is no overlap.
bool overlaps(const ScoredBox& a, const ScoredBox& b, float area_a, float area_b, float threshold) {
    const float w = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
    const float h = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
    if (w <= 0 || h <= 0) return false;
    const float shared = w * h;
    return shared > threshold * (area_a + area_b - shared);
}

}  // namespace

void suppress(std::vector<ScoredBox>& boxes, float iou_threshold, std::size_t limit) {
    std::stable_sort(boxes.begin(), boxes.end(),
                     [](const ScoredBox& a, const ScoredBox& b) { return a.score > b.score; });
    std::vector<float> areas;  // of the kept boxes
    areas.reserve(std::min(boxes.size(), limit));
    std::size_t kept = 0;
    for (std::size_t i = 0; i < boxes.size() && kept < limit; ++i) {
        const ScoredBox box = boxes[i];
        const float box_area = area(box);
        bool keep = true;
        for (std::size_t k = 0; k < kept && keep; ++k)
            keep = !overlaps(boxes[k], box, areas[k], box_area, iou_threshold);
        if (!keep) continue;
        boxes[kept++] = box;  // kept <= i: what is overwritten was looked at
        areas.push_back(box_area);
    }
    boxes.resize(kept);
}

}  // namespace chairside
