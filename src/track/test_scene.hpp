#pragma once
// Made-up detections for the tracker's tests: people who walk and rest in a room, with jitter, missed and
// false boxes. The same seed gives the same frames.

#include <cmath>
#include <random>
#include <vector>

#include "detect/detection.hpp"

namespace chairside::test {

struct SceneOptions {
    int people = 6;
    double fps = 10;
    double seconds = 20;
    double missed = 0.1;       // part of the detections
    double jitter = 0.02;      // of the box height
    double false_boxes = 0.1;  // per frame
    int width = 1280, height = 720;
};

inline FrameInfo frame_at(double t_s, int width = 1280, int height = 720) {
    FrameInfo info;
    info.mono = MonoTime(from_seconds(t_s));
    info.width = width;
    info.height = height;
    return info;
}

// Walks to a random place, rests there for a while, walks on.
struct Visitor {
    Point at, goal;
    double height = 0, rest_s = 0, speed = 0;

    void step(double dt, std::mt19937& random, const SceneOptions& o) {
        if (rest_s > 0) {
            rest_s -= dt;
            return;
        }
        const double dx = goal.x - at.x, dy = goal.y - at.y, left = std::hypot(dx, dy), way = speed * dt;
        if (left <= way) {
            std::uniform_real_distribution<double> x(60, o.width - 60), y(150, o.height - 20), rest(0, 6);
            at = goal;
            goal = {x(random), y(random)};
            rest_s = rest(random);
            return;
        }
        at = {at.x + dx / left * way, at.y + dy / left * way};
    }
};

class Scene {
  public:
    Scene(const SceneOptions& options, unsigned seed) : options_(options), random_(seed) {
        std::uniform_real_distribution<double> x(60, options.width - 60), y(150, options.height - 20);
        std::uniform_real_distribution<double> height(90, 140), speed(60, 140);
        for (int i = 0; i < options.people; ++i)
            visitors_.push_back(
                {{x(random_), y(random_)}, {x(random_), y(random_)}, height(random_), 0, speed(random_)});
    }

    // The next frame; `out` is reused.
    void next(Detections& out) {
        std::uniform_real_distribution<double> unit(0, 1);
        std::normal_distribution<double> normal(0, 1);
        out.frame = frame_at(static_cast<double>(count_) / options_.fps, options_.width, options_.height);
        out.frame.sequence = static_cast<std::uint64_t>(count_++);
        out.people.clear();
        for (auto& v : visitors_) {
            v.step(1 / options_.fps, random_, options_);
            const double noise = options_.jitter * v.height;
            const double x = v.at.x + noise * normal(random_), y = v.at.y + noise * normal(random_);
            const double h = v.height * (1 + options_.jitter * normal(random_)), w = 0.4 * h;
            const float score = static_cast<float>(0.5 + 0.5 * unit(random_));
            if (unit(random_) >= options_.missed) out.people.push_back({{x - w / 2, y - h, w, h}, score});
        }
        if (unit(random_) < options_.false_boxes) {
            const double h = 60 + 100 * unit(random_);
            out.people.push_back({{unit(random_) * 1200, unit(random_) * 600, 0.4 * h, h},
                                  static_cast<float>(0.2 + 0.6 * unit(random_))});
        }
    }

  private:
    SceneOptions options_;
    std::mt19937 random_;
    std::vector<Visitor> visitors_;
    std::int64_t count_ = 0;
};

inline std::vector<Detections> scene(const SceneOptions& options, unsigned seed) {
    Scene source(options, seed);
    std::vector<Detections> frames(static_cast<std::size_t>(options.seconds * options.fps));
    for (auto& frame : frames)
        source.next(frame);
    return frames;
}

}  // namespace chairside::test
