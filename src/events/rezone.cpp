// SessionEngine: other zones between two frames, without an end for whoever is there.

#include <algorithm>
#include <utility>

#include "events/session_engine.hpp"

namespace chairside {
namespace {

// What a zone has learned and whom it has in it can be kept as it is.
bool same_regime(const ZoneConfig& a, const ZoneConfig& b, const EngineSettings& settings) {
    const bool seats = a.capacity <= settings.seat_capacity_max;
    if (seats != (b.capacity <= settings.seat_capacity_max)) return false;
    return !seats || (a.capacity == 1) == (b.capacity == 1);
}

}  // namespace

void SessionEngine::rezone(std::vector<ZoneConfig> zones) {
    std::vector<Zone> before = std::exchange(sessions_, {});
    const std::vector<ZoneConfig> known = std::exchange(zones_, std::move(zones));
    std::vector<int> now_at(known.size(), -1);
    bool moved = known.size() != zones_.size();
    std::vector<Stay> homeless;  // their zone works in another way now
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        const int index = static_cast<int>(i);
        const auto same = std::find_if(known.begin(), known.end(), [&](const ZoneConfig& zone) {
            return zone.name == zones_[i].name && zone.type == zones_[i].type;
        });
        const auto from = static_cast<std::size_t>(same - known.begin());
        moved = moved || from != i;
        if (same == known.end()) {
            sessions_.push_back(make_zone(i));
            continue;
        }
        now_at[from] = index;
        Zone& old = before[from];
        if (same_regime(*same, zones_[i], settings_)) {
            old.main->set_zone(index, zones_[i]);
            if (old.stand_in) old.stand_in->set_zone(index, zones_[i]);
            sessions_.push_back(std::move(old));
            continue;
        }
        for (const Stay* stay : (old.stand_in ? *old.stand_in : *old.main).open()) {
            homeless.push_back(*stay);
            homeless.back().zone = index;
        }
        sessions_.push_back(make_zone(i));
    }
    // By index; and learned again within minutes.
    if (moved) lessons_.rising = {};
    move_held(now_at);
    const View& view = people_.view();
    for (Stay& stay : homeless) {
        if (view.width > 0) stay.anchor = {stay.anchor.x / view.width, stay.anchor.y / view.height};
        restore(stay);
    }
}

// Stays that wait for a later decision: in a zone that is gone nothing is decided any more.
void SessionEngine::move_held(const std::vector<int>& now_at) {
    const auto place = [&](Stay& stay) {
        stay.zone = now_at[static_cast<std::size_t>(stay.zone)];
        return stay.zone < 0;
    };
    std::erase_if(held_seats_, place);
    std::erase_if(held_stand_ins_, place);
    std::erase_if(unsettled_, [&](Unsettled& entry) { return place(entry.stay); });
}

}  // namespace chairside
