#pragma once
// The smooth motion of a camera that turns, from the mean innovation of all people who are seen: a Kalman filter
// over (position, velocity) of the people's mean and a lasting acceleration of the picture (R. A. Singer,
// "Estimating Optimal Tracking Filter Performance for Manned Maneuvering Targets", 1970). People's own white
// acceleration moves the mean as well, so the filter also carries the part that the picture has in each error:
// that part, and only that, is what people who are out of sight have missed.
//
// Everything is relative to where the tracks are: the caller says what was done to them, and what they do by
// themselves is known (own_gain), so a filter that is not believed costs nothing and is at hand when it is.

#include <array>

#include <Eigen/Core>

#include "base/geometry.hpp"

namespace chairside {

// What the people's mean says in one frame; variances are of the mean, per axis.
struct MeanInnovation {
    Point value;                    // pixels
    double measurement_var = 0;     // pixels^2
    double acceleration_noise = 0;  // white, of the people themselves: pixels^2 s^-3
    double velocity_var = 0;        // of the people's velocities, for the start: (pixels/s)^2
};

// Of positions (pixels) and velocities (pixels per second).
struct PanStep {
    Point shift, push;
};

struct PanBelief {
    PanStep seen;  // the whole correction of those who are seen, with what their own filters do
    PanStep lost;  // of those out of sight
    double own_gain = 0, own_gain_velocity = 0;  // of the mean innovation, what their own filters take
};

class PanFilter {
  public:
    // `acceleration`: typical, of the picture, pixels per s^2.
    PanBelief update(const MeanInnovation& innovation, double acceleration, double dt_s);
    // What was done: to the seen (own filters included), to the lost.
    void applied(const PanStep& seen, const PanStep& lost);
    void forget() { running_ = false; }  // nobody was there to measure with

  private:
    using Axes = Eigen::Matrix<double, 3, 2>;  // position, velocity, acceleration; x, y

    void start(const MeanInnovation& innovation, double acceleration);
    void own_gains(const MeanInnovation& innovation, double dt_s, PanBelief& belief);

    bool running_ = false;
    Axes seen_ = Axes::Zero(), lost_ = Axes::Zero();
    Eigen::Matrix3d var_ = Eigen::Matrix3d::Zero();    // of seen_
    Eigen::Matrix3d cross_ = Eigen::Matrix3d::Zero();  // of the picture's part (= lost_) with seen_
    std::array<double, 3> own_{};  // the same filter without a camera: var, cross, var of the velocity
};

}  // namespace chairside
