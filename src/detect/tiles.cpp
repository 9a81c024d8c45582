#include "detect/tiles.hpp"

#include <algorithm>
#include <cstddef>

namespace chairside {
namespace {

constexpr double kOverlap = 0.2;      // of a tile's side, that it reaches into its neighbour
constexpr double kBorder = 0.01;      // of the tile's side: a box ending within this was cut
constexpr double kCovered = 0.6;      // part of a cut box inside another that makes it the same person
constexpr double kAcrossViews = 0.5;  // two looks at one person differ more than two boxes of one look

struct Candidate {
    Detection detection;
    std::size_t view = 0;
    bool cut = false;
};

Box to_source(const ScoredBox& b, const ViewBoxes& view, int width, int height) {
    const double sx = view.region.w * width / view.content.w, sy = view.region.h * height / view.content.h;
    return {view.region.x * width + (b.x0 - view.content.x) * sx,
            view.region.y * height + (b.y0 - view.content.y) * sy, (b.x1 - b.x0) * sx, (b.y1 - b.y0) * sy};
}

// Does the box end where the tile does, but the picture goes on?
bool is_cut(const Box& box, const Box& region, int width, int height) {
    const double mx = kBorder * region.w * width, my = kBorder * region.h * height;
    const double left = region.x * width, top = region.y * height;
    const double right = region.right() * width, bottom = region.bottom() * height;
    return (region.x > 0 && box.x < left + mx) || (region.y > 0 && box.y < top + my) ||
           (region.right() < 1 && box.right() > right - mx) ||
           (region.bottom() < 1 && box.bottom() > bottom - my);
}

bool same_person(const Candidate& kept, const Candidate& other, double nms_iou) {
    const double shared = intersection_area(kept.detection.box, other.detection.box);
    if (shared <= 0) return false;
    if (other.cut && shared > kCovered * other.detection.box.area()) return true;
    const double both = kept.detection.box.area() + other.detection.box.area() - shared;
    // Within one view the decoder has decided already.
    return kept.view != other.view && shared > std::min(nms_iou, kAcrossViews) * both;
}

}  // namespace

std::vector<Box> view_regions(Tiles tiles) {
    std::vector<Box> regions{{0, 0, 1, 1}};
    if (tiles.columns * tiles.rows <= 1) return regions;
    const double w = 1.0 / tiles.columns, h = 1.0 / tiles.rows;
    for (int row = 0; row < tiles.rows; ++row) {
        for (int column = 0; column < tiles.columns; ++column) {
            const double x0 = std::max(0.0, (column - kOverlap) * w),
                         x1 = std::min(1.0, (column + 1 + kOverlap) * w);
            const double y0 = std::max(0.0, (row - kOverlap) * h),
                         y1 = std::min(1.0, (row + 1 + kOverlap) * h);
            regions.push_back({x0, y0, x1 - x0, y1 - y0});
        }
    }
    return regions;
}

std::vector<Detection> merge_views(const std::vector<ViewBoxes>& views, int width, int height,
                                   double nms_iou) {
    std::vector<Candidate> all;
    for (std::size_t v = 0; v < views.size(); ++v) {
        if (views[v].content.area() <= 0) continue;
        for (const auto& b : views[v].boxes) {
            const Box box = to_source(b, views[v], width, height);
            all.push_back(
                {{box, b.score}, v, views.size() > 1 && is_cut(box, views[v].region, width, height)});
        }
    }
    std::vector<Detection> people;
    people.reserve(all.size());
    if (views.size() > 1) {
        // Whole boxes first, whatever their score: they decide about the cut ones.
        std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
            return a.cut != b.cut ? b.cut : a.detection.score > b.detection.score;
        });
        std::vector<Candidate> kept;
        for (const auto& c : all) {
            if (std::none_of(kept.begin(), kept.end(),
                             [&](const Candidate& k) { return same_person(k, c, nms_iou); }))
                kept.push_back(c);
        }
        all = std::move(kept);
    }
    for (const auto& c : all)
        people.push_back(c.detection);
    std::stable_sort(people.begin(), people.end(),
                     [](const Detection& a, const Detection& b) { return a.score > b.score; });
    return people;
}

}  // namespace chairside
