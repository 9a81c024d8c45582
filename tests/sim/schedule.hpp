#pragma once
// Who does what when in a made-up salon: fills its actors and its true services.

#include "sim/salon.hpp"

namespace chairside::sim {

class Schedule {
  public:
    explicit Schedule(Salon& salon);
    void fill();

  private:
    using Actor = Salon::Actor;
    struct Stay {              // of a client in a seat
        std::size_t seat = 0;  // of all chairs, then all basins
        double sits = 0, rises = 0;
        std::size_t client = 0;  // of the actors
    };
    Actor person(double size_spread);
    void client(double comes);
    // From the actor's place to the seat, as soon as the actor and the seat are free; returns when it rises.
    double serve(Actor& actor, double ready, std::size_t seat, double length);
    double wait_on_bench(Actor& actor, double from, double until);
    void sit(Actor& actor, double from, double until, Point seat, int zone, bool client);
    void staff(std::size_t chair);
    double attend(Actor& actor, const Stay& stay, double t, double until);
    void relieve(const Stay& stay, double at, double until);
    Point somewhere();
    double sweep(Actor& actor, double t, double until);
    double linger(Actor& actor, double t);
    double idle(Actor& actor, std::size_t chair, double t, double until, double chair_free);
    std::size_t soonest(std::size_t first, std::size_t last) const;
    Point seat(std::size_t i) const;
    void leave(Actor& actor, double t);

    Salon& salon_;
    Random random_;
    std::vector<double> free_;  // per seat: from when on
    std::vector<double> bench_free_;
    std::vector<Stay> stays_;
};

}  // namespace chairside::sim
