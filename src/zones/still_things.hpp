#pragma once
// People-shaped things that never move: posters, mannequins, coat racks. Pure.
//
// A thing is learned by its place. The box of a living person drifts by more than the detector's own noise within
// minutes; that noise is learned at each place, from one frame to the next. What stays still for long enough is taken
// out of the detections, and comes back with the first frames in which it moves. Whoever is in the zone of a chair or a
// basin is never taken out, however still: a client may sleep. docs/decisions/0208-still-things.md.

#include <vector>

#include "config/zone.hpp"
#include "detect/detection.hpp"

namespace chairside {

struct StillSettings {
    double learn_s = 1200;          // seen for this long outside of all zones, …
    double learn_in_zone_s = 2700;  // … or in one where people wait; the first is enough if, for …
    double quiet_s = 600;           // … this long of it, nobody else was in the picture: after closing time
    double seen_share = 0.5;        // of the frames since it was first seen
    double same_place = 0.12;       // box sizes: gate for being the same thing, before its noise is known
    double noise_gate = 4;          // standard deviations afterwards, …
    double least_gate = 0.02;       // … but no less than this
    double block_s = 20;            // the wandering is judged by means over this long
    double wander_noise = 0.5;      // standard deviations of the noise, …
    double wander_least = 0.006;    // … or box sizes: wandering less than the larger of both is still
    double lost_s = 120;            // not seen for this long: not learned yet, begin anew
    double forget_s = 6 * 3600;     // … and a learned one is gone
    int moved_frames = 3;           // frames in a row beside its place: it moves
};

// Threads: one. Memory: kMost places.
class StillThings {
  public:
    explicit StillThings(const std::vector<ZoneConfig>& zones, StillSettings settings = {});

    // Takes learned things out of the frame. Returns the boxes (pixels) of those learned with this frame; valid until
    // the next call.
    const std::vector<Box>& apply(Detections& frame);
    int learned() const;
    // Other zones from the next frame on; what was learned stays.
    void rezone(const std::vector<ZoneConfig>& zones);

    static constexpr std::size_t kMost = 64;

  private:
    struct Spot {  // in box sizes of the place
        double x = 0, foot = 0, width = 0, height = 0;
    };
    struct Place {
        Box box;  // running mean, pixels
        double first = 0, last = 0, seen_s = 0, quiet_s = 0;
        Spot previous;  // relative to the first box, last frame
        Box origin;     // the first box: what spots are relative to
        Spot noise;     // variances of one frame's spot
        int noise_samples = 0;
        Spot block;  // sum over the block going on
        int block_boxes = 0, blocks = 0;
        double block_begin = 0;
        Spot mean, spread;  // of the blocks: mean, sum of squared deviations (Welford)
        int beside = 0;     // frames in a row
        bool learned = false;
    };
    static Spot spot_of(const Box& box, const Box& origin);
    double gate(const Place& place, double variance) const;
    double misfit(const Place& place, const Box& box) const;  // below 1: it is that thing
    bool beside(const Place& place, const Box& box) const;
    void match(const Detections& frame, std::vector<int>& place_of);
    void see(Place& place, const Box& box, double t, double dt, bool quiet);
    void end_block(Place& place, double t);
    bool wanders(const Place& place) const;
    bool in_seat(const Box& box, int width, int height) const;
    bool in_zone(const Box& box, int width, int height) const;
    bool still_enough(const Place& place, int width, int height) const;
    bool somebody_about(const Detections& frame, const std::vector<int>& place_of) const;
    void miss(const Detections& frame, const std::vector<int>& place_of, double t);
    void add(const Box& box, double t);

    StillSettings settings_;
    std::vector<ZoneConfig> seats_, others_;
    std::vector<Place> places_;
    std::vector<Box> fresh_;
    double last_t_ = 0, last_walk_ = 0;
    bool started_ = false;
};

}  // namespace chairside
