#pragma once
// How likely it is that the client who left one zone is the one who came to another: log odds. Pure.
// Source of the terms: docs/decisions/0205-visits.md.

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "events/event.hpp"

namespace chairside {

struct StepSettings {
    double window_s = 300;          // from leaving one zone to arriving at the next
    double overlap_s = 5;           // ends are not known better than this, on one camera …
    double overlap_cameras_s = 15;  // … and between two
    double speed = 0.12;  // picture widths per second, before a pair of zones has its own walking time
    double camera_change_s = 15;  // the same from one camera to another
    double spread_s = 4;          // of the time of those who go straight on, …
    double spread_cameras_s = 15;
    double straight_on = 0.85;  // … and how many do
    int learned_from = 3;       // steps between two zones, before their own time is believed
    int learned_most = 50;
};

// Where a zone's people are, for the way between two.
struct ZonePlace {
    std::string camera, zone;
    Point middle;  // normalised
};
std::vector<ZonePlace> places_of(const std::vector<CameraConfig>& cameras);
std::vector<ZonePlace> places_of(const std::string& camera, const std::vector<ZoneConfig>& zones);

// Threads: one. Memory: a few numbers per pair of zones between which people went.
class StepEvidence {
  public:
    StepEvidence(StepSettings settings, const std::vector<ZonePlace>& places);
    void move_places(const std::vector<ZonePlace>& places);  // walking times learned so far stay

    // A number for "cannot be" is below -100. leaving_rate: how often people of from's type leave, 1/s.
    double log_odds(const Event& from, const Event& to, double leaving_rate) const;
    // From leaving to arriving, s: what is usual between these zones.
    double walking_s(const Event& from, const Event& to) const;
    void learn(const Event& from, const Event& to);
    const StepSettings& settings() const { return settings_; }

    static constexpr double kImpossible = -1000;

  private:
    using Zone = std::pair<std::string, std::string>;  // camera, name
    StepSettings settings_;
    std::map<Zone, Point> places_;
    std::map<std::pair<Zone, Zone>, std::deque<double>> walks_;  // s, of sure steps
};

}  // namespace chairside
