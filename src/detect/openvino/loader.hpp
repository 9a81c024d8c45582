#pragma once
// From a configuration to a compiled model that takes plain pixels. Only for files of this folder.

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "detect/collage.hpp"
#include "detect/decode/decoder.hpp"
#include "detect/detector.hpp"
#include "detect/openvino/ov.hpp"

namespace chairside::ov {

// The same model for a smaller input, for collages of parts of a picture.
struct Canvas {
    CanvasSize size;
    Compiled compiled;
    DecodeParams params;
};

struct LoadedModel {
    Core core;  // outlives `compiled`
    Compiled compiled;
    ModelInfo info;
    Layout layout;
    DecodeParams params;
    PixelFormat format = PixelFormat::kRgb24;
    Fit fit = Fit::kStretch;
    std::size_t picture_input = 0;  // index of the input that takes the picture
    int size_input = -1;            // index of DETR's `orig_target_sizes`, -1: none
    std::size_t outputs = 0;
    std::vector<Canvas> canvases;  // the cheapest first; empty unless asked for and the model can
};

// The input is u8 [1, height, width, 3] afterwards, every output f32. Takes 0.3 s (small models) to many
// seconds.
Result<std::shared_ptr<LoadedModel>> load_model(const DetectorConfig& config);

// One request with its fixed inputs set.
Result<Request> make_request(const LoadedModel& model);
// One without fixed inputs, as a canvas has none.
Result<Request> make_request(const Compiled& compiled);

// OpenVINO's names of the devices that are here, e.g. "CPU", "GPU.0".
std::vector<std::string> devices_of(const ov_core_t* core);

}  // namespace chairside::ov
