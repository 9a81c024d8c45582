#include "detect/openvino/graph.hpp"

#include <algorithm>
#include <array>

namespace chairside::ov {
namespace {

using InputInfo = Handle<ov_preprocess_input_info_t, ov_preprocess_input_info_free>;
using InputTensor = Handle<ov_preprocess_input_tensor_info_t, ov_preprocess_input_tensor_info_free>;
using InputModel = Handle<ov_preprocess_input_model_info_t, ov_preprocess_input_model_info_free>;
using Steps = Handle<ov_preprocess_preprocess_steps_t, ov_preprocess_preprocess_steps_free>;
using OutputEnd = Handle<ov_preprocess_output_info_t, ov_preprocess_output_info_free>;
using OutputTensor = Handle<ov_preprocess_output_tensor_info_t, ov_preprocess_output_tensor_info_free>;

constexpr std::int64_t kChannels = 3;

// The parts that decoders look for by name. An output can have several names and the C API tells only one of
// them.
constexpr std::array kKnownNames{
    "detection_boxes", "detection_scores", "detection_classes", "num_detections", "boxes", "scores",
    "labels",          "logits",           "pred_logits",       "pred_boxes",     "dets"};

Result<Inputs> judge(std::vector<OutputInfo> found, const std::string& file) {
    Inputs inputs;
    int pictures = 0, others = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto& d = found[i].shape;
        const bool first = d.size() == 4 && d[1] == kChannels, last = d.size() == 4 && d[3] == kChannels;
        if (d.size() == 4 && (first || last)) {
            ++pictures;
            inputs.picture = i;
            inputs.picture_dims = d;
            inputs.channels_first = first;
        } else if (d.size() == 2 &&
                   (d[1] == 2 || found[i].names.front().find("orig_target_sizes") != std::string::npos)) {
            inputs.size = static_cast<int>(i);
        } else {
            ++others;
        }
    }
    if (pictures == 1 && others == 0 && (inputs.picture_dims[0] == 1 || inputs.picture_dims[0] < 0))
        return inputs;
    std::string text;
    for (const auto& input : found)
        text += (text.empty() ? "" : ", ") + to_string(input);
    return fail(ErrorKind::kInvalid, file + ": found inputs " + (text.empty() ? "none" : text) +
                                         "; expected one picture of [1,3,H,W] or [1,H,W,3], and at most "
                                         "orig_target_sizes [1,2] beside it");
}

Result<void> set_arithmetic(ov_preprocess_preprocess_steps_t* steps, const Pixels& pixels,
                            const std::string& file) {
    const auto floats = [](const std::vector<double>& values) {
        return std::vector<float>(values.begin(), values.end());
    };
    const auto useful = [](const std::vector<double>& values, double nothing) {
        return std::any_of(values.begin(), values.end(), [&](double v) { return v != nothing; });
    };
    const bool mean = useful(pixels.mean, 0), divisor = useful(pixels.divisor, 1);
    if (!mean && !divisor) return {};
    for (const auto* values : {&pixels.mean, &pixels.divisor}) {
        if (values->size() > 1 && values->size() != kChannels)
            return fail(ErrorKind::kInvalid, file + ": mean and scale have 1 or 3 values");
    }
    if (auto done = check(ov_preprocess_preprocess_steps_convert_element_type(steps, F32), file); !done)
        return done;
    const auto apply = [&](const std::vector<double>& values, auto one, auto many) {
        const auto v = floats(values);
        return check(
            v.size() == 1 ? one(steps, v[0]) : many(steps, v.data(), static_cast<std::int32_t>(v.size())),
            file);
    };
    if (mean) {
        if (auto done = apply(pixels.mean, ov_preprocess_preprocess_steps_mean,
                              ov_preprocess_preprocess_steps_mean_multi_channels);
            !done)
            return done;
    }
    if (divisor) {
        return apply(pixels.divisor, ov_preprocess_preprocess_steps_scale,
                     ov_preprocess_preprocess_steps_scale_multi_channels);
    }
    return {};
}

Result<void> set_layouts(ov_preprocess_input_info_t* input, bool channels_first, const std::string& file) {
    InputTensor tensor;
    InputModel model;
    LayoutText ours, its;
    if (auto done = check(make(tensor, ov_preprocess_input_info_get_tensor_info, input), file); !done)
        return done;
    if (auto done = check(make(model, ov_preprocess_input_info_get_model_info, input), file); !done)
        return done;
    if (auto done = check(make(ours, ov_layout_create, "NHWC"), file); !done) return done;
    if (auto done = check(make(its, ov_layout_create, channels_first ? "NCHW" : "NHWC"), file); !done)
        return done;
    if (auto done = check(ov_preprocess_input_tensor_info_set_element_type(tensor.get(), U8), file); !done)
        return done;
    if (auto done = check(ov_preprocess_input_tensor_info_set_layout(tensor.get(), ours.get()), file); !done)
        return done;
    return check(ov_preprocess_input_model_info_set_layout(model.get(), its.get()), file);
}

Result<void> set_outputs(const ov_preprocess_prepostprocessor_t* builder, std::size_t outputs,
                         const std::string& file) {
    for (std::size_t i = 0; i < outputs; ++i) {
        OutputEnd output;
        OutputTensor tensor;
        if (auto done = check(
                make(output, ov_preprocess_prepostprocessor_get_output_info_by_index, builder, i), file);
            !done)
            return done;
        if (auto done = check(make(tensor, ov_preprocess_output_info_get_tensor_info, output.get()), file);
            !done)
            return done;
        if (auto done = check(ov_preprocess_output_set_element_type(tensor.get(), F32), file); !done)
            return done;
    }
    return {};
}

}  // namespace

