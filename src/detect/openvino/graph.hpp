#pragma once
// A model's inputs and outputs: finding, fixing their shapes, and putting plain pixels before them.
// Only for files of this folder.

#include <string>
#include <vector>

#include "base/result.hpp"
#include "detect/decode/tensor.hpp"
#include "detect/openvino/ov.hpp"

namespace chairside::ov {

struct Inputs {
    std::size_t picture = 0;  // index
    Dims picture_dims;
    bool channels_first = false;
    int size = -1;  // index of `orig_target_sizes`, -1: none
};

// Failure: kInvalid with the inputs that were found.
Result<Inputs> find_inputs(const ov_model_t* model, const std::string& file);
Result<void> set_static(ov_model_t* model, const Inputs& inputs, int width, int height,
                        const std::string& file);

// Names include the well-known ones that an output has beside its first.
std::vector<OutputInfo> outputs_of(const ov_model_t* model);

// (pixel - mean) / divisor, per channel or one for all; empty: nothing is done.
struct Pixels {
    std::vector<double> mean, divisor;
};

// The model with u8 [1, height, width, 3] at its picture input, the pixels' arithmetic inside, and f32
// outputs.
Result<Model> take_plain_pixels(const ov_model_t* model, const Inputs& inputs, const Pixels& pixels,
                                std::size_t outputs, const std::string& file);

}  // namespace chairside::ov
