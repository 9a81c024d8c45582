#pragma once
// When a seat could not be seen: whoever sits there may have come long before the first sighting. Pure.

#include <deque>

namespace chairside {

// Memory: the intervals of the last minutes.
class CoverLog {
  public:
    // t: s, increasing; dt: the usual time between frames; covered: somebody stood before the seat in this frame, or
    // nobody could be seen at all.
    void observe(double t, double dt, bool covered);
    // The earliest time from which on the seat was in view no longer than clear_s until t.
    double back(double t, double clear_s) const;
    // The latest time until which from t on the seat was in view no longer than clear_s.
    double forward(double t, double clear_s) const;

  private:
    struct Interval {
        double begin = 0, end = 0;
    };
    std::deque<Interval> covers_;
};

}  // namespace chairside
