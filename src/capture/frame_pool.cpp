#include "capture/frame_pool.hpp"

namespace chairside {

std::shared_ptr<Frame> FramePool::take() {
    auto frame = store_->idle.with([](auto& idle) -> std::unique_ptr<Frame> {
        if (idle.empty()) return nullptr;
        auto last = std::move(idle.back());
        idle.pop_back();
        return last;
    });
    if (!frame) frame = std::make_unique<Frame>();
    return {frame.release(), [store = store_](Frame* used) {
                std::unique_ptr<Frame> owned(used);
                store->idle.with([&](auto& idle) {
                    if (idle.size() < store->idle_limit) idle.push_back(std::move(owned));
                });
            }};
}

std::size_t FramePool::idle() const {
    return store_->idle.with([](const auto& idle) { return idle.size(); });
}

}  // namespace chairside
