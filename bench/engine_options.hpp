#pragma once
// Settings of the session engine by name, for ablations: --set split.prior=-5.

#include <cstdlib>
#include <map>
#include <string>

#include "events/settings.hpp"

namespace chairside::bench {

// False: no such setting, or no number.
inline bool set_option(EngineSettings& e, const std::string& text) {
    const std::map<std::string, double*> named = {
        {"posture.seated", &e.posture.seated},
        {"posture.min_size", &e.posture.min_size},
        {"seat.same_seat", &e.seat.same_seat},
        {"seat.same_spot", &e.seat.same_spot},
        {"seat.covered", &e.seat.covered},
        {"seat.hold_covered_s", &e.seat.hold_covered_s},
        {"seat.tentative_covered_s", &e.seat.tentative_covered_s},
        {"seat.cover_memory_s", &e.seat.cover_memory_s},
        {"seat.hidden_walk", &e.seat.hidden_walk},
        {"seat.near", &e.seat.near},
        {"seat.away", &e.seat.away},
        {"seat.far", &e.seat.far},
        {"seat.passer_s", &e.seat.passer_s},
        {"split.prior", &e.split.prior},
        {"split.same_size_noise", &e.split.same_size_noise},
        {"split.least_size_noise", &e.split.least_size_noise},
        {"split.look_back_s", &e.split.look_back_s},
        {"split.size_ceiling", &e.split.size_ceiling},
        {"split.closeness", &e.split.closeness},
        {"split.other_stature", &e.split.other_stature},
        {"split.stature_most", &e.split.stature_most},
        {"split.other_size_noise", &e.split.other_size_noise},
        {"split.gap_weight", &e.split.gap_weight},
        {"split.walk_weight", &e.split.walk_weight},
        {"split.other_size_weight", &e.split.other_size_weight},
        {"split.same_size_weight", &e.split.same_size_weight},
        {"split.same_shape_weight", &e.split.same_shape_weight},
        {"split.aspect_most", &e.split.aspect_most},
        {"seat.same_size", &e.seat.same_size},
        {"split.no_walk", &e.split.no_walk},
        {"split.mu_prior_s", &e.split.mu_prior_s},
        {"split.exchange_s", &e.split.exchange_s},
        {"split.lomax_power", &e.split.lomax_power},
        {"split.covered_weight", &e.split.covered_weight},
        {"split.size_floor", &e.split.size_floor},
        {"attendance.reach_widths", &e.attendance.reach_widths},
        {"attendance.reach_heights", &e.attendance.reach_heights},
        {"attendance.unattended", &e.attendance.unattended},
        {"area.leave_s", &e.area.leave_s},
        {"area.lost_walking_s", &e.area.lost_walking_s},
        {"area.gate_heights", &e.area.gate_heights},
        {"area.newborn_s", &e.area.newborn_s},
        {"area.predict_s", &e.area.predict_s},
        {"area.still_speed", &e.area.still_speed},
        {"area.still_gate", &e.area.still_gate},
        {"area.seen_share", &e.area.seen_share},
    };
    const auto equals = text.find('=');
    if (equals == std::string::npos) return false;
    const auto found = named.find(text.substr(0, equals));
    if (found == named.end()) return false;
    *found->second = std::atof(text.c_str() + equals + 1);
    return true;
}

}  // namespace chairside::bench
