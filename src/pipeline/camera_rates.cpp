#include "pipeline/camera_rates.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "base/log.hpp"

namespace chairside {
namespace {

constexpr std::size_t kMostNamed = 4;

// "7.5", "10".
std::string rate(double fps) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", fps);
    return text;
}

}  // namespace

void CameraRates::follow(const CameraSet::Workers& cameras) {
    const bool same = std::equal(cameras.begin(), cameras.end(), known_.begin(), known_.end(),
                                 [](const auto& now, const auto& before) { return now == before.lock(); });
    if (same) return;
    known_.assign(cameras.begin(), cameras.end());
    steps_ = RateSteps(when_);
    for (std::size_t i = 0; i < cameras.size(); ++i) {
        steps_.add(cameras[i]->priority(), cameras[i]->target_fps());
        cameras[i]->limit_fps(steps_.allowed_fps(i));
    }
}

void CameraRates::tick(MonoTime now, const CameraSet::Workers& all) {
    CameraSet::Workers cameras;
    std::copy_if(all.begin(), all.end(), std::back_inserter(cameras),
                 [](const auto& camera) { return camera->falls_behind(); });
    follow(cameras);
    std::vector<RateSteps::Seen> seen;
    seen.reserve(cameras.size());
    for (const auto& camera : cameras)
        seen.push_back(camera->seen_by_engine());
    if (!steps_.tick(now, seen)) return;
    for (std::size_t i = 0; i < cameras.size(); ++i)
        cameras[i]->limit_fps(steps_.allowed_fps(i));
    tell(cameras);
}

void CameraRates::tell(const CameraSet::Workers& cameras) const {
    std::vector<CameraStatus> all;
    for (const auto& camera : cameras)
        all.push_back(camera->status());
    const std::string words = load_in_words(all);
    if (words.empty())
        log_info("", "the computer keeps up with all cameras again");
    else
        log_warning("", words);
}

std::string load_in_words(const std::vector<CameraStatus>& cameras) {
    std::string out;
    std::size_t slowed = 0;
    for (const CameraStatus& c : cameras) {
        if (c.allowed_fps >= c.target_fps) continue;
        if (++slowed > kMostNamed) continue;
        out += (slowed > 1 ? ", " : "") + c.id + " is looked at " + rate(c.allowed_fps) +
               " times a second instead of " + rate(c.target_fps);
    }
    if (slowed == 0) return {};
    if (slowed > kMostNamed)
        out += ", and " + std::to_string(slowed - kMostNamed) + " more cameras less often, too";
    return "The computer is too slow for all cameras: " + out + ".";
}

}  // namespace chairside
