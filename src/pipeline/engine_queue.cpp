#include "pipeline/engine_queue.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace chairside {

std::size_t EngineQueue::join(const CameraConfig& camera) {
    const std::lock_guard lock(mutex_);
    lanes_.emplace_back().tiles = camera.tiles;
    may_.push_back(true);
    return turns_.add({camera.live, camera.live || camera.realtime, detector_.views(camera.tiles).size()});
}

void EngineQueue::look_at(std::size_t camera, Regions regions) {
    const std::lock_guard lock(mutex_);
    lanes_[camera].regions = std::move(regions);
}

// Inferences that run or wait inside the detector. Results that nobody has fetched yet are not among them.
std::size_t EngineQueue::busy() const {
    std::size_t views = 0;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        const auto& pending = lanes_[i].pending;
        views +=
            turns_.views(i) * static_cast<std::size_t>(std::count_if(
                                  pending.begin(), pending.end(), [](const auto& p) { return !p->done(); }));
    }
    return views;
}

void EngineQueue::pump() {
    const auto requests = static_cast<std::size_t>(std::max(1, detector_.info().requests));
    const MonoTime now = clock_.mono_now();
    for (std::size_t used = busy();;) {
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            const bool fits = used == 0 || used + turns_.views(i) <= requests;
            may_[i] = fits && lanes_[i].pending.size() < requests;
        }
        auto next = turns_.next(now, may_);
        if (!next) break;
        Lane& lane = lanes_[next->camera];
        auto pending = std::make_shared<Pending>();
        pending->frame = next->frame;
        pending->submitted = now;
        // Returns at once, as a request is free.
        const MonoTime taken = next->frame->info.mono;
        pending->result = lane.regions ? detector_.detect_at(std::move(next->frame), lane.regions(taken))
                                       : detector_.detect(std::move(next->frame), lane.tiles);
        lane.pending.push_back(std::move(pending));
        lane.news.notify_all();
        used += turns_.views(next->camera);
    }
    for (Lane& lane : lanes_)
        if (lane.closed) lane.news.notify_all();  // its last picture may have been given up just now
}

bool EngineQueue::put(std::size_t camera, FramePtr frame) {
    std::unique_lock lock(mutex_);
    Lane& lane = lanes_[camera];
    lane.news.wait(lock, [&] { return lane.closed || turns_.room(camera); });
    if (lane.closed) return false;
    turns_.put(camera, std::move(frame));
    pump();
    return true;
}

void EngineQueue::close(std::size_t camera) {
    const std::lock_guard lock(mutex_);
    lanes_[camera].closed = true;
    lanes_[camera].news.notify_all();
}

bool EngineQueue::wait(std::size_t camera) {
    std::unique_lock lock(mutex_);
    Lane& lane = lanes_[camera];
    lane.news.wait(lock, [&] { return !lane.pending.empty() || (lane.closed && !turns_.waits(camera)); });
    return !lane.pending.empty();
}

EngineQueue::Item EngineQueue::next(std::size_t camera) {
    std::unique_lock lock(mutex_);
    Lane& lane = lanes_[camera];
    CHAIRSIDE_CHECK(!lane.pending.empty());
    const std::shared_ptr<Pending> oldest = lane.pending.front();
    lock.unlock();
    oldest->result.wait();
    lock.lock();
    lane.pending.pop_front();
    pump();
    lock.unlock();
    return {std::move(oldest->frame), oldest->submitted, oldest->result.get()};
}

Turns::Drops EngineQueue::drops(std::size_t camera) const {
    const std::lock_guard lock(mutex_);
    return turns_.drops(camera);
}

std::uint64_t EngineQueue::came(std::size_t camera) const {
    const std::lock_guard lock(mutex_);
    return turns_.came(camera);
}

}  // namespace chairside
