#pragma once
// Who walked to a seat, and who walked away from it: the evidence for a change of clients and for exact
// edges. Pure.

#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "events/people.hpp"

namespace chairside {

// Where somebody sits: foot point and box size, pixels.
struct Anchor {
    Point foot;
    double w = 0, h = 0;
    Box box() const { return {foot.x - w / 2, foot.y - h, w, h}; }
};

double distance_in_widths(Point p, const Anchor& anchor);

// When the owner of the trail, who stands away from the seat now, was last at it; and when one who is at it
// now and was away before came to it. Times are interpolated between frames.
std::optional<double> departure_time(const Person& person, const Anchor& anchor,
                                     const SeatSettings& settings);
std::optional<double> arrival_time(const Person& person, const Anchor& anchor, const SeatSettings& settings);

// s: from the seat to where somebody is no longer near it, at most.
inline constexpr double kLongestSteps = 1;

// Somebody who came to a seat or left it.
struct Walk {
    double t = 0;     // comes near the seat, or is no longer near
    double edge = 0;  // is at the seat itself: later for an arrival, earlier for a departure
    TrackId track;
    bool arrival = false;
    bool passed = false;  // its owner only walked past
    double closest =
        0;  // seated widths from the seat: whoever sits there comes closer than whoever stands by
    double stature = std::numeric_limits<double>::quiet_NaN();  // PostureModel's
    // How long its owner was seen on foot before a departure, or after an arrival: who rises or sits down, hardly.
    double on_foot_s = 0;
    // And how long before an arrival, or after a departure, as far as the same walker was followed.
    double at_large_s = 0;
    bool followed = true;  // still
};

// The walks at one seat in the last minutes, and how often they happen there.
class WalkLog {
  public:
    explicit WalkLog(const SeatSettings& settings) : settings_(settings) {}

    void observe(const View& view, const Anchor& anchor);
    // Walks of the last seconds, before the seat was known, also of those who are hidden or sit by now.
    void look_back(const Trails& trails, double now, const Anchor& anchor);

    // Valid until the next observe(); by time.
    std::vector<double> departures(double from, double to) const { return times(false, from, to); }
    std::vector<double> arrivals(double from, double to) const { return times(true, from, to); }
    std::vector<Walk> walks(bool arrival, double from, double to) const;
    double departure_rate() const { return (departures_ + 2) / (watched_s_ + 80); }  // 1/s
    double arrival_rate() const { return (arrivals_ + 2) / (watched_s_ + 80); }

  private:
    void find(const Person& person, const Anchor& anchor);
    void replay(TrackId track, const Trails::Entry& entry, double now, const Anchor& anchor);
    void add(Walk walk);
    static void follow(Walk& walk, const View& view);
    std::vector<double> times(bool arrival, double from, double to) const;

    SeatSettings settings_;
    std::deque<Walk> walks_;  // in order of finding
    double departures_ = 0, arrivals_ = 0, watched_s_ = 0;
};

}  // namespace chairside
