#include "events/feet.hpp"

#include <algorithm>

namespace chairside {
namespace {

constexpr double kLongestStep = 1;  // s

bool walks(const View& view, TrackId track) {
    return std::any_of(view.people.begin(), view.people.end(),
                       [&](const Person& p) { return p.track == track && p.walking; });
}

}  // namespace

void note_feet(const View& view, FootMap& feet) {
    const double seconds = std::min(view.dt, kLongestStep);
    feet.watch(seconds, view.width, view.height);
    if (view.width <= 0 || view.height <= 0) return;
    for (const Figure& figure : view.figures) {
        if (!figure.seated && !figure.standing) continue;
        const FootKind kind = figure.seated               ? FootKind::kSeated
                              : walks(view, figure.track) ? FootKind::kWalking
                                                          : FootKind::kStanding;
        feet.add(kind, {figure.foot.x / view.width, figure.foot.y / view.height}, figure.box.w / view.width,
                 seconds);
    }
}

}  // namespace chairside
