#pragma once
// The motion of one box: four Kalman filters of (value, velocity), one each for the centre's x and y, the
// aspect (width / height) and the height. They are independent, so they are kept as lanes of fixed-size
// arrays.
//
// Noise is white acceleration, relative to the box height for lengths (a person near the camera moves more
// pixels). Units: pixels and seconds; aspect has none.

#include <Eigen/Core>

#include "base/geometry.hpp"

namespace chairside {

struct MotionOptions {
    double centre_noise = 0.30;    // heights s^-1.5, white acceleration
    double aspect_noise = 0.0045;  // s^-1.5
    double height_noise = 0.015;   // heights s^-1.5
    double centre_sd = 0.08;       // of a detection, in heights
    double aspect_sd = 0.025;
    double height_sd = 0.05;           // in heights
    double low_score_noise = 4;        // sd grows by 1 + this * (1 - score)
    double birth_centre_speed = 1.5;   // sd of the unknown first velocity, heights per second
    double birth_aspect_speed = 0.05;  // per second
    double birth_height_speed = 0.1;   // heights per second
    double size_memory_s = 3;          // a changing size stops changing
    double lost_memory_s = 7;          // a person who was not seen in the last frame slows down
};

// What all boxes of one frame share; exp() is taken once.
struct MotionStep {
    MotionStep(const MotionOptions& options, double dt_s);
    Eigen::Array4d decay_seen, decay_lost;  // of the velocity
    Eigen::Array4d reach_seen, reach_lost;  // seconds of velocity that enter the value
    Eigen::Array4d noise;                   // per lane: spectral density, lengths still in heights
    double dt_s;
};

class BoxFilter {
  public:
    using Lanes = Eigen::Array4d;  // centre x, centre y, aspect, height

    BoxFilter(const Box& box, const MotionOptions& options);

    // Moves on by one step. `seen`: a detection was matched in the frame before.
    void predict(const MotionStep& step, bool seen);
    // Takes in a detection; score 0..1 says how much to trust it.
    void correct(const Box& box, double score, const MotionOptions& options);
    // The picture moved: p' = scale * p + shift for all points; `push` is added to the velocity.
    void move_picture(double scale, Point shift, Point push);

    Box box() const;
    Point centre() const { return {value_[0], value_[1]}; }
    double width() const { return value_[2] * value_[3]; }
    double height() const { return value_[3]; }
    // Variance of the difference to a detection of the given score (lanes as above).
    Lanes spread(double score, const MotionOptions& options) const;
    const Lanes& var_value() const { return var_value_; }
    const Lanes& var_velocity() const { return var_velocity_; }
    Point velocity() const { return {velocity_[0], velocity_[1]}; }

  private:
    Lanes value_, velocity_;
    Lanes var_value_, var_cross_, var_velocity_;
    double height_min_ = 0;  // a prediction may not shrink below this
};

}  // namespace chairside
