#pragma once
// Does this stay last as long as clients' stays do here? Learned per camera and type of zone. Pure.

#include <deque>

namespace chairside {

class UsualDwell {
  public:
    void add_client(double dwell_s);  // of a stay that was well attended
    // Log odds of a client against one of the staff, who rest for any time: at most 0, as a usual length proves nothing.
    double log_odds(double dwell_s) const;

  private:
    std::deque<double> logs_;
};

}  // namespace chairside
