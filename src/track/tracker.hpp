#pragma once
// Motion-only online tracker: detections of one camera in, identities out. Pure: no clock, no thread, no log.

#include <memory>

#include "detect/detection.hpp"
#include "track/track.hpp"

namespace chairside {

struct TrackerOptions {};  // one setting for everything; filled by the tracker's author, all times in seconds

// Threads: one. Frames must come in order of time; a frame that is not later than the last is ignored.
class Tracker {
  public:
    explicit Tracker(const TrackerOptions& options = {});
    ~Tracker();
    Tracker(Tracker&&) noexcept;
    Tracker& operator=(Tracker&&) noexcept;

    const Tracks& update(const Detections& detections);  // valid until the next call

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
