#include "track/pan_filter.hpp"

#include <cmath>

namespace chairside {
namespace {

constexpr double kLasting = 3;         // s: how long the picture keeps an acceleration
constexpr double kGapMax = 2;          // s between frames; then all is new
constexpr double kSmallestVar = 1e-9;  // pixels^2: exact detections may not divide by 0

}  // namespace

void PanFilter::start(const MeanInnovation& m, double acceleration) {
    running_ = true;
    seen_.setZero();
    lost_.setZero();
    cross_.setZero();
    cross_(2, 2) = acceleration * acceleration;
    var_ = cross_;
    var_(0, 0) = m.measurement_var;
    var_(1, 1) = m.velocity_var;
    own_ = {m.measurement_var, 0, m.velocity_var};
}

void PanFilter::own_gains(const MeanInnovation& m, double dt, PanBelief& belief) {
    auto& [var, cross, velocity] = own_;
    const double q = m.acceleration_noise;
    var += dt * (2 * cross + dt * velocity) + q * dt * dt * dt / 3;
    cross += dt * velocity + q * dt * dt / 2;
    velocity += q * dt;
    const double total = var + m.measurement_var + kSmallestVar;
    belief.own_gain = var / total;
    belief.own_gain_velocity = cross / total;
    velocity -= belief.own_gain_velocity * cross;
    cross *= 1 - belief.own_gain;
    var *= 1 - belief.own_gain;
}

PanBelief PanFilter::update(const MeanInnovation& m, double acceleration, double dt) {
    if (!running_ || dt > kGapMax) start(m, acceleration);
    PanBelief belief;
    own_gains(m, dt, belief);

    const double stays = std::exp(-dt / kLasting), q = m.acceleration_noise;
    Eigen::Matrix3d f;
    f << 1, dt, dt * dt / 2, 0, 1, dt, 0, 0, stays;
    seen_ = (f * seen_).eval();
    lost_ = (f * lost_).eval();
    var_ = (f * var_ * f.transpose()).eval();
    cross_ = (f * cross_ * f.transpose()).eval();
    const double fresh = acceleration * acceleration * (1 - stays * stays);
    var_(2, 2) += fresh;
    cross_(2, 2) += fresh;
    var_(0, 0) += q * dt * dt * dt / 3;
    var_(0, 1) += q * dt * dt / 2;
    var_(1, 0) += q * dt * dt / 2;
    var_(1, 1) += q * dt;

    const Eigen::RowVector3d row = var_.row(0);
    const double total = row[0] + m.measurement_var + kSmallestVar;
    const Eigen::Vector3d gain = row.transpose() / total, gain_lost = cross_.col(0) / total;
    const Eigen::RowVector2d left(m.value.x - seen_(0, 0), m.value.y - seen_(0, 1));
    seen_ += gain * left;
    lost_ += gain_lost * left;
    var_ -= gain * row;
    cross_ -= gain_lost * row;
    belief.seen = {{seen_(0, 0), seen_(0, 1)}, {seen_(1, 0), seen_(1, 1)}};
    belief.lost = {{lost_(0, 0), lost_(0, 1)}, {lost_(1, 0), lost_(1, 1)}};
    return belief;
}

void PanFilter::applied(const PanStep& seen, const PanStep& lost) {
    Eigen::Matrix2d done_seen, done_lost;
    done_seen << seen.shift.x, seen.shift.y, seen.push.x, seen.push.y;
    done_lost << lost.shift.x, lost.shift.y, lost.push.x, lost.push.y;
    seen_.topRows<2>() -= done_seen;
    lost_.topRows<2>() -= done_lost;
}

}  // namespace chairside
