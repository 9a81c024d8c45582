#include "sim/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace chairside::sim {
namespace {
constexpr double kSitDown = 1.0;  // s, from arriving at the seat to sitting
}

Schedule::Schedule(Salon& salon)
    : salon_(salon),
      random_(salon.settings_.seed),
      free_(salon.chairs_.size() + salon.basins_.size(), 20.0),
      bench_free_(salon.benches_.size(), 0.0) {}

Point Schedule::seat(std::size_t i) const {
    return i < salon_.chairs_.size() ? salon_.chairs_[i] : salon_.basins_[i - salon_.chairs_.size()];
}

std::size_t Schedule::soonest(std::size_t first, std::size_t last) const {
    const auto begin = free_.begin();
    return static_cast<std::size_t>(std::min_element(begin + static_cast<std::ptrdiff_t>(first),
                                                     begin + static_cast<std::ptrdiff_t>(last)) -
                                    begin);
}

Schedule::Actor Schedule::person(double size_spread) {
    Actor actor;
    actor.size = std::clamp(1 + size_spread * random_.normal(), 0.82, 1.18);
    actor.wide = std::clamp(1 + 0.05 * random_.normal(), 0.88, 1.12);
    actor.seed = random_.bits();
    const double per_s = salon_.settings_.faults.bursts_per_hour / 3600;
    if (per_s <= 0) return actor;
    for (double t = -std::log(1 - random_.uniform()) / per_s; t < salon_.settings_.length_s;
         t -= std::log(1 - random_.uniform()) / per_s)
        actor.bursts.emplace_back(t, t + random_.between(1, 4));
    return actor;
}

void Schedule::sit(Actor& actor, double from, double until, Point place, int zone, bool client) {
    const bool stands_there = !actor.legs.empty() && actor.legs.back().place == place;
    const double came = stands_there ? actor.legs.back().t : from;
    actor.legs.push_back({from, place, Salon::Pose::kSeated});
    actor.legs.push_back({until, place, Salon::Pose::kStanding});
    const double end = std::min(until, salon_.settings_.length_s);
    if (client && end - from >= to_seconds(salon_.zones_[static_cast<std::size_t>(zone)].dwell))
        salon_.services_.push_back({zone, from, end, actor.seed, came});
}

double Schedule::wait_on_bench(Actor& actor, double from, double until) {
    const std::size_t b = static_cast<std::size_t>(std::min_element(bench_free_.begin(), bench_free_.end()) -
                                                   bench_free_.begin());
    if (bench_free_[b] > from || until - from < 15) return from;
    const double arrives = salon_.walk(actor, from, salon_.benches_[b]) + kSitDown;
    if (arrives >= until) return arrives;
    const int zone = static_cast<int>(salon_.zones_.size()) - 1;
    sit(actor, arrives, until, salon_.benches_[b], zone, true);
    bench_free_[b] = until + 5;
    return until;
}

double Schedule::serve(Actor& actor, double ready, std::size_t index, double length) {
    const double walk = salon_.walk_time(actor.legs.back().place, seat(index));
    // Called when the seat is free, or nearly: quick changes follow within seconds.
    const double pause = random_.chance(salon_.settings_.habits.quick_change) ? random_.between(2, 9)
                                                                              : random_.between(10, 90);
    const double sits_from = std::max(ready + walk + kSitDown, free_[index] + pause);
    const double leaves = sits_from - walk - kSitDown;
    const double at = leaves > ready + 1 ? wait_on_bench(actor, ready, leaves) : ready;
    const double sits = std::max(sits_from, salon_.walk(actor, std::max(at, leaves), seat(index)) + kSitDown);
    sit(actor, sits, sits + length, seat(index), static_cast<int>(index), true);
    stays_.push_back({index, sits, sits + length, salon_.actors_.size()});
    free_[index] = sits + length;
    return sits + length;
}

void Schedule::leave(Actor& actor, double t) {
    const double gone = salon_.walk(actor, t, salon_.door_);
    actor.legs.push_back({gone + 0.5, salon_.door_, Salon::Pose::kAway});
}

void Schedule::client(double comes) {
    Actor actor = person(0.06);
    actor.legs.push_back({comes, salon_.door_, Salon::Pose::kStanding});
    double t = comes;
    const std::size_t chairs = salon_.chairs_.size();
    if (random_.chance(salon_.settings_.habits.wash_share))
        t = serve(actor, t, soonest(chairs, free_.size()), random_.between(65, 240));
    t = serve(actor, t, soonest(0, chairs), random_.between(240, 1000));
    leave(actor, t);
    salon_.actors_.push_back(std::move(actor));
}

Point Schedule::somewhere() {
    return salon_.idle_[static_cast<std::size_t>(random_.below(static_cast<int>(salon_.idle_.size())))];
}

// Stands by the client, comes and goes, until the client rises.
double Schedule::attend(Actor& actor, const Stay& stay, double t, double until) {
    const Habits& habits = salon_.settings_.habits;
    const Point place = seat(stay.seat);
    const double h = salon_.standing_height(place.y);
    while (t < until) {
        if (random_.chance(habits.barber_absent)) {
            t = salon_.walk(actor, t, somewhere()) + random_.between(10, 60);
            continue;
        }
        Point to = {place.x + (random_.chance(0.5) ? 1 : -1) * h * random_.between(0.12, 0.3),
                    place.y + h * random_.between(-0.04, 0.1)};
        if (random_.chance(habits.in_front))
            to = {place.x + h * random_.between(-0.12, 0.12), place.y + h * random_.between(0.03, 0.12)};
        const double stays =
            std::min(-habits.barber_stays_s * std::log(1 - random_.uniform()), 3 * habits.barber_stays_s);
        t = salon_.walk(actor, t, to) + 1 + stays;
    }
    return t;
}

