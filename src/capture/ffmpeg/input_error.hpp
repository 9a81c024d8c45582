#pragma once
// FFmpeg's error numbers as our errors, in words.

#include <string>

#include "base/result.hpp"
#include "capture/ffmpeg/interrupt.hpp"

namespace chairside::av {

// `name` is the redacted source, `network` tells whether it is reached over the network. What FFmpeg logged
// last is added where its number alone says too little.
Error input_error(int code, const std::string& name, bool network, const Interrupt& interrupt);

// Why the path cannot be a video, as far as the file system tells: missing, a folder, empty, not readable.
Result<void> check_path(const std::string& path);

}  // namespace chairside::av
