#pragma once
// Detectors differ in what score they give a person they see well: 0.99, 0.9 or 0.6. The thresholds of the
// tracker are for the second kind. This learns the best scores that the detector gives here and, where they
// are lower than that, shifts all scores up (in log odds, where a detector's bias is a shift). Higher scores
// are left alone.

#include "detect/detection.hpp"

namespace chairside {

struct ScoreLevelOptions {
    double top = 0.9;  // the best scores of a frame, typically, as the thresholds expect them
    double lowest =
        0.5;  // detectors that give even less are treated as if they gave this: it is a ghost's score
    double rise_s = 5;     // how fast better scores are believed
    double fall_s = 1800;  // how fast worse ones are; slow, since a room may be empty but for a poster
    double alike = 0.7;    // only frames whose best score is at least this part of the level lower it
};

class ScoreLevel {
  public:
    explicit ScoreLevel(const ScoreLevelOptions& options) : options_(options) {}

    // Learns from the best score of a frame, 0..1.
    void learn(double best, double dt_s);
    // Call once after learning; then adjusted() is cheap.
    bool needed() const { return shift_ > 0; }
    float adjusted(float score) const;

  private:
    ScoreLevelOptions options_;
    double level_ = 0;  // 0: nothing seen yet
    double shift_ = 0;  // in log odds
};

}  // namespace chairside
