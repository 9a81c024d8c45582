#pragma once
// What a model file says about itself beside its graph: `rt_info/model_info` of OpenVINO's IR, as written by
// exporters, and `metadata_props` of ONNX. Pure parsing of files that may be broken: whatever cannot be read
// is not there.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chairside {

struct ModelMetadata {
    std::string model_type;           // "YOLOv8", "ssd", ...; empty: not said
    std::vector<std::string> labels;  // by class index
    std::string resize_type;          // standard | fit_to_window | fit_to_window_letterbox
    std::vector<double> mean, scale;  // subtracted, then divided by; per channel or one for all; pixel units
    bool reverse_channels = false;    // the model wants BGR
    int input_width = 0, input_height = 0;
    bool preprocessing_inside = false;  // the graph takes plain pixels, whatever mean and scale say
};

ModelMetadata read_metadata(const std::filesystem::path& model);

// The parts of it.
using KeyValues = std::map<std::string, std::string>;
KeyValues ir_model_info(std::string_view xml);  // of the text of an .xml file, or of its end
KeyValues onnx_metadata(const std::filesystem::path& file);
ModelMetadata interpret(const KeyValues& values);

}  // namespace chairside
