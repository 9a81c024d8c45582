#pragma once
// Motion-only online tracker: detections of one camera in, identities out. Pure: no clock, no thread, no log.

#include <memory>

#include "detect/detection.hpp"
#include "track/box_filter.hpp"
#include "track/cost.hpp"
#include "track/picture_motion.hpp"
#include "track/score_level.hpp"
#include "track/track.hpp"

namespace chairside {

// One setting for everything. Times in seconds, lengths relative to the box; docs/decisions/0103 says what
// each part is worth.
struct TrackerOptions {
    MotionOptions motion;
    CostOptions cost;
    PictureMotionOptions picture;
    ScoreLevelOptions level;
    double score_min = 0.15;       // below: ignored
    double score_high = 0.70;      // at or above: may start a person and is matched first
    double cost_limit = 0.85;      // dearer pairs stay unmatched
    double cost_limit_low = 0.50;  // the same for detections between score_min and score_high
    double low_unseen_s = 0.5;     // a weak detection goes only to people seen this recently
    double score_memory = 0.3;     // weight of the newest score in a person's usual score
    double confirm_score = 3.5;    // a person is believed when the matched scores sum up to this
    double tentative_unseen_s =
        0.1;                    // an unconfirmed person is dropped after this, but survives one missed frame
    double lost_s = 2.0;        // a confirmed person is dropped after this
    double lost_frames = 7;     // ... but not before this many frames, where they are rare
    double inside_min = 0.80;   // unmatched, less than this part of the box in the picture ...
    double leaving_min = 0.02;  // ... and this much less than when last seen: has left
    double coast_s = 0.5;       // unmatched people are reported, predicted, for this long
    double detection_weight = 0.3;  // of the detection in the reported box; the rest is the filter's
};

// Threads: one. Frames must come in order of time; a frame that is not later than the last is ignored, and
// the last result is returned again. Detections that are no boxes (not finite, no area, far larger than or
// far outside the picture) or have no score in 0..1 are ignored. Memory: no allocation per frame once the
// busiest scene has been seen; people are forgotten after lost_s.
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
