#pragma once
// How badly a detection fits a predicted track: overlap of both boxes after they are grown, plus small terms
// for distance, height, score and the time since the track was seen.
//
// Buffered IoU after F. Yang et al., "Hard to Track Objects with Irregular Motions and Similar Appearances?"
// (C-BIoU, WACV 2023); here the buffer grows with the time lost, which makes one stage enough.

#include <span>
#include <vector>

#include "track/assignment.hpp"

namespace chairside {

struct CostOptions {
    double buffer = 0.10;           // each box is grown by this part of its size on every side ...
    double buffer_per_s = 0.50;     // ... plus this for every second since the track was seen
    double overlap_min = 0.25;      // IoU of the grown boxes
    double distance_weight = 0.10;  // per mean height between the centres
    double height_weight = 0.50;    // per e-fold of the heights' ratio
    double score_weight = 0.30;     // per difference between the detection's and the track's usual score
    double unseen_weight = 0.02;    // per second since the track was seen
};

// One side of a pair, as the cost sees it.
struct CostBox {
    double x = 0, y = 0, w = 0, h = 0;  // centre and size, pixels
    double log_h = 0;
    double score = 0;     // of a detection; the running mean of a track
    double unseen_s = 0;  // of a track
    int index = 0;        // the caller's own
};

// Cost of a pair, or infinity if the grown boxes overlap too little.
double pair_cost(const CostBox& track, const CostBox& detection, const CostOptions& options);

// All pairs below a limit, ready for the solver: row i is tracks[i], column j is detections[j].
class PairList {
  public:
    // `detections` are in order of x. Costs are given less the limit, so they are below 0.
    void collect(std::span<const CostBox> tracks, std::span<const CostBox> detections,
                 const CostOptions& options, double limit);
    std::span<const int> row_begin() const { return row_begin_; }
    std::span<const AssignmentPair> pairs() const { return pairs_; }

  private:
    std::vector<int> row_begin_;
    std::vector<AssignmentPair> pairs_;
};

}  // namespace chairside
