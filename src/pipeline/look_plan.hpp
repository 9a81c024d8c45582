#pragma once
// Which parts of the next picture the detector looks at: all of it at least twice a second, and in between only where people are known to
// be. docs/decisions/0701-throughput.md, Crops.
//
// Everybody known lies inside with a margin, also who was lost a moment ago, and so does each seat in which somebody was seen within its
// grace time. So no stage after the detector takes "not looked at" for "nobody there"; who comes in is found by the next whole picture.

#include <vector>

#include "config/zone.hpp"
#include "track/track.hpp"
#include "zones/occupancy.hpp"

namespace chairside {

struct LookSettings {
    double whole_every = 0.5;  // s, at most, between pictures that are looked at as a whole
    double ask_again =
        0.25;             // s after which the next whole one is asked for while the last one is on its way
    double oldest = 0.6;  // s; what is known is older than this: all is looked at
    double remember =
        2.5;  // s after a person was seen last, a little more than the tracker keeps who is lost
    double weak_remember = 0.45;  // s; the same for detections that are no track
    double weak_score = 0.3;      // below, detections outside of all zones are noise
    double context =
        0.02;  // of the picture's width and height, on each side of a box: detectors see people by what is around them; and …
    double margin = 0.05;  // … box heights
    double lost_speed =
        0.3;  // box heights a second by which a place grows sideways while its person is not seen, …
    double lost_most = 0.4;  // … up to this
    int seats_most = 6;      // zones for more people are areas: people count there, not the zone
};

// Pure. Threads: one.
class LookPlan {
  public:
    explicit LookPlan(const std::vector<ZoneConfig>& zones, LookSettings settings = {});

    // What came of a picture; `whole`: all of it was looked at.
    void learn(const Tracks& tracks, const Occupancy& occupancy, bool whole);
    // For the picture of this time: regions of it, normalised; none: all of it. Times grow.
    std::vector<Box> next(MonoTime time);
    void rezone(const std::vector<ZoneConfig>& zones);

  private:
    struct Place {
        TrackId id;  // 0: a detection that is no track
        Box box;     // pixels
        Point velocity;
        double seen = 0;      // when it was put here last
        double unseen_s = 0;  // … and for how long it had not been detected then
    };
    struct Seat {
        Box bounds;  // normalised
        double grace_s = 0;
        double seen = -1e9;
        bool watched = false;
    };
    void learn_tracks(const Tracks& tracks);
    void learn_sightings(const Occupancy& occupancy);
    Box around(const Place& place, double t) const;
    bool known(const Box& box) const;
    bool whole_due(double t);

    const LookSettings settings_;
    std::vector<Place> places_;
    std::vector<Seat> seats_;
    double width_ = 0, height_ = 0, learned_ = -1e9, whole_seen_ = -1e9, whole_asked_ = -1e9;
};

}  // namespace chairside
