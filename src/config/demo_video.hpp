#pragma once
// The sample video, with which Chairside can be tried without a camera: real people on a street (Debian's opencv-doc).

#include <filesystem>
#include <optional>

namespace chairside {

// Where it is: $CHAIRSIDE_DEMO_VIDEO, beside the program (the checkout's .deps/video), or where Debian puts it.
std::optional<std::filesystem::path> demo_video();

}  // namespace chairside
