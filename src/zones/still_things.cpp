#include "zones/still_things.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace chairside {
namespace {

constexpr double kLongestStep = 5;  // s; what one frame proves of presence at most
constexpr double kMeanTau = 60;     // s, of the running box
constexpr int kEnoughNoise = 50;    // pairs of frames
constexpr int kEnoughBlocks = 5;
constexpr double kBeside = 0.6;                // box sizes: something this near is the thing itself, moved
constexpr double kBesideSize = 0.25;           // ln: … and of about its size
constexpr double kQuietAfter = 60;             // s without anybody else
constexpr double kYoung = 10, kYoungLost = 5;  // s: a place seen this briefly is dropped this soon

double size_of(const Box& box) {
    return std::sqrt(box.w * box.h);
}

bool inside(const std::vector<ZoneConfig>& zones, const Box& box, int width, int height) {
    const Point foot{box.foot().x / width, box.foot().y / height};
    const Point middle{box.center().x / width, box.center().y / height};
    return std::any_of(zones.begin(), zones.end(), [&](const ZoneConfig& zone) {
        return contains(zone.polygon, foot) || contains(zone.polygon, middle);
    });
}

}  // namespace

StillThings::StillThings(const std::vector<ZoneConfig>& zones, StillSettings settings) : settings_(settings) {
    rezone(zones);
}

void StillThings::rezone(const std::vector<ZoneConfig>& zones) {
    seats_.clear();
    others_.clear();
    for (const ZoneConfig& zone : zones)
        (zone.type == ZoneType::kWait ? others_ : seats_).push_back(zone);
}

int StillThings::learned() const {
    return static_cast<int>(
        std::count_if(places_.begin(), places_.end(), [](const Place& p) { return p.learned; }));
}

StillThings::Spot StillThings::spot_of(const Box& box, const Box& origin) {
    const double size = size_of(origin);
    return {(box.center().x - origin.center().x) / size, (box.bottom() - origin.bottom()) / size,
            std::log(box.w / origin.w), std::log(box.h / origin.h)};
}

double StillThings::gate(const Place& place, double variance) const {
    if (place.noise_samples < kEnoughNoise) return settings_.same_place;
    return std::clamp(settings_.noise_gate * std::sqrt(variance), settings_.least_gate, settings_.same_place);
}

double StillThings::misfit(const Place& place, const Box& box) const {
    const Spot s = spot_of(box, place.box);
    return std::max({std::abs(s.x) / gate(place, place.noise.x),
                     std::abs(s.foot) / gate(place, place.noise.foot),
                     std::abs(s.width) / gate(place, place.noise.width),
                     std::abs(s.height) / gate(place, place.noise.height)});
}

bool StillThings::beside(const Place& place, const Box& box) const {
    const Spot s = spot_of(box, place.box);
    return std::max(std::abs(s.x), std::abs(s.foot)) < kBeside &&
           std::max(std::abs(s.width), std::abs(s.height)) < kBesideSize;
}

// One detection per place and one place per detection, nearest first.
void StillThings::match(const Detections& frame, std::vector<int>& place_of) {
    std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;
    for (std::size_t p = 0; p < places_.size(); ++p)
        for (std::size_t d = 0; d < frame.people.size(); ++d)
            if (const double away = misfit(places_[p], frame.people[d].box); away < 1)
                pairs.emplace_back(away, p, d);
    std::sort(pairs.begin(), pairs.end());
    std::vector<char> used(places_.size());
    place_of.assign(frame.people.size(), -1);
    for (const auto& [away, p, d] : pairs) {
        if (used[p] || place_of[d] >= 0) continue;
        used[p] = 1;
        place_of[d] = static_cast<int>(p);
    }
}

void StillThings::end_block(Place& place, double t) {
    if (place.block_boxes > 0) {
        const double n = place.block_boxes;
        const Spot mean{place.block.x / n, place.block.foot / n, place.block.width / n,
                        place.block.height / n};
        ++place.blocks;
        const auto add = [&](double value, double& centre, double& spread) {
            const double off = value - centre;
            centre += off / place.blocks;
            spread += off * (value - centre);
        };
        add(mean.x, place.mean.x, place.spread.x);
        add(mean.foot, place.mean.foot, place.spread.foot);
        add(mean.width, place.mean.width, place.spread.width);
        add(mean.height, place.mean.height, place.spread.height);
    }
    place.block = {};
    place.block_boxes = 0;
    place.block_begin = t;
}

void StillThings::see(Place& place, const Box& box, double t, double dt, bool quiet) {
    const Spot spot = spot_of(box, place.origin);
    ++place.noise_samples;
    const double part = std::max(1.0 / place.noise_samples, 1e-3);
    // Two frames' noise is in each step.
    const auto learn = [&](double step, double& variance) {
        variance += part * (step * step / 2 - variance);
    };
    learn(spot.x - place.previous.x, place.noise.x);
    learn(spot.foot - place.previous.foot, place.noise.foot);
    learn(spot.width - place.previous.width, place.noise.width);
    learn(spot.height - place.previous.height, place.noise.height);
    place.previous = spot;
    if (t - place.block_begin >= settings_.block_s) end_block(place, t);
    place.block = {place.block.x + spot.x, place.block.foot + spot.foot, place.block.width + spot.width,
                   place.block.height + spot.height};
    ++place.block_boxes;
    const double move = 1 - std::exp(-dt / kMeanTau);
    place.box = {place.box.x + move * (box.x - place.box.x), place.box.y + move * (box.y - place.box.y),
                 place.box.w + move * (box.w - place.box.w), place.box.h + move * (box.h - place.box.h)};
    place.seen_s += dt;
    if (quiet) place.quiet_s += dt;
    place.last = t;
    place.beside = 0;
}

