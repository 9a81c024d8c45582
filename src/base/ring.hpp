#pragma once
// Ring: the last n of something, in slots that are all taken at the start.

#include <cstddef>
#include <vector>

#include "base/check.hpp"

namespace chairside {

// Oldest first. Threads: one (its owner locks). Memory: what it is made with; a slot keeps what it holds, its room included, until it
// is written again.
template <typename T>
class Ring {
  public:
    explicit Ring(std::size_t most) : slots_(most) { CHAIRSIDE_CHECK(most > 0); }
    std::size_t size() const { return size_; }
    std::size_t room() const { return slots_.size(); }
    bool full() const { return size_ == slots_.size(); }
    const T& at(std::size_t i) const { return slots_[(first_ + i) % slots_.size()]; }
    // The newest, still as its slot was left. Where all are in use the oldest gives up its own.
    T& push() {
        if (full()) drop(1);
        return slots_[(first_ + size_++) % slots_.size()];
    }
    // The n oldest.
    void drop(std::size_t n) {
        first_ = (first_ + n) % slots_.size();
        size_ -= n;
    }

  private:
    std::vector<T> slots_;
    std::size_t first_ = 0, size_ = 0;
};

}  // namespace chairside
