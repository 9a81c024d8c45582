#pragma once
// What the tracker's tools share: detections of a whole sequence in memory, and a scene of made-up people.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "detect/detection.hpp"

namespace chairside::bench {

struct Sequence {
    std::string name;
    double fps = 0;
    std::vector<Detections> frames;  // one per picture, also the empty ones
};

// MOT rows `frame,-1,x,y,w,h,score,...`, frame from 1. Width and height of 0: the picture's size is not
// known.
Result<Sequence> read_detections(const std::filesystem::path& file, double fps, int width, int height,
                                 int frames_min = 0);

// <folder>/det.txt with fps, size and length from <folder>/seqinfo.ini.
Result<Sequence> read_mot_sequence(const std::filesystem::path& folder);

// `people` walk about at random in a picture that is large enough for them (a box covers 1/12 of the space
// that each has); a tenth of the detections is missed, every box jitters.
Sequence crowd(int people, int frames, double fps, unsigned seed);

}  // namespace chairside::bench
