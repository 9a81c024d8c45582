#pragma once
// The people of one frame as the session engine sees them: posture and where each came from. Pure.

#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "events/posture.hpp"
#include "events/settings.hpp"
#include "track/tracker.hpp"
#include "zones/occupancy.hpp"

namespace chairside {

struct TrailPoint {
    double t = 0;  // s
    Point foot;    // pixels
    bool seated = false;
    double stature = std::numeric_limits<double>::quiet_NaN();  // PostureModel's
};
// Where a track's foot was in the last seconds, oldest first; frames in which it was not detected are left
// out.
using Trail = std::vector<TrailPoint>;

struct Person {
    TrackId track;
    Box box;           // pixels
    Point foot;        // pixels
    bool seen = true;  // detected in this frame, not predicted
    bool seated = false, standing = false, walking = false;
    double age_s = 0;
    int zone = -1;     // the one the person is in or at the margin of
    double depth = 0;  // in it, box widths
    double stature = std::numeric_limits<double>::quiet_NaN();
    const Trail* trail = nullptr;
};

// One detection, with the posture of whoever it shows and the track nearest to it.
struct Figure {
    Box box;     // pixels
    Point foot;  // pixels
    bool seated = false, standing = false;
    TrackId track;  // {0}: none is near
    int zone = -1;
    double depth = 0;
};

// Trails by track, until some seconds after it was lost.
class Trails {
  public:
    struct Entry {
        Trail trail;
        double born = 0, last_seen = 0, last_taught = -1e18;
    };
    // Adds where the person is and sets person.trail; nullptr for an id that is given twice in one frame.
    Entry* note(Person& person, double t, double keep_s);
    void forget(double t);
    // Where a track without a trail was first seen, before it was believed: its trail begins there.
    void begin(TrackId track, const TrailPoint& first);
    const std::map<TrackId, Entry>& entries() const { return entries_; }

  private:
    std::map<TrackId, Entry> entries_;
};

struct View {
    double t = 0, dt = 0;         // s; dt since the frame before, 0 at the first
    double typical_dt = 0;        // s, running median
    int width = 0, height = 0;    // pixels
    bool outage = false;          // nobody in the picture for a while: it says nothing about the seats
    std::vector<Person> people;   // by track, then position
    std::vector<Figure> figures;  // by position
    // Those who stand or walk, followed from their first box on and apart from those who sit: earlier, but
    // less surely than `people`. Their ids mean nothing elsewhere. Only where the camera's detections are
    // known.
    std::vector<Person> walkers;
    const Trails* walker_trails = nullptr;  // theirs, and of those who were lost in the last seconds
    const PostureModel* posture = nullptr;
};

// Threads: one. Memory: trails of the tracks seen in the last seconds.
class People {
  public:
    explicit People(const EngineSettings& settings);
    // t: seconds, later than the last. Valid until the next call.
    const View& update(const Occupancy& occupancy, double t);
    const View& view() const { return view_; }  // of the last update
    const PostureModel& posture() const { return posture_; }

  private:
    void add_people(const Occupancy& occupancy);
    void learn_from(Person& person, float score);
    void judge_figures(const Occupancy& occupancy);
    void follow_walkers(const Occupancy& occupancy);

    EngineSettings settings_;
    PostureModel posture_;
    Trails trails_, walker_trails_;
    Tracker walkers_;
    Detections standing_;  // this frame's
    View view_;
    double last_anybody_ = 0;
    bool first_ = true;
};

// Moved evenly, by half the own height or more, in the last 1.6 s. Velocity alone would not do: where a
// seated and a standing person swap ids, boxes jump fast and would teach wrong heights.
bool is_walking(const Trail& trail, double height, const PostureSettings& settings);

}  // namespace chairside
