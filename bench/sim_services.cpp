// Services counted in made-up salons of many seeds: F1 per room and kind of day.
//
// usage: sim_services [--seeds N] [--from SEED] [--fps F] [--list] [--hours H] [--gap S] [--irregular P] [--miss P]
//                     [--only calm0|calm] [--dump FOLDER]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "engine_options.hpp"
#include "sim/score.hpp"

namespace chairside::sim {
namespace {

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

struct Arguments {
    int seeds = 3, from = 1;
    bool list = false;
    double hours = 1;
    bool own_rate = true;  // each kind at its own frame rate
    std::string only, folder;
    LookOptions look;
};

// What is summed up over seeds.
struct Tally {
    int truths = 0, counted = 0, matched = 0, scenes = 0;
    double sum = 0, worst = 1;
    std::vector<double> errors;
    std::map<ZoneType, std::pair<int, int>> types;  // true, counted

    void add(const Score& s, const Salon& salon, const std::vector<Service>& services) {
        truths += s.truths, counted += s.counted, matched += s.matched, ++scenes;
        sum += s.f1();
        worst = std::min(worst, s.f1());
        for (std::size_t i = 0; i < s.start_errors.size(); ++i)
            errors.push_back(std::abs(s.end_errors[i] - s.start_errors[i]));
        for (const Service& x : salon.services())
            ++types[salon.zones()[static_cast<std::size_t>(x.zone)].type].first;
        for (const Service& x : services)
            ++types[salon.zones()[static_cast<std::size_t>(x.zone)].type].second;
    }
    void add(const Tally& other) {
        truths += other.truths, counted += other.counted, matched += other.matched, scenes += other.scenes;
        sum += other.sum;
        worst = std::min(worst, other.worst);
        errors.insert(errors.end(), other.errors.begin(), other.errors.end());
        for (const auto& [type, n] : other.types)
            types[type].first += n.first, types[type].second += n.second;
    }
    void print(const std::string& name) const {
        std::printf(
            "%-16s F1 mean %.3f worst %.3f  services %d counted %d matched %d  dwell error median %.1f p95 "
            "%.1f\n",
            name.c_str(), sum / scenes, worst, truths, counted, matched, quantile(errors, 0.5),
            quantile(errors, 0.95));
    }
};

double common_s(const Service& a, const Service& b) {
    return a.zone != b.zone ? 0
                            : std::max(0.0, std::min(a.exit_s, b.exit_s) - std::max(a.enter_s, b.enter_s));
}
double length_s(const Service& s) {
    return s.exit_s - s.enter_s;
}

// The event as a service, whatever its verdict.
Service as_service(Event event, const Salon& salon) {
    event.verdict = Verdict::kCounted;
    const auto one = as_services({event}, salon.zones());
    return one.empty() ? Service{} : one.front();
}

// Half of either lies in the other.
bool belong(const Service& a, const Service& b) {
    return common_s(a, b) > 0.5 * std::min(length_s(a), length_s(b));
}

std::string note(const Event& event, const char* key) {
    const auto found = event.metadata.find(key);
    return found == event.metadata.end() ? "" : found->second;
}

// Why a true service was not counted, in the classes that docs/accuracy.md has.
std::string why_missed(const Service& truth, const std::vector<Event>& events, const Salon& salon) {
    int parts = 0;
    std::string refused;
    for (const Event& event : events) {
        const Service s = as_service(event, salon);
        if (!belong(s, truth)) continue;
        if (event.verdict != Verdict::kCounted) {
            const std::string why = note(event, "rejected");
            refused += " " + (why.empty() ? note(event, "review") : why);
            if (!note(event, "attended").empty()) refused += " (attended " + note(event, "attended") + ")";
            continue;
        }
        const auto clients =
            std::count_if(salon.services().begin(), salon.services().end(),
                          [&](const Service& other) { return common_s(other, s) > 0.5 * length_s(other); });
        if (clients > 1) return "two clients are one stay";
        ++parts;
    }
    if (parts > 1) return "one client is several stays";
    if (parts == 1) return "other times";
    return refused.empty() ? "not seen" : "turned down:" + refused;
}

std::string attended(const Service& counted, const std::vector<Event>& events, const Salon& salon) {
    for (const Event& event : events)
        if (common_s(as_service(event, salon), counted) > 0.99 * length_s(counted))
            return " (attended " + note(event, "attended") + ")";
    return "";
}

std::string why_wrong(const Service& counted, const Salon& salon) {
    int clients = 0;
    double within = 0;
    for (const Service& truth : salon.services()) {
        clients += belong(counted, truth) ? 1 : 0;
        within = std::max(within, common_s(truth, counted) / length_s(counted));
    }
    if (clients > 1) return "two clients are one stay";
    if (within > 0.5) return "part of a client's stay";
    return within > 0 ? "more than a client's stay" : "nobody's";
}

Tally measure(const Kind& kind, int room, const Arguments& a) {
    Tally tally;
    LookOptions look = a.look;
    if (a.own_rate) look.fps = kind.fps;
    for (int seed = a.from; seed < a.from + a.seeds; ++seed) {
        const Salon salon(
            settings_of(kind, static_cast<Room>(room), static_cast<std::uint64_t>(seed), 3600 * a.hours));
        if (!a.folder.empty()) dump(salon, look.fps, a.folder);
        const auto events = count_services(salon, look);
        const auto services = as_services(events, salon.zones());
        const Score s = score(salon.services(), services);
        tally.add(s, salon, services);
        if (!a.list) continue;
        const std::string scene =
            std::string(kind.name) + std::to_string(room) + " seed " + std::to_string(seed);
        const auto print = [&](const char* what, const Service& x, const std::string& why) {
            std::printf("  %s %s %s %.1f-%.1f: %s\n", scene.c_str(), what,
                        salon.zones()[static_cast<std::size_t>(x.zone)].name.c_str(), x.enter_s, x.exit_s,
                        why.c_str());
        };
        for (const Service& x : s.missed)
            print("missed", x, why_missed(x, events, salon));
        for (const Service& x : s.wrong)
            print("wrong", x, why_wrong(x, salon) + attended(x, events, salon));
    }
    return tally;
}

int run(const Arguments& a) {
    Tally all;
    for (const Kind& kind : kinds()) {
        Tally of_kind;
        for (int room = 0; room < kRooms; ++room) {
            const std::string name = kind.name + std::to_string(room);
            if (!a.only.empty() && a.only != name && a.only != kind.name) continue;
            const Tally tally = measure(kind, room, a);
            tally.print(name);
            std::fflush(stdout);
            of_kind.add(tally);
        }
        if (of_kind.scenes == 0) continue;
        of_kind.print(kind.name);
        all.add(of_kind);
    }
    if (all.scenes == 0) return 2;
    for (const auto& [type, n] : all.types)
        std::printf("%s true %d counted %d (%+.1f %%)\n", to_string(type), n.first, n.second,
                    100.0 * (n.second - n.first) / n.first);
    all.print("all");
    return 0;
}

}  // namespace
}  // namespace chairside::sim

int main(int argc, char** argv) {
    chairside::sim::Arguments args;
    for (int i = 1; i < argc; ++i) {
        const std::string a = argv[i];
        if (a == "--list") args.list = true;
        if (i + 1 >= argc) continue;
        const char* value = argv[i + 1];
        if (a == "--seeds") args.seeds = std::atoi(value);
        if (a == "--from") args.from = std::atoi(value);
        if (a == "--fps") args.look.fps = std::atof(value), args.own_rate = false;
        if (a == "--set" && !chairside::bench::set_option(args.look.engine, value))
            std::fprintf(stderr, "no such setting: %s\n", value);
        if (a == "--only") args.only = value;
        if (a == "--dump") args.folder = value;
        if (a == "--hours") args.hours = std::atof(value);
        if (a == "--gap") args.look.gap_every_s = 300, args.look.gap_s = std::atof(value);
        if (a == "--irregular") args.look.irregular = std::atof(value);
        if (a == "--miss") args.look.miss = std::atof(value);
    }
    return chairside::sim::run(args);
}
