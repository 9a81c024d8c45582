#include "sim/salon.hpp"

namespace chairside::sim {

std::vector<Kind> kinds() {
    std::vector<Kind> out(7);
    Kind& calm = out[0] = {"calm", 5, {}, {}};
    calm.habits.clients_per_hour = 6;
    calm.faults.hidden_miss = 0.5;

    Kind& busy = out[1] = {"busy", 5, {}, {}};
    busy.habits.clients_per_hour = 18;
    busy.habits.quick_change = 0.7;
    busy.faults.bursts_per_hour = 40;

    Kind& occluded = out[2] = {"occluded", 5, {}, {}};
    occluded.habits.in_front = 0.5;
    occluded.faults.hidden_miss = 0.97;
    occluded.faults.bursts_per_hour = 60;
    occluded.faults.miss = 0.08;

    Kind& staffy = out[3] = {"staffy", 5, {}, {}};
    staffy.habits.clients_per_hour = 14;
    staffy.habits.quick_change = 0.5;
    staffy.habits.staff_sits_per_hour = 0.5;
    staffy.habits.staff_lingers_per_hour = 4;
    staffy.habits.sweeps_per_hour = 6;
    staffy.habits.swaps = 0.3;
    staffy.habits.visits = 0.3;
    staffy.faults.hidden_miss = 0.85;

    Kind& resting = out[4] = staffy;  // eight times as often as in the shared scenarios
    resting.name = "resting";
    resting.habits.staff_sits_per_hour = 4;

    Kind& lowrate = out[5] = occluded;
    lowrate.name = "lowrate";
    lowrate.fps = 2.5;
    lowrate.habits.quick_change = 0.5;
    lowrate.faults.hidden_miss = 0.92;

    Kind& coarse = out[6] = {"coarse", 10, {}, {}};  // another detector
    coarse.habits.quick_change = 0.4;
    coarse.faults.score = 0.45;
    coarse.faults.score_spread = 0.1;
    coarse.faults.jitter = 0.04;
    coarse.faults.miss = 0.1;
    coarse.faults.ghosts = 0.3;
    return out;
}

Settings settings_of(const Kind& kind, Room room, std::uint64_t seed, double length_s) {
    Settings settings;
    settings.seed = seed * 1000 + static_cast<std::uint64_t>(room);
    settings.room = room;
    settings.length_s = length_s;
    settings.habits = kind.habits;
    settings.faults = kind.faults;
    return settings;
}

}  // namespace chairside::sim
