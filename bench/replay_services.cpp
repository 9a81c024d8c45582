// Detections of a fixed camera through tracker, zones and sessions: the services as CSV. For measuring; the
// product's own door is `chairside replay`.
//
// usage: replay_services DET.txt[.gz] SCENE.json OUT.csv [--every N] [--miss P] [--gaps PERIOD_S LENGTH_S]
// [--mirror] [--gate]
//                        [--scale F] [--upsample N] [--jitter F] [--shuffle] [--seed S] [--all]
//                        [--twice P] [--halves P] [--ghosts N] [--seems P] [--squeeze F] [--slow F] [--cut-left PART]
//                        [--tracks TRACKS.csv] [--set NAME=VALUE]
// Perturbations, in this order: --upsample interpolates between boxes that clearly belong together, --every
// keeps each Nth frame, --miss drops single boxes, --gaps drops all frames for LENGTH_S in each PERIOD_S.
// --twice, --halves, --ghosts, --seems add what is not there (OddRates). --squeeze makes the picture narrower, --cut-left leaves
// its left part out, --slow lets everybody move at F times the speed (times are given as before).
// --gate leaves frames out as MotionGate would, if boxes were all that moves.
// --crops 256x256,320x320 takes out what is not seen where only parts of the picture are looked at (LookPlan and collages of these
// sizes, of a model of 416x416), and prints how many pictures were whole and what all inferences cost against that.
// --all also writes the rejected ones, with their verdict and reasons in further columns.

#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "capture/motion_gate.hpp"
#include "detect/collage.hpp"
#include "engine_options.hpp"
#include "events/event_tracker.hpp"
#include "odd_detections.hpp"
#include "pipeline/look_plan.hpp"
#include "track/tracker.hpp"
#include "visits/visit_linker.hpp"
#include "zones/zone_map.hpp"

