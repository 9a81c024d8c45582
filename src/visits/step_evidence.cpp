#include "visits/step_evidence.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

// Log odds of a step from one type to another, for people who leave and arrive at the right times. The order of a
// visit is WAIT, then WASH and CHAIR in any order; nobody waits after the haircut without a reason.
constexpr double kStep[kZoneTypes][kZoneTypes] = {
    // to CHAIR, WASH, WAIT
    {-3.5, -3.0, -4.8},  // from CHAIR
    {1.5, -2.5, -0.3},   // from WASH
    {1.0, 1.0, -1.0},    // from WAIT
};
constexpr double kSameSeat = -2.5;  // back into the seat that was just left: rather the next client
constexpr double kSamePerson =
    3.2;  // 7.5 % of the steps of one client keep their identity, 0.25 % of others have one in common
constexpr double kOtherPerson = -0.1;
constexpr double kOtherCamera = -0.5;
constexpr double kOldestPossibleS = 3600;

double density(double late_s, double spread_s, const StepSettings& settings) {
    const double straight = std::exp(-std::abs(late_s) / spread_s) / (2 * spread_s);
    return settings.straight_on * straight + (1 - settings.straight_on) / settings.window_s;
}

}  // namespace

std::vector<ZonePlace> places_of(const std::string& camera, const std::vector<ZoneConfig>& zones) {
    std::vector<ZonePlace> out;
    for (const ZoneConfig& zone : zones)
        out.push_back({camera, zone.name, centroid(zone.polygon)});
    return out;
}

std::vector<ZonePlace> places_of(const std::vector<CameraConfig>& cameras) {
    std::vector<ZonePlace> out;
    for (const CameraConfig& camera : cameras)
        for (ZonePlace& place : places_of(camera.id, camera.zones))
            out.push_back(std::move(place));
    return out;
}

StepEvidence::StepEvidence(StepSettings settings, const std::vector<ZonePlace>& places)
    : settings_(settings) {
    move_places(places);
}

void StepEvidence::move_places(const std::vector<ZonePlace>& places) {
    places_.clear();
    for (const ZonePlace& place : places)
        places_[{place.camera, place.zone}] = place.middle;
}

double StepEvidence::walking_s(const Event& from, const Event& to) const {
    const Zone a{from.camera, from.zone}, b{to.camera, to.zone};
    if (const auto known = walks_.find({a, b});
        known != walks_.end() && known->second.size() >= static_cast<std::size_t>(settings_.learned_from)) {
        std::vector<double> times(known->second.begin(), known->second.end());
        std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                         times.end());
        return times[times.size() / 2];
    }
    if (from.camera != to.camera) return settings_.camera_change_s;
    const auto at = places_.find(a), there = places_.find(b);
    if (at == places_.end() || there == places_.end()) return 0;
    return std::hypot(at->second.x - there->second.x, at->second.y - there->second.y) / settings_.speed;
}

double StepEvidence::log_odds(const Event& from, const Event& to, double leaving_rate) const {
    const bool same_camera = from.camera == to.camera;
    const double gap = to_seconds(to.start - from.end);
    const double overlap = same_camera ? settings_.overlap_s : settings_.overlap_cameras_s;
    if (gap < -overlap || gap > std::min(settings_.window_s, kOldestPossibleS)) return kImpossible;
    double odds = kStep[static_cast<int>(from.type)][static_cast<int>(to.type)];
    if (same_camera && from.zone == to.zone && from.type != ZoneType::kWait) odds += kSameSeat;
    // Numbers of people are unique per camera and run; those of another run are long gone.
    if (same_camera)
        odds += from.person == to.person ? kSamePerson : kOtherPerson;
    else
        odds += kOtherCamera;
    const double spread = same_camera ? settings_.spread_s : settings_.spread_cameras_s;
    odds += std::log(density(gap - walking_s(from, to), spread, settings_) / leaving_rate);
    // What may be no service at all is worth less as a step.
    return odds + std::log(std::max(from.confidence, 0.01)) + std::log(std::max(to.confidence, 0.01));
}

void StepEvidence::learn(const Event& from, const Event& to) {
    auto& times = walks_[{{from.camera, from.zone}, {to.camera, to.zone}}];
    times.push_back(to_seconds(to.start - from.end));
    if (times.size() > static_cast<std::size_t>(settings_.learned_most)) times.pop_front();
}

}  // namespace chairside
