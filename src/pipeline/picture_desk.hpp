#pragma once
// PictureDesk: pictures for people to look at, only while somebody asks. With each come the places of the people in it, of
// the last seconds too: whom the detector misses in one picture is still covered.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "detect/detection.hpp"
#include "serve/shop.hpp"
#include "track/track.hpp"

namespace chairside {

// Threads: put() from one, the rest from any. Memory: one picture, and none once nobody asks for kInterest.
class PictureDesk {
  public:
    static constexpr Duration kInterest = std::chrono::seconds(5);
    static constexpr Duration kFresh = std::chrono::seconds(1);  // younger than this it is handed out again
    static constexpr Duration kCovered =
        std::chrono::seconds(3);  // a place where somebody was is covered this long

    explicit PictureDesk(const Clock& clock) : clock_(clock) {}

    // True while somebody asks: for SourceOptions::picture.
    const std::atomic<bool>* wanted() const { return &wanted_; }
    void put(const Frame& frame, const Detections& detections, const Tracks& tracks);
    // Forgets the picture when nobody asks any more.
    void tick();
    // kUnavailable if none comes in time.
    Result<ShopPicture> get(Duration patience);

  private:
    void forget_if_unwanted(MonoTime now);

    const Clock& clock_;
    std::atomic<bool> wanted_ = false;
    std::deque<std::pair<MonoTime, std::vector<Box>>>
        places_;        // put()'s thread only; pixels of the source picture
    std::mutex mutex_;  // guards all below
    std::condition_variable came_;
    MonoTime asked_{}, taken_{};
    std::uint64_t number_ = 0;
    std::optional<ShopPicture> newest_;
};

}  // namespace chairside
