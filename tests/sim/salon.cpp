#include "sim/salon.hpp"

#include <algorithm>
#include <cmath>

#include "sim/schedule.hpp"

namespace chairside::sim {
namespace {

constexpr double kStandingAspect = 0.38, kSeatedAspect = 0.70, kSeatedHeight = 0.72;
constexpr double kSpeed = 0.5;         // heights per second
constexpr double kForeshortening = 2;  // a step towards the camera shows half as long
constexpr double kTick = 0.5;          // s; how fast visibility flickers under occlusion

std::uint64_t mixed(std::uint64_t x) {
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9ULL;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
}

// Noise that depends on who and when only, not on how often one looks.
Random noise_of(std::uint64_t seed, double t) {
    return Random(mixed(seed ^ mixed(static_cast<std::uint64_t>(std::llround(t * 1000)) + 77)));
}

}  // namespace

std::uint64_t Random::bits() {
    state_ += 0x9E3779B97F4A7C15ULL;
    return mixed(state_);
}

double Random::uniform() {
    return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

double Random::normal() {
    const double u = std::max(uniform(), 1e-300), v = uniform();
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * 3.14159265358979323846 * v);
}

double Salon::walk_time(Point from, Point to) const {
    const double height = standing_height((from.y + to.y) / 2);
    return std::hypot(to.x - from.x, kForeshortening * (to.y - from.y)) / (kSpeed * height);
}

double Salon::walk(Actor& actor, double t, Point to) const {
    const Point from = actor.legs.empty() ? door_ : actor.legs.back().place;
    if (actor.legs.empty() || actor.legs.back().t < t) actor.legs.push_back({t, from, Pose::kStanding});
    const double arrives = std::max(t, actor.legs.back().t) + walk_time(from, to);
    actor.legs.push_back({arrives, to, Pose::kStanding});
    return arrives;
}

void Salon::add_zone(const std::string& name, ZoneType type, const std::vector<Point>& seats,
                     Random& random) {
    double x0 = 1e9, x1 = -1e9, y0 = 1e9, y1 = -1e9;
    for (const Point seat : seats) {
        const double h = standing_height(seat.y);
        x0 = std::min(x0, seat.x - h * random.between(0.27, 0.36));
        x1 = std::max(x1, seat.x + h * random.between(0.27, 0.36));
        y0 = std::min(y0, seat.y - h * random.between(0.17, 0.23));
        y1 = std::max(y1, seat.y + h * random.between(0.13, 0.2));
    }
    ZoneConfig zone;
    zone.name = name;
    zone.type = type;
    zone.capacity = static_cast<int>(seats.size());
    zone.polygon = {{x0 / width_, y0 / height_},
                    {x1 / width_, y0 / height_},
                    {x1 / width_, y1 / height_},
                    {x0 / width_, y1 / height_}};
    for (Point& p : zone.polygon)
        p = {std::clamp(p.x, 0.0, 1.0), std::clamp(p.y, 0.0, 1.0)};
    zone.dwell = std::chrono::seconds(type == ZoneType::kChair ? 120 : type == ZoneType::kWash ? 60 : 30);
    zone.grace = std::chrono::seconds(type == ZoneType::kWait ? 15 : 40);
    zones_.push_back(zone);
}

void Salon::furnish() {
    switch (settings_.room) {
        case Room::kRow:
            width_ = 1280, height_ = 720, height_a_ = 80, height_b_ = 0.42, door_ = {1270, 560};
            chairs_ = {{260, 400}, {480, 405}, {700, 400}, {920, 405}};
            basins_ = {{170, 610}, {330, 610}};
            benches_ = {{760, 650}, {860, 650}, {960, 650}, {1060, 650}};
            idle_ = {{600, 480}, {1120, 470}, {380, 540}, {820, 510}, {560, 640}, {1180, 560}};
            mirrors_ = {{370, 260}, {810, 260}};
            break;
        case Room::kDiagonal:
            width_ = 800, height_ = 600, height_a_ = 30, height_b_ = 0.38, door_ = {20, 330};
            chairs_ = {{200, 300}, {380, 370}, {580, 450}};
            basins_ = {{680, 270}};
            benches_ = {{110, 520}, {200, 530}, {290, 540}};
            idle_ = {{480, 300}, {290, 440}, {620, 350}, {420, 520}, {120, 400}};
            mirrors_ = {{300, 190}};
            break;
        case Room::kDeep:
            width_ = 1920, height_ = 1080, height_a_ = 20, height_b_ = 0.5, door_ = {960, 380};
            chairs_ = {{420, 520}, {360, 650}, {290, 830}, {1500, 560}, {1600, 760}};
            basins_ = {{1200, 480}, {1330, 500}};
            benches_ = {{1050, 960}, {1290, 970}, {1530, 980}};
            idle_ = {{760, 560}, {1000, 700}, {800, 800}, {1250, 640}, {620, 700}, {1100, 800}, {700, 950}};
            mirrors_ = {{240, 420}, {1680, 480}};
            break;
    }
    Random random(settings_.seed ^ 0xABCDEF);
    for (auto* places : {&chairs_, &basins_, &benches_})
        for (Point& p : *places)
            p = {p.x + random.between(-8, 8), p.y + random.between(-6, 6)};
    for (std::size_t i = 0; i < chairs_.size(); ++i)
        add_zone("chair-" + std::to_string(i + 1), ZoneType::kChair, {chairs_[i]}, random);
    for (std::size_t i = 0; i < basins_.size(); ++i)
        add_zone("wash-" + std::to_string(i + 1), ZoneType::kWash, {basins_[i]}, random);
    add_zone("waiting", ZoneType::kWait, benches_, random);
}

Salon::Salon(const Settings& settings) : settings_(settings) {
    furnish();
    Schedule(*this).fill();
    std::sort(services_.begin(), services_.end(), [](const Service& a, const Service& b) {
        return a.zone != b.zone ? a.zone < b.zone : a.enter_s < b.enter_s;
    });
}

bool Salon::seen_at(const Actor& actor, double t, Seen& out) const {
    const auto after = std::upper_bound(actor.legs.begin(), actor.legs.end(), t,
                                        [](double x, const Leg& leg) { return x < leg.t; });
    if (after == actor.legs.begin()) return false;
    const Leg& from = *(after - 1);
    if (from.pose == Pose::kAway) return false;
    Point foot = from.place;
    if (after != actor.legs.end()) {
        const double part = (t - from.t) / (after->t - from.t);
        foot = {foot.x + part * (after->place.x - foot.x), foot.y + part * (after->place.y - foot.y)};
    }
    const bool seated = from.pose == Pose::kSeated;
    const double height = standing_height(foot.y) * actor.size * (seated ? kSeatedHeight : 1);
    const double width = height * (seated ? kSeatedAspect : kStandingAspect) * actor.wide;
    out = {{foot.x - width / 2, foot.y - height, width, height}, foot.y, &actor};
    return true;
}

bool Salon::detected(const Seen& who, const std::vector<Seen>& all, double t) const {
    double hidden = 0;
    for (const Seen& other : all)
        if (other.depth > who.depth)
            hidden = std::max(hidden, intersection_area(who.box, other.box) / who.box.area());
    for (const auto& [from, to] : who.actor->bursts)
        if (t >= from && t < to) return false;
    Random now = noise_of(who.actor->seed, t),
           slow = noise_of(who.actor->seed ^ 0x55, std::floor(t / kTick) * kTick);
    if (now.chance(settings_.faults.miss)) return false;
    const double trouble = settings_.faults.occlusion * hidden;
    return trouble < 0.25 + 0.6 * (0.7 * slow.uniform() + 0.3 * now.uniform());
}

Detections Salon::look(double t, std::uint64_t sequence) const {
    Detections out;
    out.frame.sequence = sequence;
    out.frame.mono = MonoTime(from_seconds(t));
    out.frame.wall = WallTime(from_seconds(t));
    out.frame.width = width_;
    out.frame.height = height_;
    std::vector<Seen> all;
    for (const Actor& actor : actors_)
        if (Seen seen; seen_at(actor, t, seen)) all.push_back(seen);
    for (const Seen& who : all) {
        if (!detected(who, all, t)) continue;
        Random noise = noise_of(who.actor->seed ^ 0x99, t);
        const double j = settings_.faults.jitter;
        Box box = who.box;
        box.x += j * box.w * noise.normal();
        box.y += j * box.h * noise.normal();
        box.w *= 1 + j * noise.normal();
        box.h *= 1 + j * noise.normal();
        double hidden = 0;
        for (const Seen& other : all)
            if (other.depth > who.depth)
                hidden = std::max(hidden, intersection_area(who.box, other.box) / who.box.area());
        const double score = std::clamp(0.85 - 0.4 * hidden + 0.1 * noise.normal(), 0.2, 0.99);
        out.people.push_back({box, static_cast<float>(score)});
    }
    Random ghost = noise_of(settings_.seed ^ 0x6057, t);
    for (const Point mirror : mirrors_) {
        if (!ghost.chance(settings_.faults.ghosts)) continue;
        const double h = 0.5 * standing_height(mirror.y + 140) * (1 + 0.05 * ghost.normal());
        out.people.push_back({{mirror.x - 0.25 * h + 3 * ghost.normal(), mirror.y - h, 0.5 * h, h},
                              static_cast<float>(ghost.between(0.25, 0.55))});
    }
    return out;
}

}  // namespace chairside::sim
