#pragma once
// Client or staff, by what they did before they sat down and after they rose: a client comes from the door or another
// seat and goes there, staff who rest were on their feet for long and are again. Pure.

#include <deque>
#include <optional>

namespace chairside {

// Of one stay; nullopt: nobody was seen to come, or to go.
struct OnFoot {
    std::optional<bool> long_before, long_after;
};

// From this many seconds on somebody was on foot for long. Nobody walks through a shop for longer, and detectors lose those
// who stand about soon.
inline constexpr double kLongOnFoot = 16;

// How often clients of this camera are on foot for long: some shops have a till at which they stand. Then it says little.
class OnFootHabit {
  public:
    void add_client(const OnFoot& seen);  // of a stay that was well attended
    // Log odds of a client against one of the staff.
    double log_odds(const OnFoot& seen) const;

  private:
    class Share {
      public:
        void add(std::optional<bool> was_long);
        double log_odds(std::optional<bool> was_long) const;

      private:
        std::deque<bool> seen_;
    };
    Share before_, after_;
};

}  // namespace chairside
