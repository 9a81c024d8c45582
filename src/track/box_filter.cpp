#include "track/box_filter.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

constexpr double kSmallestShrink = 0.25;  // of the height at the last detection, while predicting
constexpr double kSmallestAspect = 0.02;

using Lanes = BoxFilter::Lanes;

Lanes lanes_of(const Box& box) {
    return {box.x + box.w / 2, box.y + box.h / 2, box.w / box.h, box.h};
}

// Lengths are given in heights; the aspect has no unit.
Lanes in_pixels(const Lanes& lanes, double height) {
    return lanes * Lanes(height, height, 1.0, height);
}

Lanes measurement_sd(const MotionOptions& o) {
    return {o.centre_sd, o.centre_sd, o.aspect_sd, o.height_sd};
}

}  // namespace

MotionStep::MotionStep(const MotionOptions& o, double dt) : dt_s(dt) {
    const double size_decay = std::exp(-dt / o.size_memory_s);
    const double lost_decay = std::exp(-dt / o.lost_memory_s);
    const double size_reach = o.size_memory_s * (1 - size_decay);
    const double lost_reach = o.lost_memory_s * (1 - lost_decay);
    decay_seen = {1, 1, size_decay, size_decay};
    reach_seen = {dt, dt, size_reach, size_reach};
    decay_lost = {lost_decay, lost_decay, size_decay, size_decay};
    reach_lost = {lost_reach, lost_reach, size_reach, size_reach};
    noise = Lanes(o.centre_noise, o.centre_noise, o.aspect_noise, o.height_noise).square();
}

BoxFilter::BoxFilter(const Box& box, const MotionOptions& o)
    : value_(lanes_of(box)), velocity_(Lanes::Zero()), height_min_(kSmallestShrink * box.h) {
    const Lanes speed{o.birth_centre_speed, o.birth_centre_speed, o.birth_aspect_speed, o.birth_height_speed};
    var_value_ = in_pixels(measurement_sd(o), box.h).square();
    var_cross_ = Lanes::Zero();
    var_velocity_ = in_pixels(speed, box.h).square();
}

void BoxFilter::predict(const MotionStep& step, bool seen) {
    const Lanes& decay = seen ? step.decay_seen : step.decay_lost;
    const Lanes& reach = seen ? step.reach_seen : step.reach_lost;
    const double h2 = value_[3] * value_[3];
    const Lanes noise = step.noise * Lanes(h2, h2, 1.0, h2);
    const double dt = step.dt_s;
    value_ += reach * velocity_;
    velocity_ *= decay;
    var_value_ += reach * (2 * var_cross_ + reach * var_velocity_) + noise * (dt * dt * dt / 3);
    var_cross_ = decay * (var_cross_ + reach * var_velocity_) + noise * (dt * dt / 2);
    var_velocity_ = decay.square() * var_velocity_ + noise * dt;
    value_[2] = std::max(value_[2], kSmallestAspect);
    value_[3] = std::max(value_[3], height_min_);
}

void BoxFilter::correct(const Box& box, double score, const MotionOptions& o) {
    const double distrust = 1 + o.low_score_noise * (1 - score);
    const Lanes sd = in_pixels(measurement_sd(o), value_[3]) * distrust;
    const Lanes total = (var_value_ + sd.square()).inverse();
    const Lanes gain = var_value_ * total;
    const Lanes gain_velocity = var_cross_ * total;
    const Lanes innovation = lanes_of(box) - value_;
    value_ += gain * innovation;
    velocity_ += gain_velocity * innovation;
    var_velocity_ -= gain_velocity * var_cross_;
    var_cross_ *= 1 - gain;
    var_value_ *= 1 - gain;
    height_min_ = kSmallestShrink * value_[3];
}

BoxFilter::Lanes BoxFilter::spread(double score, const MotionOptions& o) const {
    const double distrust = 1 + o.low_score_noise * (1 - score);
    return var_value_ + (in_pixels(measurement_sd(o), value_[3]) * distrust).square();
}

void BoxFilter::move_picture(double scale, Point shift, Point push) {
    value_ = value_ * Lanes(scale, scale, 1, scale) + Lanes(shift.x, shift.y, 0, 0);
    const Lanes factor(scale, scale, 1, scale), factor2 = factor.square();
    velocity_ = velocity_ * factor + Lanes(push.x, push.y, 0, 0);
    var_value_ *= factor2;
    var_cross_ *= factor2;
    var_velocity_ *= factor2;
    height_min_ *= scale;
}

Box BoxFilter::box() const {
    const double w = width(), h = height();
    return {value_[0] - w / 2, value_[1] - h / 2, w, h};
}

}  // namespace chairside
