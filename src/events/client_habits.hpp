#pragma once
// Client or one of the staff who rests: what else is known of a stay than how much it was attended, against what clients do
// on this camera. Pure.

#include <map>
#include <optional>

#include "config/zone.hpp"
#include "events/on_foot.hpp"
#include "events/stances.hpp"
#include "events/usual_dwell.hpp"

namespace chairside {

// Of one stay. dwell_s: once it is over.
struct ClientSigns {
    OnFoot on_foot;
    Standing company;
    std::optional<double> dwell_s;
};

class ClientHabits {
  public:
    void add_client(ZoneType type, const ClientSigns& signs);  // of a stay that was well attended
    // Log odds of a client against one of the staff.
    double log_odds(ZoneType type, const ClientSigns& signs) const;

  private:
    OnFootHabit on_foot_;
    std::map<ZoneType, StanceHabit> company_;
    std::map<ZoneType, UsualDwell> dwell_;
};

}  // namespace chairside
