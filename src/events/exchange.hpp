#pragma once
// Two clients in one seat, one after the other, or one client who was hidden for a while? Weighs each gap in
// a session's sightings by what is seen around it: a change of size, somebody walking away at its start and
// towards the seat at its end, and its length against the gaps this zone always has. Pure. Source of the
// terms: docs/decisions/0201-seat-sessions.md.

#include <deque>
#include <optional>
#include <vector>

#include "events/client_habits.hpp"
#include "events/settings.hpp"
#include "events/walks.hpp"

namespace chairside {

// The boxes of up to a second, without a gap between them.
struct SizeSample {
    double t = 0;     // of the first box
    double size = 0;  // mean of ln sqrt(w h), pixels
    int boxes = 1;
    double spread = 0;                     // sum of the squared deviations from the mean
    double aspect = 0, aspect_spread = 0;  // the same of ln(w / h)
    void add(double box_size, double box_aspect = 0);
};

// Nobody was seen seated between two sightings.
struct SeatGap {
    double begin = 0, end = 0;  // last seen before, first seen after, s
    double blind_s = 0;         // of it, the camera saw nobody anywhere
    double covered_s = 0;       // of it, somebody stood before the seat
    double score = -1e9;        // the last result of the test; above 0 it was split
    double size_change = 0;     // ln size after less before
    bool usual = false;         // its length is learned from
    double length() const { return end - begin; }
    double watched_s() const { return end - begin - blind_s; }
};

// ln of the change in size for a gap, positive or negative, with its variance; nullopt with too few boxes.
struct SizeChange {
    double mean = 0, variance = 0;
    double before = 0, after = 0;
    double aspect = 0, aspect_variance = 0;  // of ln(w / h) after less before
};

// How much one person's size and shape vary: squared noise, each value times that of a median.
class Steadiness {
  public:
    // Before and after a gap that one client sat through.
    void add(const SizeChange& change, std::size_t most);
    // Standard deviation, from at least `usual` on as long as little is known.
    double size(double usual) const { return deviation(size_, usual); }
    double aspect(double usual) const { return deviation(aspect_, usual); }

  private:
    static double deviation(const std::deque<double>& excess, double usual);
    std::deque<double> size_, aspect_;
};

// What a zone has learned of its gaps. Until it knows its own noise, that of the camera's other zones is taken.
class GapStatistics {
  public:
    explicit GapStatistics(const SplitSettings& settings, Steadiness* camera = nullptr)
        : settings_(settings), camera_(camera) {}
    // A gap that one client sat through.
    void same_person(double length_s, const std::optional<SizeChange>& change);
    double mean_s() const;        // beyond the first second
    double size_noise() const;    // standard deviation of ln size between before and after, one person
    double aspect_noise() const;  // the same of ln(w / h)

  private:
    SplitSettings settings_;
    Steadiness* camera_;
    Steadiness own_;
    std::deque<double> lengths_;
};

// How much larger people of this camera look when they rise: the link between whoever walks and whoever sits.
class Rising {
  public:
    // Somebody came and sat down.
    void add(int zone, double walking_stature, double seated_stature);
    struct Expected {
        double offset = 0, noise = 0;  // walking stature less seated stature, and its spread
    };
    std::optional<Expected> in(int zone) const;  // nullopt while too few were seen

  private:
    struct Seen {
        int zone = 0;
        double offset = 0;
    };
    std::deque<Seen> seen_;
};

// The shape of whoever sat there, ln(w / h).
struct Shape {
    double mean = 0, variance = 0;  // of the mean
};
std::optional<Shape> shape_of(const std::deque<SizeSample>& sizes, double from);  // nullopt: too few boxes

// How different the people of this camera are in shape: from those who followed each other in one seat.
class Shapes {
  public:
    void follow(const Shape& earlier, const Shape& later);
    struct Spread {
        double of_two = 0;  // people: standard deviation of the difference
        double surety = 0;  // 0..1, the more people were seen
    };
    std::optional<Spread> spread() const;  // nullopt while too few were seen

  private:
    std::deque<double> squares_;
};

// What the seats of a camera teach each other.
struct Lessons {
    Rising rising;
    Shapes shapes;
    Steadiness steadiness;
    ClientHabits clients;
};

struct SplitFound {
    double exit = 0, enter = 0;               // last seen of the first client, first seen of the second
    double score = 0;                         // log odds
    std::size_t first_gap = 0, last_gap = 0;  // indices of the gaps that the exchange spans
};

struct SplitInput {
    double now = 0;
    double dt = 0;       // typical frame interval
    bool ended = false;  // the session is over: judge what is there, do not wait for more
    bool all = true;     // older gaps, too: more is known of the sizes around them each time, but little more
    double first = 0;    // of the session
    const std::deque<SizeSample>* sizes = nullptr;
    std::deque<SeatGap>* gaps = nullptr;  // scores are written back
    const WalkLog* walks = nullptr;
    const GapStatistics* statistics = nullptr;
    // The stature that a walker has who sits here with a size of 0, and its spread; nullopt: not known.
    std::optional<Rising::Expected> walker;
    std::optional<Shapes::Spread> other_shape;  // Shapes::spread()
};

// The best split with log odds above 0, if any.
std::optional<SplitFound> find_split(const SplitInput& input, const SplitSettings& settings);

std::optional<SizeChange> size_change(const std::deque<SizeSample>& sizes, double begin, double end,
                                      const SplitSettings& settings);

}  // namespace chairside
