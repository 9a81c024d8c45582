#include "sim/salon.hpp"

#include <algorithm>
#include <cmath>

#include "sim/schedule.hpp"

namespace chairside::sim {
namespace {

constexpr double kStandingAspect = 0.38, kSeatedAspect = 0.70, kSeatedHeight = 0.72;
constexpr double kSpeed = 0.5;         // heights per second
constexpr double kForeshortening = 2;  // a step towards the camera shows half as long
constexpr double kTick = 0.2;          // s; how fast visibility flickers under occlusion

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

bool Salon::detected(const Seen& who, double hidden, double t) const {
    for (const auto& [from, to] : who.actor->bursts)
        if (t >= from && t < to) return false;
    const DetectorFaults& faults = settings_.faults;
    if (noise_of(who.actor->seed, t).chance(faults.miss)) return false;
    // Who is hidden stays so for a moment, at whatever rate one looks; the border is not sharp.
    Random tick = noise_of(who.actor->seed ^ 0x55, std::floor(t / kTick + 1e-6) * kTick);
    return hidden < faults.hidden_from + 0.04 * tick.normal() || !tick.chance(faults.hidden_miss);
}

Detections Salon::look(double t, std::uint64_t sequence) const {
    Detections out;
    out.frame.sequence = sequence;
    out.frame.mono = MonoTime(from_seconds(t));
    out.frame.wall = WallTime(from_seconds(t));
    out.frame.width = width_;
    out.frame.height = height_;
    const DetectorFaults& faults = settings_.faults;
    if (noise_of(settings_.seed ^ 0x10057, t).chance(faults.frames_lost)) return out;
    std::vector<Seen> all;
    for (const Actor& actor : actors_)
        if (Seen seen; seen_at(actor, t, seen)) all.push_back(seen);
    for (const Seen& who : all) {
        double hidden = 0;
        for (const Seen& other : all)
            if (other.depth > who.depth)
                hidden = std::max(hidden, intersection_area(who.box, other.box) / who.box.area());
        if (!detected(who, hidden, t)) continue;
        Random noise = noise_of(who.actor->seed ^ 0x99, t);
        const double j = faults.jitter;
        Box box = who.box;
        box.x += j * box.w * noise.normal();
        box.y += j * box.h * noise.normal();
        box.w *= 1 + j * noise.normal();
        box.h *= 1 + j * noise.normal();
        const double score = faults.score * (1 - 0.25 * hidden) + faults.score_spread * noise.normal();
        out.people.push_back({box, static_cast<float>(std::clamp(score, 0.05, 0.99))});
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
