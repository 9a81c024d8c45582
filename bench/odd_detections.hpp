#pragma once
// What detectors show that is not there, added to recorded detections: second boxes, upper halves, boxes anywhere, seats that look
// taken.

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "config/zone.hpp"
#include "detect/detection.hpp"

namespace chairside::bench {

struct OddRates {
    double twice = 0;   // of the boxes: another one a little apart
    double halves = 0;  // of the places, per frame: for six seconds the upper half is shown, too
    double ghosts = 0;  // boxes anywhere, per frame
    double seems = 0;   // of the frames: somebody in an empty single seat
};

class OddDetections {
  public:
    OddDetections(const OddRates& rates, double fps)
        : rates_(rates), half_frames_(static_cast<int>(6 * fps)) {}

    void add_to(std::vector<Detection>& people, int frame, double width, double height,
                const std::vector<ZoneConfig>& zones, std::mt19937& random) {
        const std::vector<Detection> real = people;
        for (const Detection& d : real) {
            if (chance(rates_.twice, random)) people.push_back(again(d, random));
            if (half_shown(d.box, frame, random)) people.push_back(upper_half(d, random));
        }
        while (chance(rates_.ghosts, random)) {
            const double h = between(0.17, 0.42, random) * height, w = h * between(0.3, 0.8, random);
            people.push_back({{between(0, width - w, random), between(0, height - h, random), w, h},
                              static_cast<float>(between(0.25, 0.6, random))});
        }
        for (const ZoneConfig& zone : zones) {
            if (zone.capacity != 1 || !chance(rates_.seems, random)) continue;
            Point middle{0, 0};
            for (const Point p : zone.polygon)
                middle.x += p.x * width, middle.y += p.y * height;
            const double n = static_cast<double>(zone.polygon.size());
            const double h = between(0.24, 0.29, random) * height, w = h * between(0.6, 0.8, random);
            const Box box{middle.x / n - w / 2, middle.y / n - h, w, h};
            if (std::none_of(real.begin(), real.end(),
                             [&](const Detection& d) { return iou(d.box, box) > 0.3; }))
                people.push_back({box, static_cast<float>(between(0.3, 0.6, random))});
        }
    }

  private:
    static double between(double a, double b, std::mt19937& random) {
        return std::uniform_real_distribution<double>(a, b)(random);
    }
    static double normal(std::mt19937& random) { return std::normal_distribution<double>(0, 1)(random); }
    static bool chance(double p, std::mt19937& random) { return p > 0 && between(0, 1, random) < p; }

    static Detection again(const Detection& d, std::mt19937& random) {
        const Box& b = d.box;
        return {{b.x + 0.08 * b.w * normal(random), b.y + 0.05 * b.h * normal(random),
                 b.w * between(0.8, 1.1, random), b.h * between(0.75, 1.05, random)},
                static_cast<float>(d.score * between(0.4, 0.8, random))};
    }
    static Detection upper_half(const Detection& d, std::mt19937& random) {
        const Box& b = d.box;
        return {{b.x + (0.05 + 0.02 * normal(random)) * b.w, b.y + 0.02 * b.h * normal(random), 0.92 * b.w,
                 b.h * (0.55 + 0.02 * normal(random))},
                static_cast<float>(d.score * between(0.5, 0.9, random))};
    }
    bool half_shown(const Box& box, int frame, std::mt19937& random) {
        constexpr double kPlace = 60;  // pixels
        if (rates_.halves <= 0) return false;
        int& until =
            until_.try_emplace({std::lround(box.x / kPlace), std::lround(box.y / kPlace)}, -1).first->second;
        if (until < frame && chance(rates_.halves, random)) until = frame + half_frames_;
        return until >= frame && chance(0.8, random);
    }

    OddRates rates_;
    int half_frames_;
    std::map<std::pair<long, long>, int> until_;
};

}  // namespace chairside::bench
