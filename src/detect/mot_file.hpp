#pragma once
// Detections from a file: MOT rows `frame,-1,x,y,w,h,score[,...]`, one a line, plain or gzip. Frames count
// from 1 and must not go back; rows of one frame are in any order. Lines that are empty or start with # are
// skipped.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "detect/detection.hpp"

namespace chairside {

struct MotOptions {
    double fps = 25;            // frame f is at (f - 1) / fps, both clocks
    int width = 0, height = 0;  // of the pictures, copied into FrameInfo; pixels
    WallTime start{};           // wall time of frame 1
    std::uint64_t frames = 0;   // how many frames there are, if known; 0: up to the last row
};

// Threads: one. Memory: one frame and a read buffer. Failure: kNotFound, kIo, kCorrupt (broken gzip) and
// kInvalid, with file and line; after an Error every call repeats it.
class MotReader {
  public:
    static Result<std::unique_ptr<MotReader>> open(const std::filesystem::path& file,
                                                   const MotOptions& options);
    // For tests and fuzzing: `name` is printed in errors.
    static std::unique_ptr<MotReader> from_text(std::string text, const std::string& name,
                                                const MotOptions& options);
    ~MotReader();
    MotReader(const MotReader&) = delete;
    MotReader& operator=(const MotReader&) = delete;

    // The next frame, also if nobody was seen in it; kEnd after the last.
    Result<Detections> next();
    // 0..1 of the file's bytes that were read.
    double progress() const;

  private:
    struct Impl;
    explicit MotReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
