#pragma once
// What a model hands out, as plain values: the decoders know nothing of the runtime.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace chairside {

// An output as declared. A dimension that is only known after inference is -1.
struct OutputInfo {
    std::vector<std::string> names;
    std::vector<std::int64_t> shape;
};

// An output as computed, row-major, borrowed for the duration of the call.
struct TensorView {
    std::vector<std::int64_t> shape;
    const float* data = nullptr;

    std::int64_t rank() const { return static_cast<std::int64_t>(shape.size()); }
    std::int64_t dim(std::size_t i) const { return i < shape.size() ? shape[i] : 1; }
    // Counted from the end: last(0) is the innermost dimension.
    std::int64_t last(std::size_t i) const { return i < shape.size() ? shape[shape.size() - 1 - i] : 1; }
    std::size_t size() const;
};

std::string to_string(const OutputInfo& output);  // "boxes [1,?,4]"

// A box in pixels of the model's input, corners ordered.
struct ScoredBox {
    float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    float score = 0;
};

}  // namespace chairside
