#include "events/on_foot.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {
constexpr std::size_t kWindow = 100;              // clients
constexpr double kPrior = 10, kPriorShare = 0.1;  // clients; of them
constexpr double kOfStaff = 0.6;                  // of the rests in made-up salons
// Who came on foot for long is often whoever serves: fitted, less than half of what it would be worth alone.
constexpr double kBeforeLong = 0.4;
}  // namespace

void OnFootHabit::Share::add(std::optional<bool> was_long) {
    if (!was_long) return;
    seen_.push_back(*was_long);
    if (seen_.size() > kWindow) seen_.pop_front();
}

double OnFootHabit::Share::log_odds(std::optional<bool> was_long) const {
    if (!was_long) return 0;
    const auto longs = static_cast<double>(std::count(seen_.begin(), seen_.end(), true));
    const double share = (longs + kPrior * kPriorShare) / (static_cast<double>(seen_.size()) + kPrior);
    return *was_long ? std::min(0.0, std::log(share / kOfStaff))
                     : std::max(0.0, std::log((1 - share) / (1 - kOfStaff)));
}

void OnFootHabit::add_client(const OnFoot& seen) {
    before_.add(seen.long_before);
    after_.add(seen.long_after);
}

double OnFootHabit::log_odds(const OnFoot& seen) const {
    return (seen.long_before == true ? kBeforeLong : 1) * before_.log_odds(seen.long_before) +
           after_.log_odds(seen.long_after);
}

}  // namespace chairside
