#pragma once
// Reads a FrameSource to its end.

#include <memory>
#include <optional>
#include <vector>

#include "capture/frame_source.hpp"

namespace chairside::testing {

struct SourceRun {
    std::vector<FrameInfo> frames;
    std::optional<Error> end;  // why it ended; empty if the limit was reached
    FrameSource::Counters counters;
    SourceInfo info;
};

inline SourceRun read_all(FrameSource& source, std::size_t limit = 100'000) {
    SourceRun run;
    while (run.frames.size() < limit) {
        const auto frame = source.next();
        if (!frame) {
            run.end = frame.error();
            break;
        }
        run.frames.push_back((*frame)->info);
    }
    run.counters = source.counters();
    run.info = source.info();
    return run;
}

// Opens and reads; a source that does not open ends with that error.
inline SourceRun read_all(const SourceOptions& options, const Clock& clock, std::size_t limit = 100'000) {
    auto source = open_source(options, clock);
    if (source) return read_all(**source, limit);
    SourceRun run;
    run.end = source.error();
    return run;
}

}  // namespace chairside::testing