namespace chairside {
namespace {

struct SceneFile {
    double fps = 0;
    int width = 0, height = 0, frames = 0;
    std::vector<ZoneConfig> zones;
};

struct Options {
    std::string detections, scene, out, tracks;
    int every = 1, upsample = 1;
    double miss = 0, gap_period_s = 0, gap_length_s = 0, scale = 1, jitter = 0, squeeze = 1, slow = 1,
           cut_left = 0;
    bench::OddRates odd;
    bool mirror = false, shuffle = false, all = false, gate = false;
    std::vector<CanvasSize> crops;
    unsigned seed = 1;
    EngineSettings engine;
};

using Frames = std::vector<std::vector<Detection>>;

SceneFile read_scene(const std::string& path, const Options& options) {
    std::ifstream in(path);
    const auto json = nlohmann::json::parse(in);
    SceneFile scene;
    scene.fps = json.at("fps");
    scene.width = json.at("width");
    scene.height = json.at("height");
    scene.frames = json.value("frames", 0);
    for (const auto& z : json.at("zones")) {
        ZoneConfig zone;
        zone.name = z.at("name");
        zone.type = parse_zone_type(z.at("type").get<std::string>()).value();
        zone.capacity = z.value("capacity", 1);
        for (const auto& p : z.at("polygon")) {
            const double x = p[0].get<double>() / scene.width;
            const double left = std::max(0.0, (x - options.cut_left) / (1 - options.cut_left));
            zone.polygon.push_back({options.mirror ? 1 - left : left, p[1].get<double>() / scene.height});
        }
        const char* key = zone.type == ZoneType::kChair  ? "chair"
                          : zone.type == ZoneType::kWash ? "wash"
                                                         : "wait";
        zone.dwell = from_seconds(json.at("dwell_s").value(key, zone.type == ZoneType::kChair  ? 120.0
                                                                : zone.type == ZoneType::kWash ? 60.0
                                                                                               : 30.0));
        zone.grace = from_seconds(z.value("grace_s", zone.type == ZoneType::kWait ? 15.0 : 40.0));
        scene.zones.push_back(zone);
    }
    return scene;
}

Frames read_frames(const std::string& path, int frames) {
    Frames out(static_cast<std::size_t>(frames));
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) throw std::runtime_error("cannot read " + path);
    char line[512];
    while (gzgets(file, line, sizeof line) != nullptr) {
        int frame = 0;
        Detection d;
        double score = 0;
        if (std::sscanf(line, "%d,%*[^,],%lf,%lf,%lf,%lf,%lf", &frame, &d.box.x, &d.box.y, &d.box.w, &d.box.h,
                        &score) != 6)
            continue;
        d.score = static_cast<float>(score);
        if (static_cast<std::size_t>(frame) > out.size()) out.resize(static_cast<std::size_t>(frame));
        if (frame > 0) out[static_cast<std::size_t>(frame - 1)].push_back(d);
    }
    gzclose(file);
    return out;
}

Box between(const Box& a, const Box& b, double part) {
    return {a.x + part * (b.x - a.x), a.y + part * (b.y - a.y), a.w + part * (b.w - a.w),
            a.h + part * (b.h - a.h)};
}

// Boxes of neighbouring frames that overlap most are one person; frames in between get theirs on the line.
Frames upsampled(const Frames& in, int factor) {
    Frames out;
    for (std::size_t i = 0; i < in.size(); ++i) {
        out.push_back(in[i]);
        if (i + 1 == in.size()) break;
        std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;
        for (std::size_t a = 0; a < in[i].size(); ++a)
            for (std::size_t b = 0; b < in[i + 1].size(); ++b)
                if (const double o = iou(in[i][a].box, in[i + 1][b].box); o > 0.3)
                    pairs.emplace_back(-o, a, b);
        std::sort(pairs.begin(), pairs.end());
        std::vector<char> ua(in[i].size()), ub(in[i + 1].size());
        std::vector<std::pair<std::size_t, std::size_t>> same;
        for (const auto& [o, a, b] : pairs)
            if (!ua[a] && !ub[b]) ua[a] = ub[b] = 1, same.emplace_back(a, b);
        for (int k = 1; k < factor; ++k) {
            std::vector<Detection> frame;
            const double part = static_cast<double>(k) / factor;
            for (const auto& [a, b] : same) {
                const Detection &da = in[i][a], &db = in[i + 1][b];
                frame.push_back({between(da.box, db.box, part),
                                 static_cast<float>(da.score + part * (db.score - da.score))});
            }
            // One that is missing in the other frame is there for its half of the time.
            for (std::size_t a = 0; a < ua.size(); ++a)
                if (!ua[a] && part < 0.5) frame.push_back(in[i][a]);
            for (std::size_t b = 0; b < ub.size(); ++b)
                if (!ub[b] && part >= 0.5) frame.push_back(in[i + 1][b]);
            out.push_back(std::move(frame));
        }
    }
    return out;
}

// Who is cut to less than a third is seen no more.
void cut_left(std::vector<Detection>& people, double x) {
    std::erase_if(people, [x](Detection& d) {
        const double whole = d.box.w;
        d.box.w = std::min(d.box.w, d.box.right() - x);
        d.box.x = std::max(0.0, d.box.x - x);
        return d.box.w < 0.35 * whole;
    });
}

void perturb(std::vector<Detection>& people, const Options& o, const SceneFile& scene, std::mt19937& random) {
    std::uniform_real_distribution<double> uniform(0, 1);
    std::normal_distribution<double> normal(0, 1);
    if (o.miss > 0) std::erase_if(people, [&](const Detection&) { return uniform(random) < o.miss; });
    for (Detection& d : people) {
        if (o.jitter > 0) {
            const double w = d.box.w, h = d.box.h;
            d.box.x += o.jitter * w * normal(random);
            d.box.y += o.jitter * h * normal(random);
            d.box.w *= 1 + o.jitter * normal(random);
            d.box.h *= 1 + o.jitter * normal(random);
        }
        if (o.mirror) d.box.x = scene.width - d.box.right();
        const double across = o.scale * o.squeeze;
        d.box = {d.box.x * across, d.box.y * o.scale, d.box.w * across, d.box.h * o.scale};
    }
    if (o.cut_left > 0) cut_left(people, o.cut_left * scene.width);
    if (o.shuffle) std::shuffle(people.begin(), people.end(), random);
}

std::vector<CanvasSize> crops_of(const char* text) {
    std::vector<CanvasSize> out;
    CanvasSize size;
    for (int used = 0; std::sscanf(text, "%dx%d%n", &size.width, &size.height, &used) == 2;
         text += *text == ',' ? 1 : 0) {
        out.push_back(size);
        text += used;
    }
    return out;
}

// What a detector sees of these people when it looks at parts of the picture only, and what that costs.
class Looks {
  public:
    Looks(const Options& options, const std::vector<ZoneConfig>& zones)
        : sizes_(options.crops), plan_(zones) {}

