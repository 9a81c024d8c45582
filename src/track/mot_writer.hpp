#pragma once
// Tracks as MOTChallenge rows: frame,id,x,y,w,h,score,-1,-1,-1

#include <cstdint>
#include <string>

#include "track/track.hpp"

namespace chairside {

// Appends one line. `frame` counts from 1, as the format asks. Box in pixels with two decimals, score with
// four; no locale, so the same track gives the same bytes everywhere.
void append_mot_row(std::string& out, std::int64_t frame, const Track& track);

}  // namespace chairside
