#include "pipeline/turns.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace chairside {
namespace {

// One more than the engine works on hides the reading behind the inference.
constexpr std::size_t kRecordedWaiting = 2;

}  // namespace

std::size_t Turns::add(const Camera& camera) {
    seats_.push_back({camera, {}, level_, 0, {}});
    return seats_.size() - 1;
}

bool Turns::room(std::size_t camera) const {
    const Seat& seat = seats_[camera];
    return seat.camera.live || seat.waiting.size() < kRecordedWaiting;
}

void Turns::put(std::size_t camera, FramePtr frame) {
    CHAIRSIDE_CHECK(room(camera));
    Seat& seat = seats_[camera];
    ++seat.came;
    if (seat.waiting.empty()) seat.had = std::max(seat.had, level_);
    if (seat.camera.live && !seat.waiting.empty()) {
        seat.waiting.clear();
        ++seat.drops.newer;
    }
    seat.waiting.push_back(std::move(frame));
}

std::optional<Turns::Next> Turns::next(MonoTime now, const std::vector<bool>& may) {
    Seat* best = nullptr;
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        Seat& seat = seats_[i];
        while (seat.camera.live && seat.camera.ages && !seat.waiting.empty() &&
               now - seat.waiting.front()->info.mono > kTooOld) {
            seat.waiting.pop_front();
            ++seat.drops.too_old;
        }
        if (seat.waiting.empty() || !may[i]) continue;
        if (best == nullptr || seat.had < best->had) best = &seat;
    }
    if (best == nullptr) return std::nullopt;
    level_ = best->had;
    best->had += static_cast<double>(best->camera.views);
    Next next{static_cast<std::size_t>(best - seats_.data()), std::move(best->waiting.front())};
    best->waiting.pop_front();
    return next;
}

}  // namespace chairside