    void look(Detections& d) {
        if (sizes_.empty()) return;
        const auto collage = arrange(plan_.next(d.frame.mono), kInput, sizes_);
        const double area =
            collage ? collage->size.width * collage->size.height : kInput.width * kInput.height;
        d.part = area / (kInput.width * kInput.height);
        ++pictures_;
        cost_ += kFixedCost + (1 - kFixedCost) * d.part;
        wholes_ += collage ? 0 : 1;
        if (collage)
            std::erase_if(d.people, [&](const Detection& p) { return !seen(p.box, *collage, d.frame); });
    }
    void learn(const Tracks& tracks, const Occupancy& occupancy, const Detections& d) {
        plan_.learn(tracks, occupancy, d.part >= 1);
    }
    void tell() const {
        if (!sizes_.empty())
            std::cerr << wholes_ << " of " << pictures_ << " pictures whole, cost "
                      << cost_ / std::max(1, pictures_) << '\n';
    }

  private:
    static constexpr double kFixedCost =
        0.2;  // of a whole inference; fitted to what inputs of 128x128 to 320x416 cost
    static constexpr CanvasSize kInput{416, 416};

    static bool seen(const Box& box, const Collage& collage, const FrameInfo& frame) {
        const double x = static_cast<double>(kInput.width) / frame.width,
                     y = static_cast<double>(kInput.height) / frame.height;
        return std::any_of(collage.patches.begin(), collage.patches.end(), [&](const Patch& p) {
            return (p.x == 0 || box.x * x >= p.x) && (p.y == 0 || box.y * y >= p.y) &&
                   (p.x + p.width == kInput.width || box.right() * x <= p.x + p.width) &&
                   (p.y + p.height == kInput.height || box.bottom() * y <= p.y + p.height);
        });
    }

    std::vector<CanvasSize> sizes_;
    LookPlan plan_;
    int pictures_ = 0, wholes_ = 0;
    double cost_ = 0;
};

Options parse(int argc, char** argv) {
    Options o;
    std::vector<std::string> names;
    for (int i = 1; i < argc; ++i) {
        const std::string a = argv[i];
        const auto value = [&] { return i + 1 < argc ? std::atof(argv[++i]) : 0.0; };
        if (a == "--every")
            o.every = static_cast<int>(value());
        else if (a == "--upsample")
            o.upsample = static_cast<int>(value());
        else if (a == "--miss")
            o.miss = value();
        else if (a == "--gaps")
            o.gap_period_s = value(), o.gap_length_s = value();
        else if (a == "--scale")
            o.scale = value();
        else if (a == "--jitter")
            o.jitter = value();
        else if (a == "--twice")
            o.odd.twice = value();
        else if (a == "--halves")
            o.odd.halves = value();
        else if (a == "--ghosts")
            o.odd.ghosts = value();
        else if (a == "--seems")
            o.odd.seems = value();
        else if (a == "--squeeze")
            o.squeeze = value();
        else if (a == "--slow")
            o.slow = value();
        else if (a == "--cut-left")
            o.cut_left = value();
        else if (a == "--seed")
            o.seed = static_cast<unsigned>(value());
        else if (a == "--set" && i + 1 < argc && bench::set_option(o.engine, argv[i + 1]))
            ++i;
        else if (a == "--tracks" && i + 1 < argc)
            o.tracks = argv[++i];
        else if (a == "--mirror")
            o.mirror = true;
        else if (a == "--gate")
            o.gate = true;
        else if (a == "--crops" && i + 1 < argc)
            o.crops = crops_of(argv[++i]);
        else if (a == "--shuffle")
            o.shuffle = true;
        else if (a == "--all")
            o.all = true;
        else
            names.push_back(a);
    }
    if (names.size() != 3) {
        std::cerr << "usage: replay_services DET.txt[.gz] SCENE.json OUT.csv [perturbations]\n";
        std::exit(2);
    }
    o.detections = names[0], o.scene = names[1], o.out = names[2];
    return o;
}

// MotionGate's rules for boxes: somebody who is not where somebody was in the frames kept in the last seconds has moved.
class BoxGate {
  public:
    bool take(const std::vector<Detection>& people, double t) {
        while (!kept_.empty() && t - kept_.front().first > kRemembered)
            kept_.pop_front();
        const bool moved =
            std::any_of(people.begin(), people.end(), [&](const Detection& d) { return !known(d.box); });
        if (!look_.take(moved, from_seconds(t))) return false;
        kept_.emplace_back(t, people);
        return true;
    }

