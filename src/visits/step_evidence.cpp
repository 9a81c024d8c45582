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
constexpr double kMedianSpread = 1.57;    // variance of a median to that of the mean
constexpr std::size_t kZoneKnown = 6;     // people, before a zone is judged by itself
constexpr std::size_t kStaturePrior = 4;  // errors that the noise starts from

double middle_of(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double log_normal(double x, double variance) {
    return -0.5 * (x * x / variance + std::log(variance));
}

double density(double late_s, double spread_s, const StepSettings& settings) {
    const double straight = std::exp(-std::abs(late_s) / spread_s) / (2 * spread_s);
    return settings.straight_on * straight + (1 - settings.straight_on) / settings.window_s;
}

}  // namespace

std::optional<double> stature_of(const Event& event) {
    const auto note = event.metadata.find("stature");
    if (note == event.metadata.end()) return std::nullopt;
    char* end = nullptr;
    const double value = std::strtod(note->second.c_str(), &end);
    if (end == note->second.c_str() || !std::isfinite(value)) return std::nullopt;
    return value;
}

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
        return middle_of({known->second.begin(), known->second.end()});
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
    odds += same_stature(from, to);
    // What may be no service at all is worth less as a step.
    return odds + std::log(std::max(from.confidence, 0.01)) + std::log(std::max(to.confidence, 0.01));
}

double StepEvidence::stature_noise() const {
    std::vector<double> errors(kStaturePrior, settings_.stature_noise / 1.4826);
    errors.insert(errors.end(), stature_errors_.begin(), stature_errors_.end());
    return std::max(settings_.stature_noise / 2, 1.4826 * middle_of(std::move(errors)));
}

// Of the zone, or while few sat there of all such zones of the camera.
const std::deque<double>* StepEvidence::usual_statures(const Event& event) const {
    const auto own = statures_.find({event.camera, event.zone});
    if (own != statures_.end() && own->second.size() >= kZoneKnown) return &own->second;
    const auto all = statures_of_type_.find({event.camera, event.type});
    return all == statures_of_type_.end() ? nullptr : &all->second;
}

std::optional<StepEvidence::Expected> StepEvidence::expected(const Event& a, const Event& b) const {
    const Zone here{a.camera, a.zone}, there{b.camera, b.zone};
    if (here == there) return Expected{};
    const auto *known = usual_statures(a), *other = usual_statures(b);
    if (known == nullptr || other == nullptr) return std::nullopt;
    const auto &x = *known, &y = *other;
    const double people = 1 / static_cast<double>(x.size()) + 1 / static_cast<double>(y.size());
    return Expected{middle_of({y.begin(), y.end()}) - middle_of({x.begin(), x.end()}),
                    kMedianSpread * settings_.statures * settings_.statures * people};
}

double StepEvidence::same_stature(const Event& a, const Event& b) const {
    const auto here = stature_of(a), there = stature_of(b);
    const auto usual = expected(a, b);
    if (!here || !there || !usual) return 0;
    const double noise = stature_noise(), off = *there - *here - usual->offset;
    const double same = 2 * noise * noise + usual->variance,
                 other = same + 2 * settings_.statures * settings_.statures;
    return std::clamp(log_normal(off, same) - log_normal(off, other), settings_.stature_least, 0.0);
}

void StepEvidence::learn_stature(const Event& event) {
    const auto stature = stature_of(event);
    if (!stature) return;
    for (auto* known :
         {&statures_[{event.camera, event.zone}], &statures_of_type_[{event.camera, event.type}]}) {
        known->push_back(*stature);
        if (known->size() > static_cast<std::size_t>(settings_.learned_most)) known->pop_front();
    }
}

void StepEvidence::learn(const Event& from, const Event& to) {
    auto& times = walks_[{{from.camera, from.zone}, {to.camera, to.zone}}];
    times.push_back(to_seconds(to.start - from.end));
    if (times.size() > static_cast<std::size_t>(settings_.learned_most)) times.pop_front();
    const auto here = stature_of(from), there = stature_of(to);
    const auto usual = expected(from, to);
    if (from.camera != to.camera || from.person != to.person || !here || !there || !usual) return;
    const double off = std::abs(*there - *here - usual->offset);
    stature_errors_.push_back(std::sqrt(std::max(0.0, off * off - usual->variance) / 2));
    if (stature_errors_.size() > static_cast<std::size_t>(settings_.learned_most))
        stature_errors_.pop_front();
}

}  // namespace chairside
