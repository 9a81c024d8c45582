#pragma once
// Frames whose buffers are used again, so that a running pipeline allocates no pixels.

#include <cstddef>
#include <memory>
#include <vector>

#include "base/locked.hpp"
#include "capture/frame.hpp"

namespace chairside {

// Threads: any. A frame comes back by itself when its last holder lets go, also after the pool's owner is
// gone. Limits: at most `idle_limit` unused frames are kept; what is in use is bounded by the holders.
class FramePool {
  public:
    explicit FramePool(std::size_t idle_limit) : store_(std::make_shared<Store>(idle_limit)) {}

    // Views and sizes of a frame are as its last holder left them.
    std::shared_ptr<Frame> take();
    std::size_t idle() const;

  private:
    struct Store {
        explicit Store(std::size_t limit) : idle_limit(limit) {}
        const std::size_t idle_limit;
        Locked<std::vector<std::unique_ptr<Frame>>> idle;
    };
    std::shared_ptr<Store> store_;
};

}  // namespace chairside
