#pragma once
// Writes pictures into a video file, for `replay --annotate`. Nothing else may write pictures.

#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "capture/frame.hpp"

namespace chairside {

// Threads: one. The container follows the file name's ending (.mp4, .mkv, .avi); the codec is chosen for it.
// The same pictures give the same bytes.
class VideoWriter {
  public:
    virtual ~VideoWriter() = default;
    virtual Result<void> write(const Image& rgb, MonoTime time) = 0;  // times must grow
    virtual Result<void> finish() = 0;                                // the file is only whole after this
};
Result<std::unique_ptr<VideoWriter>> open_video_writer(const std::filesystem::path& file, int width,
                                                       int height, double fps);

}  // namespace chairside
