#pragma once
// A picture as JPEG, for people to look at.

#include <string>

#include "base/result.hpp"
#include "capture/frame.hpp"

namespace chairside {

// `rgb`: kRgb24. Threads: any. Failure: kInvalid for a size that JPEG does not know.
Result<std::string> encode_jpeg(const Image& rgb);

}  // namespace chairside
