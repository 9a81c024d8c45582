// Made-up salons as data for calibrate_confidence.py and accuracy_visits.py: a line of JSON per salon with its true
// services, each with its client, and all events, also those to review and rejected.
//
// usage: sim_events OUT.json [--seeds N] [--from SEED] [--fps F]
// --fps: instead of each kind of day's own rate.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "sim/score.hpp"

namespace chairside::sim {
namespace {

void write_truth(std::FILE* out, const Salon& salon) {
    const char* comma = "";
    for (const Service& s : salon.services()) {
        const ZoneConfig& z = salon.zones()[static_cast<std::size_t>(s.zone)];
        std::fprintf(out,
                     "%s{\"zone\": \"%s\", \"type\": \"%s\", \"enter_s\": %.2f, \"exit_s\": %.2f, "
                     "\"person\": \"%llu\"}",
                     comma, z.name.c_str(), to_string(z.type), s.enter_s, s.exit_s,
                     static_cast<unsigned long long>(s.client));
        comma = ", ";
    }
}

std::string note_of(const Event& event, const char* key) {
    const auto found = event.metadata.find(key);
    return found != event.metadata.end() ? found->second : "";
}

// Names and notes hold no character that JSON would have to escape.
void write_events(std::FILE* out, const std::vector<Event>& events) {
    const char* comma = "";
    for (const Event& e : events) {
        const double start = to_seconds(e.start.time_since_epoch());
        std::fprintf(out,
                     "%s{\"zone\": \"%s\", \"type\": \"%s\", \"enter_s\": %.2f, \"exit_s\": %.2f, "
                     "\"confidence\": %.4f, \"verdict\": \"%s\", \"person\": %lld, \"evidence\": \"%s\", "
                     "\"rejected\": \"%s\", \"visit\": \"%s\", \"part_of\": \"%s\"}",
                     comma, e.zone.c_str(), to_string(e.type), start, start + to_seconds(e.dwell),
                     e.confidence, to_string(e.verdict), static_cast<long long>(e.person.value),
                     note_of(e, "evidence").c_str(), note_of(e, "rejected").c_str(),
                     e.visit ? e.visit->to_string().c_str() : "",
                     e.part_of ? e.part_of->to_string().c_str() : "");
        comma = ", ";
    }
}

int run(std::FILE* out, int seeds, int from, double fps) {
    for (const Kind& kind : kinds()) {
        for (int room = 0; room < kRooms; ++room) {
            for (int seed = from; seed < from + seeds; ++seed) {
                const Salon salon(
                    settings_of(kind, static_cast<Room>(room), static_cast<std::uint64_t>(seed)));
                LookOptions look;
                look.fps = fps > 0 ? fps : kind.fps;
                std::fprintf(out, "{\"salon\": \"%s%d\", \"seed\": %d, \"truth\": [", kind.name, room, seed);
                write_truth(out, salon);
                std::fprintf(out, "], \"events\": [");
                write_events(out, count_services(salon, look));
                std::fprintf(out, "]}\n");
            }
        }
    }
    return std::fclose(out) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace chairside::sim

int main(int argc, char** argv) {
    int seeds = 1, from = 1;
    double fps = 0;
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--seeds") seeds = std::atoi(argv[i + 1]);
        if (name == "--from") from = std::atoi(argv[i + 1]);
        if (name == "--fps") fps = std::atof(argv[i + 1]);
    }
    std::FILE* out = argc > 1 ? std::fopen(argv[1], "w") : nullptr;
    if (out == nullptr) {
        std::fprintf(stderr, "usage: sim_events OUT.json [--seeds N] [--from SEED] [--fps F]\n");
        return 2;
    }
    return chairside::sim::run(out, seeds, from, fps);
}
