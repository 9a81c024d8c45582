#include "track/score_level.hpp"

#include <algorithm>
#include <cmath>

namespace chairside {
namespace {

double log_odds(double score) {
    const double p = std::clamp(score, 1e-4, 1 - 1e-4);
    return std::log(p / (1 - p));
}

}  // namespace

void ScoreLevel::learn(double best, double dt_s) {
    if (level_ == 0) {
        level_ = best;
    } else if (best > level_) {
        level_ += (1 - std::exp(-dt_s / options_.rise_s)) * (best - level_);
    } else if (best > options_.alike * level_) {
        level_ += (1 - std::exp(-dt_s / options_.fall_s)) * (best - level_);
    }
    shift_ = level_ < options_.top ? log_odds(options_.top) - log_odds(std::max(level_, options_.lowest)) : 0;
}

float ScoreLevel::adjusted(float score) const {
    return static_cast<float>(1 / (1 + std::exp(-(log_odds(score) + shift_))));
}

}  // namespace chairside
