// Services counted in made-up salons of many seeds: F1 per room and kind of day.
//
// usage: sim_services [--seeds N] [--from SEED] [--fps F] [--list] [--hours H] [--gap S] [--irregular P]
//                     [--only calm0] [--dump FOLDER]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "engine_options.hpp"
#include "sim/score.hpp"

namespace chairside::sim {
namespace {

struct Kind {
    const char* name;
    Habits habits;
    DetectorFaults faults;
};

std::vector<Kind> kinds() {
    std::vector<Kind> out(4);
    out[0] = {"calm", {}, {}};
    out[0].habits.clients_per_hour = 6;
    out[1] = {"busy", {}, {}};
    out[1].habits.clients_per_hour = 18;
    out[1].habits.quick_change = 0.7;
    out[2] = {"occluded", {}, {}};
    out[2].habits.in_front = 0.5;
    out[2].habits.barber_absent = 0.2;
    out[2].faults.occlusion = 1.6;
    out[2].faults.miss = 0.1;
    out[3] = {"staffy", {}, {}};
    out[3].habits.staff_sits_per_hour = 8;
    out[3].habits.sweeps_per_hour = 10;
    return out;
}

// The scenario in the evaluation's own format, to look at one seed with other tools.
void dump(const Salon& salon, double fps, const std::string& folder) {
    std::ofstream det(folder + "/det.txt"), scene(folder + "/scene.json"), truth(folder + "/truth.json");
    const auto frames = static_cast<std::uint64_t>(salon.length_s() * fps);
    for (std::uint64_t i = 0; i < frames; ++i)
        for (const Detection& d : salon.look(static_cast<double>(i) / fps, i).people)
            det << i + 1 << ",-1," << d.box.x << ',' << d.box.y << ',' << d.box.w << ',' << d.box.h << ','
                << d.score << '\n';
    scene << "{\"fps\": " << fps << ", \"width\": " << salon.width() << ", \"height\": " << salon.height()
          << ", \"frames\": " << frames << ", \"zones\": [";
    for (const ZoneConfig& z : salon.zones()) {
        scene << (&z == &salon.zones().front() ? "" : ", ") << "{\"name\": \"" << z.name << "\", \"type\": \""
              << to_string(z.type) << "\", \"capacity\": " << z.capacity << ", \"polygon\": [";
        for (const Point& p : z.polygon)
            scene << (&p == &z.polygon.front() ? "" : ", ") << '[' << p.x * salon.width() << ", "
                  << p.y * salon.height() << ']';
        scene << "]}";
    }
    scene << "], \"dwell_s\": {\"chair\": 120, \"wash\": 60, \"wait\": 30}}\n";
    truth << '[';
    for (const Service& s : salon.services()) {
        const ZoneConfig& z = salon.zones()[static_cast<std::size_t>(s.zone)];
        truth << (&s == &salon.services().front() ? "" : ", ") << "{\"zone\": \"" << z.name
              << "\", \"type\": \"" << to_string(z.type) << "\", \"enter_s\": " << s.enter_s
              << ", \"exit_s\": " << s.exit_s << "}";
    }
    truth << "]\n";
}

double quantile(std::vector<double> v, double q) {
    if (v.empty()) return 0;
    std::sort(v.begin(), v.end());
    return v[std::min(v.size() - 1, static_cast<std::size_t>(q * static_cast<double>(v.size())))];
}

int run(int seeds, int from, const LookOptions& options, bool list, double hours, const std::string& only,
        const std::string& folder) {
    double sum = 0, worst = 1;
    int n = 0;
    for (const Kind& kind : kinds()) {
        for (int room = 0; room < kRooms; ++room) {
            if (!only.empty() && only != kind.name + std::to_string(room)) continue;
            int truths = 0, counted = 0, matched = 0;
            double low = 1;
            std::vector<double> errors;
            for (int seed = from; seed < from + seeds; ++seed) {
                Settings settings;
                settings.seed = static_cast<std::uint64_t>(seed) * 1000 + static_cast<std::uint64_t>(room);
                settings.room = static_cast<Room>(room);
                settings.length_s = 3600 * hours;
                settings.habits = kind.habits;
                settings.faults = kind.faults;
                const Salon salon(settings);
                if (!folder.empty()) dump(salon, options.fps, folder);
                const Score s =
                    score(salon.services(), as_services(count_services(salon, options), salon.zones()));
                truths += s.truths, counted += s.counted, matched += s.matched;
                low = std::min(low, s.f1());
                sum += s.f1(), ++n;
                for (std::size_t i = 0; i < s.start_errors.size(); ++i)
                    errors.push_back(std::abs(s.end_errors[i] - s.start_errors[i]));
                if (!list) continue;
                for (const Service& m : s.missed)
                    std::printf("  %s room %d seed %d missed %s %.1f-%.1f\n", kind.name, room, seed,
                                salon.zones()[static_cast<std::size_t>(m.zone)].name.c_str(), m.enter_s,
                                m.exit_s);
                for (const Service& w : s.wrong)
                    std::printf("  %s room %d seed %d wrong  %s %.1f-%.1f\n", kind.name, room, seed,
                                salon.zones()[static_cast<std::size_t>(w.zone)].name.c_str(), w.enter_s,
                                w.exit_s);
            }
            worst = std::min(worst, low);
            std::printf(
                "%-9s room %d  F1 %.3f worst %.3f  services %d counted %d matched %d  dwell error median "
                "%.1f p95 %.1f\n",
                kind.name, room, 2.0 * matched / (truths + counted), low, truths, counted, matched,
                quantile(errors, 0.5), quantile(errors, 0.95));
        }
    }
    std::printf("mean %.3f worst %.3f of %d\n", sum / n, worst, n);
    return 0;
}

}  // namespace
}  // namespace chairside::sim

int main(int argc, char** argv) {
    int seeds = 3, from = 1;
    bool list = false;
    double hours = 1;
    std::string only, folder;
    chairside::sim::LookOptions options;
    for (int i = 1; i < argc; ++i) {
        const std::string a = argv[i];
        if (a == "--list") list = true;
        if (i + 1 >= argc) continue;
        if (a == "--seeds") seeds = std::atoi(argv[i + 1]);
        if (a == "--from") from = std::atoi(argv[i + 1]);
        if (a == "--fps") options.fps = std::atof(argv[i + 1]);
        if (a == "--set" && !chairside::bench::set_option(options.engine, argv[i + 1]))
            std::fprintf(stderr, "no such setting: %s\n", argv[i + 1]);
        if (a == "--only") only = argv[i + 1];
        if (a == "--dump") folder = argv[i + 1];
        if (a == "--hours") hours = std::atof(argv[i + 1]);
        if (a == "--gap") options.gap_every_s = 300, options.gap_s = std::atof(argv[i + 1]);
        if (a == "--irregular") options.irregular = std::atof(argv[i + 1]);
    }
    return chairside::sim::run(seeds, from, options, list, hours, only, folder);
}
