#pragma once
// How fast the runtime alone is: the limit that a pipeline can reach.

#include "base/result.hpp"
#include "base/time.hpp"
#include "config/config.hpp"

namespace chairside {

// Pictures per second of the model that `config` names, compiled as the detector compiles it, with as many
// requests in flight as it has, on a constant picture: no capture, no decoding, nothing but inference.
Result<double> measure_model_fps(const DetectorConfig& config, Duration duration);

}  // namespace chairside
