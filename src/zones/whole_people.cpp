#include "zones/whole_people.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace chairside {
namespace {

constexpr double kSame = 0.7;        // IoU of two boxes of one person, …
constexpr double kSameHead = 0.55;   // … or this where the heads are at one height, …
constexpr double kHeads = 0.12;      // … within this part of the person's
constexpr double kSurer = 0.9;       // of the score of the surer one; two people may stand close
constexpr double kTops = 0.08;       // of the whole's height between the two heads
constexpr double kShorter = 0.85;    // of the whole's height; two who stand close are about as tall
constexpr double kSides = 0.15;      // of the whole's width on either side
constexpr double kLeastScore = 0.5;  // of the part's; a box around two people is a poor one

bool is_weaker_copy(const Sighting& copy, const Sighting& other) {
    if (copy.score >= kSurer * other.score) return false;
    const double overlap = iou(copy.box, other.box);
    return overlap > kSame ||
           (overlap > kSameHead && std::abs(copy.box.y - other.box.y) < kHeads * other.box.h);
}

bool is_part(const Sighting& part, const Sighting& whole) {
    const Box &p = part.box, &w = whole.box;
    return p.h < kShorter * w.h && whole.score >= kLeastScore * part.score &&
           std::abs(p.y - w.y) < kTops * w.h && std::abs(p.x - w.x) < kSides * w.w &&
           std::abs(p.right() - w.right()) < kSides * w.w;
}

}  // namespace

// From the surest on, so that of several boxes that show one person one is left.
void keep_whole_people(std::vector<Sighting>& sightings) {
    std::sort(sightings.begin(), sightings.end(), [](const Sighting& a, const Sighting& b) {
        const auto key = [](const Sighting& s) {
            return std::make_tuple(-s.score, s.box.x, s.box.y, s.box.w, s.box.h);
        };
        return key(a) < key(b);
    });
    std::vector<Sighting> kept;
    for (const Sighting& next : sightings) {
        if (std::any_of(kept.begin(), kept.end(), [&](const Sighting& surer) {
                return is_part(next, surer) || is_weaker_copy(next, surer);
            }))
            continue;
        std::erase_if(kept, [&](const Sighting& surer) { return is_part(surer, next); });
        kept.push_back(next);
    }
    sightings = std::move(kept);
}

}  // namespace chairside