bool StillThings::wanders(const Place& place) const {
    if (place.blocks < 2) return false;
    const auto too_far = [&](double spread, double variance) {
        const double limit = std::max(settings_.wander_noise * std::sqrt(variance), settings_.wander_least);
        return std::sqrt(spread / (place.blocks - 1)) > limit;
    };
    return too_far(place.spread.x, place.noise.x) || too_far(place.spread.foot, place.noise.foot) ||
           too_far(place.spread.width, place.noise.width) || too_far(place.spread.height, place.noise.height);
}

bool StillThings::in_seat(const Box& box, int width, int height) const {
    return inside(seats_, box, width, height);
}
bool StillThings::in_zone(const Box& box, int width, int height) const {
    return inside(others_, box, width, height);
}

bool StillThings::still_enough(const Place& place, int width, int height) const {
    if (place.blocks < kEnoughBlocks || wanders(place)) return false;
    if (place.seen_s < settings_.seen_share * (place.last - place.first)) return false;
    const bool waits = in_zone(place.box, width, height) && place.quiet_s < settings_.quiet_s;
    return place.seen_s >= (waits ? settings_.learn_in_zone_s : settings_.learn_s);
}

// Places without a detection: something beside a learned one means that it moves.
void StillThings::miss(const Detections& frame, const std::vector<int>& place_of, double t) {
    for (std::size_t p = 0; p < places_.size(); ++p) {
        Place& place = places_[p];
        if (place.last == t || !place.learned) continue;
        bool moved = false;
        for (std::size_t d = 0; d < frame.people.size(); ++d) {
            const bool other = place_of[d] < 0 || !places_[static_cast<std::size_t>(place_of[d])].learned;
            moved = moved || (other && beside(place, frame.people[d].box));
        }
        place.beside = moved ? place.beside + 1 : 0;
    }
    std::erase_if(places_, [&](const Place& place) {
        if (place.learned)
            return place.beside >= settings_.moved_frames || t - place.last > settings_.forget_s;
        const bool young = place.seen_s < kYoung;
        return t - place.last > (young ? kYoungLost : settings_.lost_s) || wanders(place);
    });
}

// Anybody but what has been at its place for a while, and what the detector's noise makes of that.
bool StillThings::somebody_about(const Detections& frame, const std::vector<int>& place_of) const {
    const auto known = [&](const Box& box) {
        return std::any_of(places_.begin(), places_.end(),
                           [&](const Place& p) { return p.seen_s >= kYoung && beside(p, box); });
    };
    for (std::size_t d = 0; d < frame.people.size(); ++d) {
        const bool at_place =
            place_of[d] >= 0 && places_[static_cast<std::size_t>(place_of[d])].seen_s >= kYoung;
        if (!at_place && !known(frame.people[d].box)) return true;
    }
    return false;
}

void StillThings::add(const Box& box, double t) {
    if (places_.size() >= kMost) {
        const auto least =
            std::min_element(places_.begin(), places_.end(), [](const Place& a, const Place& b) {
                return std::pair(a.learned, a.seen_s) < std::pair(b.learned, b.seen_s);
            });
        if (least->learned || least->seen_s >= kYoung) return;
        places_.erase(least);
    }
    Place place;
    place.box = place.origin = box;
    place.first = place.last = place.block_begin = t;
    places_.push_back(place);
}

const std::vector<Box>& StillThings::apply(Detections& frame) {
    fresh_.clear();
    const int width = frame.frame.width, height = frame.frame.height;
    const double t = to_seconds(frame.frame.mono);
    if (width <= 0 || height <= 0 || (started_ && t <= last_t_)) return fresh_;
    const double dt = started_ ? std::min(t - last_t_, kLongestStep) : 0;
    if (!started_) last_walk_ = t;
    started_ = true;
    last_t_ = t;
    std::erase_if(frame.people, [](const Detection& d) { return d.box.w <= 0 || d.box.h <= 0; });
    std::vector<int> place_of;
    match(frame, place_of);
    const bool quiet = t - last_walk_ > kQuietAfter;
    for (std::size_t d = 0; d < frame.people.size(); ++d) {
        if (place_of[d] < 0) continue;
        Place& place = places_[static_cast<std::size_t>(place_of[d])];
        see(place, frame.people[d].box, t, dt, quiet);
        if (place.learned || !still_enough(place, width, height)) continue;
        place.learned = true;
        fresh_.push_back(place.box);
    }
    std::vector<Detection> kept;
    std::vector<Box> unknown;
    for (std::size_t d = 0; d < frame.people.size(); ++d) {
        const Detection& detection = frame.people[d];
        const int at = place_of[d];
        if (at >= 0 && places_[static_cast<std::size_t>(at)].learned) continue;
        kept.push_back(detection);
        if (at < 0 && !in_seat(detection.box, width, height)) unknown.push_back(detection.box);
    }
    if (somebody_about(frame, place_of)) last_walk_ = t;
    miss(frame, place_of, t);
    for (const Box& box : unknown)
        add(box, t);
    frame.people = std::move(kept);
    return fresh_;
}

}  // namespace chairside