// Another one of the staff goes on with the client; often just while the detector misses the client.
void Schedule::relieve(const Stay& stay, double at, double until) {
    Actor actor = person(0.06);
    actor.legs.push_back({at - 20, somewhere(), Salon::Pose::kStanding});
    const double walk = salon_.walk_time(actor.legs.back().place, seat(stay.seat));
    const double t = attend(actor, stay, at - walk + random_.between(-2, 3), until);
    leave(actor, t);
    salon_.actors_.push_back(std::move(actor));
    if (random_.chance(0.5))
        salon_.actors_[stay.client].bursts.emplace_back(at - random_.between(0, 2),
                                                        at + random_.between(1, 3));
}

double Schedule::sweep(Actor& actor, double t, double until) {
    for (int k = 0; k < 6 && t < until; ++k) {
        const Point p =
            seat(static_cast<std::size_t>(random_.below(static_cast<int>(salon_.chairs_.size()))));
        const double h = salon_.standing_height(p.y);
        const Point to{p.x + h * random_.between(-0.35, 0.35), p.y + h * random_.between(0, 0.25)};
        t = salon_.walk(actor, t, to) + random_.between(1, 6);
    }
    return t;
}

// Beside a chair, taken or not: a chat.
double Schedule::linger(Actor& actor, double t) {
    const Point p = seat(static_cast<std::size_t>(random_.below(static_cast<int>(salon_.chairs_.size()))));
    const double h = salon_.standing_height(p.y);
    const Point to{p.x + h * random_.between(-0.5, 0.5), p.y + h * random_.between(0, 0.2)};
    return salon_.walk(actor, t, to) + random_.between(15, 90);
}

// Nothing is so urgent that a client would have to wait for long. chair_free: from when on nobody sits in the own chair.
double Schedule::idle(Actor& actor, std::size_t chair, double t, double until, double chair_free) {
    const Habits& habits = salon_.settings_.habits;
    constexpr double kUnit = 60.0;  // s; mean length of one thing
    while (t < until) {
        if (until - t > 150 && random_.chance(habits.staff_sits_per_hour * kUnit / 3600) && t > chair_free) {
            const double at = salon_.walk(actor, t, seat(chair)) + kSitDown;
            t = std::min(until - 20, at + random_.between(20, 400));
            if (t > at) sit(actor, at, t, seat(chair), static_cast<int>(chair), false);
            continue;
        }
        double ends = 0;
        if (random_.chance(habits.sweeps_per_hour * kUnit / 3600)) {
            ends = sweep(actor, t, until);
        } else if (random_.chance(habits.staff_lingers_per_hour * kUnit / 3600)) {
            ends = linger(actor, t);
        } else {
            const Point to = somewhere();
            const double h = salon_.standing_height(to.y);
            const Point spot{to.x + h * random_.between(-0.25, 0.25), to.y + h * random_.between(-0.06, 0.1)};
            ends = salon_.walk(actor, t, spot) + random_.between(20, 100);
        }
        t = std::max(actor.legs.back().t, std::min(ends, until));
    }
    return t;
}

// One of the staff per seat.
void Schedule::staff(std::size_t home) {
    Actor actor = person(0.06);
    actor.legs.push_back({0, salon_.idle_[home % salon_.idle_.size()], Salon::Pose::kStanding});
    const Habits& habits = salon_.settings_.habits;
    double t = 1, free_since = 0, chair_free = 0;
    for (const Stay& stay : stays_) {
        if (stay.seat != home) continue;
        const double empty_s = stay.sits - free_since;
        free_since = stay.rises;
        if (stay.rises < t || stay.sits > salon_.settings_.length_s) continue;
        // Between two clients somebody of the staff sits down for a moment.
        if (empty_s > 8 && empty_s < 60 && random_.chance(habits.visits)) {
            const double from = salon_.walk(actor, std::max(t, stay.sits - empty_s + 2), seat(home)) + 0.3;
            t = from;
            if (const double until = std::min(from + random_.between(2, 5), stay.sits - 2);
                until > from + 1) {
                sit(actor, from, until, seat(home), static_cast<int>(home), false);
                t = until;
            }
        }
        t = idle(actor, home, t, stay.sits - random_.between(0, 25), chair_free);
        chair_free = stay.rises;
        const double end = stay.rises + random_.between(-8, 12);
        if (stay.rises - std::max(t, stay.sits) > 120 && random_.chance(habits.swaps)) {
            const double at = random_.between(std::max(t, stay.sits) + 40, stay.rises - 40);
            relieve(stay, at, end);
            t = attend(actor, stay, t, at);
            t = salon_.walk(actor, t, somewhere());
            continue;
        }
        t = attend(actor, stay, t, end);
    }
    idle(actor, home, t, salon_.settings_.length_s, chair_free);
    salon_.actors_.push_back(std::move(actor));
}

void Schedule::fill() {
    const double per_s = salon_.settings_.habits.clients_per_hour / 3600;
    for (double t = 30; t < salon_.settings_.length_s;
         t += std::min(-std::log(1 - random_.uniform()) / per_s, 1200.0))
        client(t);
    std::sort(stays_.begin(), stays_.end(), [](const Stay& a, const Stay& b) { return a.sits < b.sits; });
    for (std::size_t home = 0; home < free_.size(); ++home)
        staff(home);
}

}  // namespace chairside::sim