Result<Inputs> find_inputs(const ov_model_t* model, const std::string& file) {
    std::size_t count = 0;
    if (auto done = check(ov_model_inputs_size(model, &count), file); !done)
        return tl::unexpected(done.error());
    std::vector<OutputInfo> found;
    for (std::size_t i = 0; i < count; ++i) {
        Port port;
        if (auto done = check(make(port, ov_model_const_input_by_index, model, i), file); !done)
            return tl::unexpected(done.error());
        found.push_back({{name_of(port.get())}, dims_of(port.get())});
    }
    return judge(std::move(found), file);
}

Result<void> set_static(ov_model_t* model, const Inputs& inputs, int width, int height,
                        const std::string& file) {
    Dims wanted =
        inputs.channels_first ? Dims{1, kChannels, height, width} : Dims{1, height, width, kChannels};
    if (inputs.size < 0 && inputs.picture_dims == wanted) return {};
    std::vector<std::size_t> indexes{inputs.picture};
    std::vector<Dims> dims{wanted};
    if (inputs.size >= 0) {
        indexes.push_back(static_cast<std::size_t>(inputs.size));
        dims.push_back({1, 2});
    }
    std::vector<ov_partial_shape_t> shapes(dims.size());
    for (std::size_t i = 0; i < dims.size(); ++i)
        ov_partial_shape_create_static(static_cast<std::int64_t>(dims[i].size()), dims[i].data(), &shapes[i]);
    const auto status = ov_model_reshape_by_port_indexes(model, indexes.data(), shapes.data(), shapes.size());
    for (auto& shape : shapes)
        ov_partial_shape_free(&shape);
    return check(status, file + ": an input of " + std::to_string(width) + "x" + std::to_string(height) +
                             " does not fit the model");
}

std::vector<OutputInfo> outputs_of(const ov_model_t* model) {
    std::size_t count = 0;
    if (ov_model_outputs_size(model, &count) != ov_status_e::OK) return {};
    std::vector<OutputInfo> outputs;
    for (std::size_t i = 0; i < count; ++i) {
        Port port;
        if (make(port, ov_model_const_output_by_index, model, i) != ov_status_e::OK) return {};
        outputs.push_back({{name_of(port.get())}, dims_of(port.get())});
    }
    for (const char* known : kKnownNames) {
        for (const std::string& name : {std::string(known), std::string(known) + ":0"}) {
            Port port;
            if (make(port, ov_model_const_output_by_name, model, name.c_str()) != ov_status_e::OK || !port)
                continue;
            const std::string first = name_of(port.get());
            for (auto& output : outputs) {
                if (output.names.front() == first && first != name)
                    output.names.insert(output.names.begin(), name);
            }
        }
    }
    return outputs;
}

Result<Model> take_plain_pixels(const ov_model_t* model, const Inputs& inputs, const Pixels& pixels,
                                std::size_t outputs, const std::string& file) {
    Preprocessor builder;
    InputInfo input;
    Steps steps;
    Model ready;
    if (auto done = check(make(builder, ov_preprocess_prepostprocessor_create, model), file); !done)
        return tl::unexpected(done.error());
    if (auto done = check(make(input, ov_preprocess_prepostprocessor_get_input_info_by_index, builder.get(),
                               inputs.picture),
                          file);
        !done) {
        return tl::unexpected(done.error());
    }
    if (auto done = set_layouts(input.get(), inputs.channels_first, file); !done)
        return tl::unexpected(done.error());
    if (auto done = check(make(steps, ov_preprocess_input_info_get_preprocess_steps, input.get()), file);
        !done)
        return tl::unexpected(done.error());
    if (auto done = set_arithmetic(steps.get(), pixels, file); !done) return tl::unexpected(done.error());
    if (auto done = set_outputs(builder.get(), outputs, file); !done) return tl::unexpected(done.error());
    if (auto done = check(make(ready, ov_preprocess_prepostprocessor_build, builder.get()), file); !done)
        return tl::unexpected(done.error());
    return ready;
}

}  // namespace chairside::ov
