#include "events/seat_session.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace chairside {
namespace {

constexpr double kGapFrom = 1.0;       // s; shorter ones are ordinary misses
constexpr double kSeenPerFrame = 0.6;  // s; what one box proves of presence at most
constexpr double kRefusedAtLeast = 5;  // s
// A sighting proves so many times its own length: somebody seen in less than one frame of nine is not there.
constexpr double kProves = 8;
constexpr double kSure = 6;             // s
constexpr double kClockPerFrame = 1.0;  // s; a stalled camera must not run the clocks out

}  // namespace

bool covered(const View& view, const Anchor& anchor, HiddenBy whom, double part) {
    const Box seat = anchor.box();
    if (seat.area() <= 0) return false;
    return std::any_of(view.figures.begin(), view.figures.end(), [&](const Figure& p) {
        return (p.standing || (whom == HiddenBy::kAnybody && p.seated)) &&
               intersection_area(p.box, seat) > part * seat.area();
    });
}

ClientSigns SeatSession::signs() const {
    const bool over = stay.closed && stay.end != EndReason::kEndOfStream;
    return {on_foot, company.seen(), over ? std::optional(stay.dwell()) : std::nullopt};
}

double SeatSession::mismatch(const Figure& figure) const {
    if (anchor.w <= 0) return 0;
    return distance_in_widths(figure.foot, anchor) + 0.5 * std::abs(std::log(figure.box.h / anchor.h));
}

void SeatSession::see(const Figure& figure, const View& view, const SeatSettings& settings) {
    const double t = view.t, since = t - stay.last;
    if (view.dt > settings.outage_s) {  // no frames came
        blind_s += view.dt;
        outage_s += view.dt;
    }
    if (boxes > 0 && since > std::max(kGapFrom, 2.5 * view.typical_dt)) {
        SeatGap gap;
        gap.begin = stay.last;
        gap.end = t;
        gap.blind_s = std::min(blind_s, since);
        gap.covered_s = std::min(covered_s, since - gap.blind_s);
        gaps.push_back(gap);
        longest_gap_s = std::max(longest_gap_s, since);
        hidden_s += since;
    }
    const double part = boxes == 0 || anchor.w <= 0
                            ? 1
                            : 1 - std::exp(-std::min(std::max(view.dt, 0.02), 0.5) / settings.anchor_tau_s);
    if (figure.zone == stay.zone) {  // others are a part of this person, or more than that
        anchor.foot.x += part * (figure.foot.x - anchor.foot.x);
        anchor.foot.y += part * (figure.foot.y - anchor.foot.y);
        anchor.w += part * (figure.box.w - anchor.w);
        anchor.h += part * (figure.box.h - anchor.h);
        note_size(t, figure.box, settings);
    }
    seen_s += std::min(boxes == 0 ? view.dt : since, kSeenPerFrame);
    ++boxes;
    clear_s = covered_s = blind_s = 0;
    const double shown = std::min(view.dt, kSeenPerFrame);
    frames_s += shown;
    shown_s += shown;
    not_shown_s += std::exchange(not_shown_since_s, 0);
    doubt_s = std::max(0.0, doubt_s - kProves * shown);
    stay.last = t;
    if (doubt_s <= kSure) sure_until = t;
    if (figure.track.value != 0) stay.track = figure.track;
    stay.anchor = anchor.foot;
}

void SeatSession::note_size(double t, const Box& box, const SeatSettings& settings) {
    const double size = 0.5 * std::log(box.w * box.h), aspect = std::log(box.w / box.h);
    if (t - last_size < settings.size_interval_s - 1e-6) return;
    const bool goes_on = !sizes.empty() && t - sizes.back().t < settings.size_sample_s + 1e-6 &&
                         (gaps.empty() || sizes.back().t >= gaps.back().end - 1e-9);
    last_size = t;
    if (goes_on) return sizes.back().add(size, aspect);
    sizes.push_back({t, size, 1, 0, aspect, 0});
    if (sizes.size() > static_cast<std::size_t>(settings.sizes_kept)) sizes.pop_front();
}

void SeatSession::refuse(const View& view) {
    refused_s += std::min(view.dt, kSeenPerFrame);
    if (refused_s < std::max(kRefusedAtLeast, seen_s)) return;
    anchor = {};
    refused_s = 0;
}

void SeatSession::miss(const View& view, HiddenBy whom, const SeatSettings& settings) {
    const bool stalled = view.dt > settings.outage_s;
    if (view.outage || stalled) {
        blind_s += view.dt;
        outage_s += view.dt;
        if (view.outage) return;
    }
    const double dt = std::min(view.dt, kClockPerFrame);
    if (covered(view, anchor, HiddenBy::kAnybody, settings.covered)) {
        last_out_of_view = view.t;
        if (covered(view, anchor, whom, settings.covered)) last_covered = view.t;
    }
    // The one who stands before the seat is missed in single frames, too.
    const bool hidden = view.t - last_covered < settings.cover_memory_s;
    (hidden ? covered_s : clear_s) += dt;
    if (view.t - last_out_of_view < settings.cover_memory_s) return;
    doubt_s += dt;
    not_shown_since_s += dt;
}

}  // namespace chairside
