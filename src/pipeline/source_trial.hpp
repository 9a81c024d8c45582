#pragma once
// Opens an address, takes one picture, and finds the people in it: for who sets a camera up.

#include <atomic>
#include <string>

#include "detect/detector.hpp"
#include "pipeline/camera_worker.hpp"
#include "serve/shop.hpp"

namespace chairside {

// Returns within some 15 s; sooner once `stop` is set. Threads: any.
Result<SourceTrial> try_source(const std::string& source, const SourceOpener& open, Detector& detector,
                               const Clock& clock, const std::atomic<bool>& stop);

}  // namespace chairside