  private:
    static constexpr double kRemembered = 3, kSamePlace = 0.6;
    bool known(const Box& box) const {
        for (const auto& [t, people] : kept_)
            for (const Detection& d : people)
                if (iou(d.box, box) > kSamePlace) return true;
        return false;
    }
    LookTimes look_;
    std::deque<std::pair<double, std::vector<Detection>>> kept_;
};

void write(const std::string& path, const std::map<EventId, Event>& events, const Options& options) {
    std::ofstream out(path);
    out << "zone,type,enter_s,exit_s,confidence,verdict,visit,part_of,metadata\n";
    for (const auto& [id, e] : events) {
        if (e.verdict != Verdict::kCounted && !options.all) continue;
        const double start = static_cast<double>(e.start.time_since_epoch().count()) * 1e-6 * options.slow;
        char row[256];
        std::snprintf(row, sizeof row, "%s,%s,%.2f,%.2f,%.3f,%s,", e.zone.c_str(), to_string(e.type), start,
                      start + to_seconds(e.dwell) * options.slow, e.confidence, to_string(e.verdict));
        out << row << (e.visit ? e.visit->to_string() : "") << ','
            << (e.part_of ? e.part_of->to_string() : "") << ',';
        for (const auto& [key, value] : e.metadata)
            out << key << '=' << value << ' ';
        out << '\n';
    }
}

int run(const Options& options) {
    const SceneFile scene = read_scene(options.scene, options);
    Frames frames = read_frames(options.detections, scene.frames);
    double fps = scene.fps;
    if (options.upsample > 1) frames = upsampled(frames, options.upsample), fps *= options.upsample;
    fps *= options.slow;
    std::mt19937 random(options.seed);
    bench::OddDetections odd(options.odd, fps);
    BoxGate gate;
    Looks looks(options, scene.zones);
    std::size_t looked_at = 0;
    const auto ids = make_seeded_id_source(1);
    Tracker tracker;
    ZoneMap map(scene.zones);
    EventTracker sessions("camera", scene.zones, *ids, options.engine);
    std::map<EventId, Event> events;
    VisitLinker visits({}, places_of("camera", scene.zones));
    const auto note = [&](const EventChanges& changes) {
        for (const Event& e : visits.link(changes.events))
            events[e.id] = e;
    };
    std::ofstream track_rows;
    if (!options.tracks.empty())
        track_rows.open(options.tracks);
    else
        track_rows.setstate(std::ios::badbit);
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < frames.size(); i += static_cast<std::size_t>(options.every)) {
        const double t = static_cast<double>(i) / fps;
        if (options.gap_period_s > 0 &&
            std::fmod(t, options.gap_period_s) > options.gap_period_s - options.gap_length_s)
            continue;
        if (options.gate && !gate.take(frames[i], t)) continue;
        ++looked_at;
        Detections d;
        d.frame.sequence = i;
        d.frame.mono = MonoTime(from_seconds(t));
        d.frame.wall = WallTime(from_seconds(t));
        d.frame.width =
            static_cast<int>(scene.width * (1 - options.cut_left) * options.scale * options.squeeze);
        d.frame.height = static_cast<int>(scene.height * options.scale);
        d.people = frames[i];
        odd.add_to(d.people, static_cast<int>(i), scene.width, scene.height, scene.zones, random);
        perturb(d.people, options, scene, random);
        looks.look(d);
        const Tracks& tracks = tracker.update(d);
        for (const Track& p : tracks.people)
            if (track_rows)
                track_rows << t << ',' << p.id.value << ',' << p.box.x << ',' << p.box.y << ',' << p.box.w
                           << ',' << p.box.h << ',' << p.coasted << '\n';
        const Occupancy& occupancy = map.place(tracks, d);
        looks.learn(tracks, occupancy, d);
        note(sessions.update(occupancy));
    }
    note(sessions.end_all(EndReason::kEndOfStream));
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    write(options.out, events, options);
    looks.tell();
    std::cerr << looked_at << " of " << frames.size() << " frames, " << took << " s\n";
    return 0;
}

}  // namespace
}  // namespace chairside

int main(int argc, char** argv) {
    try {
        return chairside::run(chairside::parse(argc, argv));
    } catch (const std::exception& e) {
        std::cerr << "replay_services: " << e.what() << '\n';
        return 1;
    }
}
