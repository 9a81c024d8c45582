#pragma once
// Turns: whose picture the engine looks at next. Pure: pictures and times in, decisions out.
//
// Fair: the camera that had least of the engine so far is next, by what its pictures cost (tiles cost more); who was away gets
// no credit for it. The newest picture of a live camera takes the place of one that still waits. No live picture older than
// kTooOld is looked at. Recordings lose nothing: put() is only allowed where there is room.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "capture/frame.hpp"

namespace chairside {

// Threads: one (its owner locks).
class Turns {
  public:
    static constexpr Duration kTooOld = std::chrono::seconds(2);
    struct Camera {
        bool live = true;
        bool ages = true;       // its times are those of the clock
        std::size_t views = 1;  // inferences a picture
    };
    // Pictures that were given up, by why.
    struct Drops {
        std::uint64_t newer = 0;    // a newer one came first
        std::uint64_t too_old = 0;  // older than kTooOld
    };

    std::size_t add(const Camera& camera);
    bool room(std::size_t camera) const;
    bool waits(std::size_t camera) const { return !seats_[camera].waiting.empty(); }
    void put(std::size_t camera, FramePtr frame);

    struct Next {
        std::size_t camera = 0;
        FramePtr frame;
    };
    // Of the cameras that `may`; none: nobody of them has a picture that is young enough.
    std::optional<Next> next(MonoTime now, const std::vector<bool>& may);
    const Drops& drops(std::size_t camera) const { return seats_[camera].drops; }
    std::uint64_t came(std::size_t camera) const { return seats_[camera].came; }
    std::size_t views(std::size_t camera) const { return seats_[camera].camera.views; }

  private:
    struct Seat {
        Camera camera;
        std::deque<FramePtr> waiting;
        double had = 0;  // inferences, and the credit that it has no claim to
        std::uint64_t came = 0;
        Drops drops;
    };
    std::vector<Seat> seats_;
    double level_ = 0;  // of whoever was served last
};

}  // namespace chairside
