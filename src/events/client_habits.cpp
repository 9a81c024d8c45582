#include "events/client_habits.hpp"

namespace chairside {

void ClientHabits::add_client(ZoneType type, const ClientSigns& signs) {
    on_foot_.add_client(signs.on_foot);
    company_[type].add_client(signs.company);
    if (signs.dwell_s) dwell_[type].add_client(*signs.dwell_s);
}

double ClientHabits::log_odds(ZoneType type, const ClientSigns& signs) const {
    double odds = on_foot_.log_odds(signs.on_foot);
    if (const auto company = company_.find(type); company != company_.end())
        odds += company->second.log_odds(signs.company);
    if (const auto dwell = dwell_.find(type); dwell != dwell_.end() && signs.dwell_s)
        odds += dwell->second.log_odds(*signs.dwell_s);
    return odds;
}

}  // namespace chairside
