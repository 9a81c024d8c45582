#pragma once
// Decoded pictures of one input, in the order in which they are shown.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "capture/ffmpeg/av.hpp"
#include "capture/ffmpeg/input.hpp"

namespace chairside::av {

// Counted over all passes of a loop. Threads: written by the reader's, read by any.
struct ReadCounters {
    std::atomic<std::uint64_t> decoded{0}, corrupt{0};
};

// Threads: one. `interrupt` and `counters` must outlive it.
class VideoReader {
  public:
    static Result<std::unique_ptr<VideoReader>> open(const SourceOptions& options, Interrupt& interrupt,
                                                     ReadCounters& counters);

    // The next picture; `frame` is overwritten. What does not decode is counted and passed over.
    // Failure: kEnd at the end of a file; kInvalid if it held no picture at all; kUnavailable when a live
    // stream breaks off or no picture came in time; kCancelled.
    Result<void> read(AVFrame& frame);

    // Whether pictures that no other needs stay undecoded from here on.
    void spare(bool on);

    // In the stream's own time; nullopt if the stream does not say.
    std::optional<Duration> pts(const AVFrame& frame) const;
    Duration shown_for(const AVFrame& frame) const;  // 0 if the stream does not say

    double fps() const;  // nominal, 0 if unknown
    std::optional<Duration> duration() const;
    std::string codec() const;
    int width() const { return codec_->width; }
    int height() const { return codec_->height; }
    const std::string& name() const { return input_->name(); }

  private:
    VideoReader(std::unique_ptr<Input> input, const SourceOptions& options, Interrupt& interrupt,
                ReadCounters& counters);
    Result<void> open_decoder();
    Result<void> feed();
    bool fetch(AVFrame& frame);
    Result<void> read_failed(int code);
    Result<void> end() const;

    std::unique_ptr<Input> input_;
    const bool live_;
    DecodeOn decode_on_;
    const std::vector<ViewSpec> views_;
    Interrupt& interrupt_;
    ReadCounters& counters_;
    CodecPtr codec_;
    PacketPtr packet_;
    std::uint64_t pictures_ = 0;  // of this pass
    int read_faults_ = 0;         // in a row
    bool drained_ = false;        // the decoder knows that no more comes
};

}  // namespace chairside::av
