// Detections files: whatever the bytes, the reader ends, and what it gives is in order and finite.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "detect/mot_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    chairside::MotOptions options;
    const auto reader = chairside::MotReader::from_text(
        std::string(reinterpret_cast<const char*>(data), size), "input", options);
    constexpr std::uint64_t kEnough =
        1000;  // gaps are filled with empty frames: a file of one line can have millions
    for (std::uint64_t expected = 0; expected < kEnough; ++expected) {
        const auto frame = reader->next();
        if (!frame) {
            const auto again = reader->next();
            if (again || again.error().message != frame.error().message) __builtin_trap();
            return 0;
        }
        if (frame->frame.sequence != expected) __builtin_trap();
        for (const auto& person : frame->people) {
            if (!std::isfinite(person.box.x) || !(person.box.w > 0) || !(person.box.h > 0)) __builtin_trap();
        }
    }
    return 0;
}
