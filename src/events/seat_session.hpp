#pragma once
// One stay in a seat: where the person sits, when seen, hidden by whom, attended how much. Pure.

#include <algorithm>
#include <deque>
#include <limits>
#include <optional>

#include "events/attendance.hpp"
#include "events/client_habits.hpp"
#include "events/exchange.hpp"
#include "events/stay.hpp"

namespace chairside {

// Who may hide somebody: on a bench those who sit beside, too.
enum class HiddenBy { kStanding, kAnybody };

// Somebody is before the seat.
// part: of the seated box, at least.
bool covered(const View& view, const Anchor& anchor, HiddenBy whom, double part);

struct SeatSession {
    Stay stay;                         // start: best known edge; last: last seen
    double first = 0;                  // first seen seated
    double seen_s = 0, refused_s = 0;  // seen_s: single misses between two sightings count as seen
    double frames_s = 0;  // only the frames in which somebody was seen there: does not grow with the rate
    int boxes = 0;
    Anchor anchor;  // w 0: unknown yet (restored): any box in the zone is it
    std::deque<SizeSample> sizes;
    double last_size = -1e18;
    std::deque<SeatGap> gaps;                        // recent
    double clear_s = 0, covered_s = 0, blind_s = 0;  // since last seen: seat visible, hidden, camera blind
    double doubt_s = 0;                              // clear time, of which each sighting takes a part back
    double sure_until = 0;                           // seen without much doubt
    double shown_s = 0,
           not_shown_s = 0;        // frames of a visible seat until last seen: with somebody in it, without
    double not_shown_since_s = 0;  // … and since then
    double last_covered = -1e18, last_out_of_view = -1e18;  // by whom miss() is told, by anybody
    double next_test = 0, next_full_test = 0;
    Attendance attendance;
    OnFoot on_foot;
    Stances company;
    // For the confidence and the notes.
    double start_score = 0, end_score = 0;                   // of the split at that end; 0: no split there
    double free_since = -1e18;                               // nobody sat there before, from then on
    double settles_at = std::numeric_limits<double>::max();  // when those who came are looked at again
    bool start_seen = false;                                 // somebody was seen to arrive …
    std::optional<Walk> came;  // … whose stature is still to be compared with the seated size
    SeatGap worst_gap;         // the one nearest to a split
    double longest_gap_s = 0, hidden_s = 0, outage_s = 0;

    void see(const Figure& figure, const View& view, const SeatSettings& settings);
    // Somebody of another size sits there: if for longer than whoever began the stay, that was the mistake.
    void refuse(const View& view);
    void miss(const View& view, HiddenBy whom, const SeatSettings& settings);
    void note_size(double t, const Box& box, const SeatSettings& settings);
    // What is known of it beside attendance.
    ClientSigns signs() const;
    double unseen_s(double t) const { return t - stay.last; }
    // Of the frames in which the seat was visible, until the last sighting.
    double shown_share() const { return shown_s > 0 ? shown_s / (shown_s + not_shown_s) : 1; }
    // Of its frames, without those of a blind camera.
    double seen_share() const { return frames_s / std::max(frames_s, stay.dwell() - outage_s); }
    // How many seated widths away, plus the difference in height.
    double mismatch(const Figure& figure) const;
};

}  // namespace chairside
