#pragma once
// How whoever stands by a seat stands: who serves moves on every few seconds, a colleague who has a chat or waits stays
// where they are. How long is usual is learned per camera. Pure.

#include <deque>
#include <vector>

#include "base/geometry.hpp"

namespace chairside {

// Of one stay.
struct Standing {
    double seen_s = 0;  // somebody stood by …
    int places = 0;     // … at so many places, one after the other
};

// Of several who stand by, the one who stays put is followed, else the first.
class Stances {
  public:
    // t: s, increasing. feet: of all who stand by, from the seat, in seated widths.
    void add(double t, double dt, const std::vector<Point>& feet);
    const Standing& seen() const { return seen_; }

  private:
    Standing seen_;
    Point place_, next_;
    double next_since_ = 0, next_last_ = -1e18;
};

class StanceHabit {
  public:
    void add_client(const Standing& seen);  // of a stay that was well attended
    // Log odds of a client against one of the staff who has company: at most 0.
    double log_odds(const Standing& seen) const;

  private:
    std::deque<Standing> seen_;
};

}  // namespace chairside
