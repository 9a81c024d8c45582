#pragma once
// The output of `track`: the tracker's guess of who is who in successive frames.

#include <vector>

#include "base/geometry.hpp"
#include "base/ids.hpp"
#include "capture/frame.hpp"

namespace chairside {

struct Track {
    TrackId id;
    Box box;               // smoothed, pixels of the source picture
    float score = 0;       // of the matched detection; 0 while coasted
    bool coasted = false;  // predicted: no detection matched in this frame
    Point velocity;        // of the box centre, pixels per second
    double age_s = 0;      // since the first detection
    double unseen_s = 0;   // since the last matched detection
    int hits = 0;          // matched detections so far
    Box first{};           // the first of them
};

struct Tracks {
    FrameInfo frame;
    std::vector<Track> people;  // confirmed tracks only, by id
};

}  // namespace chairside
