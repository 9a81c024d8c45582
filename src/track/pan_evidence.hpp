#pragma once
// Does everybody change velocity at once? Then the camera turns. Each person's velocity is compared with its own
// mean over the last second; the mean of these changes over all people is compared with what their scatter alone
// would make of it (the F statistic of a one-way analysis, smoothed over time). People who walk as they like give
// about 1 whatever their speed, number and size, so there is no scale to set. docs/decisions/0103 has figures.

#include <span>

#include "base/geometry.hpp"

namespace chairside {

struct PanEvidenceOptions {
    double watch_s = 1;  // memory of a person's own velocity; also how long one is watched before being asked
    double memory_s = 2;  // of the statistic
    double doubt = 6;     // the statistic below which nothing is believed ...
    double certain = 9;   // ... and from which on everything
};

// A person's velocity, pixels per second, and its running mean.
class WatchedVelocity {
  public:
    void watch(Point velocity, double dt_s, double watch_s);
    void restart() { watched_s_ = 0; }
    Point change(Point velocity) const { return {velocity.x - mean_.x, velocity.y - mean_.y}; }
    bool ready(double watch_s) const { return watched_s_ >= watch_s; }

  private:
    Point mean_;
    double watched_s_ = 0;
};

struct VelocityChange {
    Point change;  // pixels per second
    double h = 0;  // height of the person's box, pixels
};

// Threads: one. Memory: none on the heap.
class PanEvidence {
  public:
    explicit PanEvidence(const PanEvidenceOptions& options) : options_(options) {}

    void learn(std::span<const VelocityChange> changes, double dt_s);
    double trust() const { return trust_; }  // 0..1
    double acceleration() const {
        return acceleration_;
    }  // typical, of the picture; heights per s^2 and axis

  private:
    PanEvidenceOptions options_;
    double common2_ = 0, by_chance2_ = 0;  // of the mean change: square, and its variance by scatter alone
    double trust_ = 0, acceleration_ = 0;
};

}  // namespace chairside
