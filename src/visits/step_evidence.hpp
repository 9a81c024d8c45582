#pragma once
// How likely it is that the client who left one zone is the one who came to another: log odds. Pure.
// Source of the terms: docs/decisions/0205-visits.md.

#include <deque>
#include <map>
#include <optional>
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
    double statures = 0.06;        // ln size, between people
    double stature_noise = 0.015;  // of one person's, from stay to stay, before it is learned
    double stature_least = -8;  // log odds; another size speaks against one person, the same one for nobody
};

// Where a zone's people are, for the way between two.
struct ZonePlace {
    std::string camera, zone;
    Point middle;  // normalised
};
std::vector<ZonePlace> places_of(const std::vector<CameraConfig>& cameras);
std::vector<ZonePlace> places_of(const std::string& camera, const std::vector<ZoneConfig>& zones);

// How large an event's person looked for the place (metadata "stature", ln); nullopt: not known.
std::optional<double> stature_of(const Event& event);

// Threads: one. Memory: a few numbers per zone and pair of zones between which people went.
class StepEvidence {
  public:
    StepEvidence(StepSettings settings, const std::vector<ZonePlace>& places);
    void move_places(const std::vector<ZonePlace>& places);  // walking times learned so far stay

    // A number for "cannot be" is below -100. leaving_rate: how often people of from's type leave, 1/s.
    double log_odds(const Event& from, const Event& to, double leaving_rate) const;
    // From leaving to arriving, s: what is usual between these zones.
    double walking_s(const Event& from, const Event& to) const;
    void learn(const Event& from, const Event& to);
    // Is whoever sat there as large as whoever sits here? Log odds; 0 where that is not known. In one zone sizes compare at
    // once, from zone to zone by how large people look there.
    double same_stature(const Event& a, const Event& b) const;
    void learn_stature(const Event& event);
    const StepSettings& settings() const { return settings_; }

    static constexpr double kImpossible = -1000;

  private:
    using Zone = std::pair<std::string, std::string>;  // camera, name
    StepSettings settings_;
    std::map<Zone, Point> places_;
    struct Expected {
        double offset = 0, variance = 0;  // of the same person's statures in two zones
    };
    std::optional<Expected> expected(const Event& a, const Event& b) const;
    const std::deque<double>* usual_statures(const Event& event) const;
    double stature_noise() const;

    std::map<std::pair<Zone, Zone>, std::deque<double>> walks_;  // s, of sure steps
    std::map<Zone, std::deque<double>> statures_;                // of those who sat there
    std::map<std::pair<std::string, ZoneType>, std::deque<double>>
        statures_of_type_;               // … in such zones of a camera
    std::deque<double> stature_errors_;  // of one identity in one zone or two, less what is usual there
};

}  // namespace chairside
