#pragma once
// A made-up salon for tests: rooms, clients who are served, staff who serve, rest and sweep, and a detector with its
// faults. Everything comes from one seed and is a function of time, so that one day can be seen at any frame rate.

#include <cstdint>
#include <string>
#include <vector>

#include "config/zone.hpp"
#include "detect/detection.hpp"

namespace chairside::sim {

// Uniform and independent of the standard library's distributions, so that a seed means the same everywhere.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 0xD1B54A32D192ED03ULL) {}
    std::uint64_t bits();
    double uniform();  // [0, 1)
    double between(double low, double high) { return low + (high - low) * uniform(); }
    int below(int n) { return static_cast<int>(uniform() * n); }
    bool chance(double p) { return uniform() < p; }
    double normal();  // mean 0, standard deviation 1

  private:
    std::uint64_t state_;
};

// Chairs along the back wall; across the room; along a side wall; seen from low down, close together, 640x360; from
// high up in two rows.
enum class Room { kRow, kDiagonal, kDeep, kLow, kHigh };
inline constexpr int kRooms = 5;

struct Habits {
    double clients_per_hour = 12;
    double wash_share = 0.5;
    double quick_change = 0.3;          // share of changes in a seat that take 2-9 s
    double barber_absent = 0.08;        // of the places a barber goes to during a service
    double barber_stays_s = 9;          // at one place by the client, on average
    double in_front = 0.25;             // of these places: between camera and client
    double swaps = 0;                   // per service: another barber takes over
    double visits = 0;                  // per change of clients: staff sits down for some seconds
    double staff_sits_per_hour = 0;     // in empty chairs
    double staff_lingers_per_hour = 1;  // by chairs, standing
    double sweeps_per_hour = 2;
};

struct DetectorFaults {
    double jitter = 0.02;         // of the box
    double miss = 0.05;           // of a visible person, single frames
    double bursts_per_hour = 20;  // per person: misses of 1-4 s
    double hidden_from = 0.42;    // part of the box behind somebody, from which on a person is missed …
    double hidden_miss = 0.8;     // … this often
    double ghosts = 0.15;         // reflections per frame
    double frames_lost = 0.01;    // frames in which nobody is detected
    double score = 0.82, score_spread = 0.12;
};

struct Service {
    int zone = 0;
    double enter_s = 0, exit_s = 0;
    std::uint64_t client = 0;  // the same for all services of one client; 0: unknown
    double came_s = enter_s;   // whoever sat down at enter_s had been standing at the seat since then
};

struct Settings {
    std::uint64_t seed = 1;
    Room room = Room::kRow;
    double length_s = 3600;
    Habits habits;
    DetectorFaults faults;
};

// A kind of day, and the rate at which the camera runs then.
struct Kind {
    const char* name;
    double fps = 5;
    Habits habits;
    DetectorFaults faults;
};
// What they span is compared with the shared scenarios in docs/decisions/0203-simulated-salons.md.
std::vector<Kind> kinds();
Settings settings_of(const Kind& kind, Room room, std::uint64_t seed, double length_s = 3600);

class Salon {
  public:
    explicit Salon(const Settings& settings);

    int width() const { return width_; }
    int height() const { return height_; }
    const std::vector<ZoneConfig>& zones() const { return zones_; }
    // The clients' stays that last the zone's dwell time, by zone, then time.
    const std::vector<Service>& services() const { return services_; }
    // What the detector says at that time. Same time, same answer.
    Detections look(double t, std::uint64_t sequence) const;
    double length_s() const { return settings_.length_s; }

  private:
    friend class Schedule;
    enum class Pose { kAway, kStanding, kSeated };
    // From t on, walking in a straight line to the next leg's place.
    struct Leg {
        double t = 0;
        Point place;  // foot, pixels
        Pose pose = Pose::kStanding;
    };
    struct Actor {
        double size = 1;  // of the mean height
        double wide = 1;
        std::uint64_t seed = 0;
        std::vector<Leg> legs;
        std::vector<std::pair<double, double>> bursts;  // not detected
    };
    struct Seen {
        Box box;
        double depth = 0;
        const Actor* actor = nullptr;
    };

    void place(Room room);
    double standing_height(double foot_y) const { return height_a_ + height_b_ * foot_y; }
    double walk_time(Point from, Point to) const;
    // Appends a walk from where the actor is, so that it leaves at `t`; returns the time of arrival.
    double walk(Actor& actor, double t, Point to) const;
    void furnish();
    void add_zone(const std::string& name, ZoneType type, const std::vector<Point>& seats, Random& random);
    bool seen_at(const Actor& actor, double t, Seen& out) const;
    bool detected(const Seen& who, double hidden, double t) const;

    Settings settings_;
    int width_ = 0, height_ = 0;
    double height_a_ = 0, height_b_ = 0;
    Point door_;
    std::vector<Point> chairs_, basins_, benches_, idle_, mirrors_;
    std::vector<ZoneConfig> zones_;
    std::vector<Actor> actors_;
    std::vector<Service> services_;
};

}  // namespace chairside::sim
