#pragma once
// Opens a container or a network stream and picks its video stream.

#include <memory>
#include <string>

#include "base/result.hpp"
#include "capture/ffmpeg/av.hpp"
#include "capture/ffmpeg/interrupt.hpp"
#include "capture/frame_source.hpp"

namespace chairside::av {

enum class InputKind { kFile, kDevice, kRtsp, kHttp };

// An open input. Threads: one. `interrupt` must outlive it.
class Input {
  public:
    static Result<std::unique_ptr<Input>> open(const SourceOptions& options, Interrupt& interrupt);
    ~Input();
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    InputKind kind() const { return kind_; }
    AVFormatContext& format() { return *format_; }
    AVStream& video() { return *format_->streams[video_]; }
    const std::string& name() const { return name_; }  // the source, redacted
    // Error of a call on this input, in words.
    tl::unexpected<Error> error(int code) const;

  private:
    Input(InputKind kind, std::string name, Interrupt& interrupt);
    Result<void> open_file(const std::string& path);
    Result<void> open_device(const std::string& path);
    Result<void> open_network(const SourceOptions& options);
    Result<void> pick_video();

    const InputKind kind_;
    const std::string name_;
    Interrupt& interrupt_;
    AVFormatContext* format_ = nullptr;
    AVIOContext* file_ = nullptr;  // only of files: FFmpeg does not close what it did not open
    int video_ = -1;
};

}  // namespace chairside::av
