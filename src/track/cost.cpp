#include "track/cost.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chairside {
namespace {

// Length shared by two intervals given by centre and full size; negative where they are apart.
double shared(double centre_a, double size_a, double centre_b, double size_b) {
    const double half = (size_a + size_b) / 2 - std::abs(centre_a - centre_b);
    return std::min({half, size_a, size_b});
}

}  // namespace

double pair_cost(const CostBox& t, const CostBox& d, const CostOptions& o) {
    constexpr double kNever = std::numeric_limits<double>::infinity();
    const double grow = 1 + 2 * (o.buffer + o.buffer_per_s * t.unseen_s);
    const double shared_w = shared(t.x, grow * t.w, d.x, grow * d.w);
    if (shared_w <= 0) return kNever;
    const double shared_h = shared(t.y, grow * t.h, d.y, grow * d.h);
    if (shared_h <= 0) return kNever;
    const double both = shared_w * shared_h;
    const double overlap = both / (grow * grow * (t.w * t.h + d.w * d.h) - both);
    if (!(overlap > o.overlap_min)) return kNever;
    const double distance = std::hypot(t.x - d.x, t.y - d.y) / (0.5 * (t.h + d.h));
    return (1 - overlap) + o.distance_weight * distance + o.height_weight * std::abs(t.log_h - d.log_h) +
           o.score_weight * std::abs(t.score - d.score) + o.unseen_weight * t.unseen_s;
}

void PairList::collect(std::span<const CostBox> tracks, std::span<const CostBox> detections,
                       const CostOptions& o, double limit) {
    row_begin_.clear();
    pairs_.clear();
    double widest = 0;
    for (const auto& d : detections)
        widest = std::max(widest, d.w);
    row_begin_.push_back(0);
    for (const auto& t : tracks) {
        const double grow = 1 + 2 * (o.buffer + o.buffer_per_s * t.unseen_s);
        const double reach = 0.5 * grow * (t.w + widest);
        const auto first = std::lower_bound(detections.begin(), detections.end(), t.x - reach,
                                            [](const CostBox& d, double x) { return d.x < x; });
        for (auto d = first; d != detections.end() && d->x <= t.x + reach; ++d) {
            const double cost = pair_cost(t, *d, o) - limit;
            if (cost < 0) pairs_.push_back({static_cast<int>(d - detections.begin()), cost});
        }
        row_begin_.push_back(static_cast<int>(pairs_.size()));
    }
}

}  // namespace chairside
