#include "detect/openvino/loader.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/log.hpp"
#include "detect/decode/families.hpp"
#include "detect/model_metadata.hpp"
#include "detect/model_store.hpp"
#include "detect/openvino/graph.hpp"
#include "detect/quantized.hpp"

namespace chairside::ov {
namespace fs = std::filesystem;
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

Result<FoundModel> find_model(const DetectorConfig& config) {
    auto store = ModelStore::open(config.models_dir);
    std::error_code ignored;
    if (!store && fs::exists(config.model, ignored)) return FoundModel{config.model, std::nullopt};
    if (!store) return tl::unexpected(store.error());
    return store->find(config.model);
}

// The INT8 version of a model that is known by name, where it is worth it.
void prefer_int8(FoundModel& found, const DetectorConfig& config) {
    if (!config.use_int8 || !found.entry) return;
    const auto better = quantized_version(found.file, found.entry->name);
    if (better) {
        found.file = better->file;
        log_info("", "the INT8 version of " + found.entry->name + " is used: " + better->words);
    } else if (better.error().kind != ErrorKind::kNotFound) {
        log_warning("", better.error().message);
    } else {
        log_debug("", better.error().message);
    }
}

Result<void> check_file(const fs::path& file) {
    const std::string ending = lower(file.extension().string());
    if (ending != ".xml" && ending != ".onnx" && ending != ".pb" && ending != ".tflite") {
        return fail(ErrorKind::kInvalid,
                    file.string() + ": a model file ends in .onnx, .xml, .pb or .tflite");
    }
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return fail(ErrorKind::kInvalid, file.string() + ": not a file");
    if (fs::file_size(file, error) == 0 || error)
        return fail(ErrorKind::kInvalid, file.string() + ": the file is empty or cannot be read");
    return {};
}

Result<void> check_device(const ov_core_t* core, const std::string& device) {
    const auto devices = devices_of(core);
    const std::string family = device.substr(0, device.find_first_of(".:"));
    const bool here =
        family == "AUTO" || std::any_of(devices.begin(), devices.end(), [&](const std::string& d) {
            return d == device || (d.substr(0, d.find('.')) == device);
        });
    if (here) return {};
    std::string names;
    for (const auto& d : devices)
        names += d + ", ";
    return fail(ErrorKind::kInvalid,
                "detector.device: '" + device + "' is not available here; available are " + names + "AUTO");
}

std::string property(const ov_compiled_model_t* compiled, const char* key) {
    char* text = nullptr;
    if (ov_compiled_model_get_property(compiled, key, &text) != ov_status_e::OK || !text) return {};
    std::string value = text;
    ov_free(text);
    return value;
}

Result<void> compile(const ov_core_t* core, const ov_model_t* model, const DetectorConfig& config,
                     Compiled& compiled) {
    std::vector<ov_property_t> properties{{ov_property_key_hint_performance_mode, "THROUGHPUT"}};
    if (config.precision == "f32") properties.push_back({ov_property_key_hint_inference_precision, "f32"});
    const std::string threads = std::to_string(config.threads);
    if (config.threads > 0 && config.device == "CPU")
        properties.push_back({ov_property_key_inference_num_threads, threads.c_str()});
    return check(make(compiled,
                      [&](ov_compiled_model_t** out) {
                          return ov_core_compile_model_props(core, model, config.device.c_str(),
                                                             properties.size(), properties.data(), out);
                      }),
                 config.model + ": compiling for " + config.device);
}

// One waits in the queue for each that runs: a stream never stands still while its result is being fetched.
int requests_of(const Compiled& compiled) {
    return 2 *
           std::max(
               1,
               std::atoi(property(compiled.get(), ov_property_key_optimal_number_of_infer_requests).c_str()));
}

struct Sizes {
    int width, height;
};

// The configuration wins, then the graph, then what came with the model.
Result<Sizes> input_size(const Dims& dims, bool channels_first, const DetectorConfig& config,
                         const ModelMetadata& metadata, const std::optional<ModelEntry>& entry) {
    const auto choose = [](int configured, std::int64_t graph, int told, int known) {
        return configured > 0 ? configured : graph > 0 ? static_cast<int>(graph) : told > 0 ? told : known;
    };
    const Sizes size{choose(config.input_width, dims[channels_first ? 3 : 2], metadata.input_width,
                            entry ? entry->input_width : 0),
                     choose(config.input_height, dims[channels_first ? 2 : 1], metadata.input_height,
                            entry ? entry->input_height : 0)};
    if (size.width <= 0 || size.height <= 0) {
        return fail(ErrorKind::kInvalid,
                    config.model +
                        ": the model takes pictures of any size; set detector.input_width and input_height");
    }
    constexpr int kLargest = 8192;
    if (size.width > kLargest || size.height > kLargest)
        return fail(ErrorKind::kInvalid, config.model + ": an input of more than 8192 pixels");
    return size;
}

LayoutHints hints_of(const DetectorConfig& config, const FoundModel& found, const ModelMetadata& metadata,
                     Sizes size) {
    LayoutHints hints;
    const ModelEntry known = found.entry.value_or(ModelEntry{});
    hints.decoder = config.decoder.empty() ? known.decoder : config.decoder;
    hints.input_width = size.width;
    hints.input_height = size.height;
    hints.person_class = config.person_class >= 0 ? config.person_class : known.person_class;
    hints.labels = metadata.labels;
    const std::string ending = lower(found.file.extension().string());
    // Those known by name are TensorFlow's, also as INT8.
    hints.tensorflow = ending == ".pb" || ending == ".tflite" || found.entry.has_value();
    return hints;
}

// How pixels become numbers: the configuration wins, then the model's own word, then the family's habit.
Pixels pixels_of(const DetectorConfig& config, const ModelMetadata& metadata, const InputDefaults& usual) {
    Pixels pixels;
    if (!metadata.preprocessing_inside) {
        pixels.mean = metadata.mean;
        pixels.divisor = metadata.scale;
        if (metadata.mean.empty() && metadata.scale.empty()) {
            pixels.mean = usual.mean;
            pixels.divisor = usual.divisor.empty() ? std::vector<double>{1 / usual.scale} : usual.divisor;
        }
    }
    if (!config.mean.empty()) pixels.mean = config.mean;
    if (config.scale > 0) pixels.divisor = {1 / config.scale};
    return pixels;
}

// Parts of the input's sides. Each costs some 40 MB; of the salons' pictures these hold most (docs/decisions/0701-throughput.md).
constexpr double kCanvases[][2] = {{0.62, 0.77}, {0.77, 0.85}, {0.85, 1}};
constexpr int kCanvasStep = 32;  // the coarsest grid of detectors

// A graph in which the input's size is written here and there takes no other, or its outputs would not be what the decoder expects.
Result<void> add_canvas(LoadedModel& loaded, CanvasSize size, const Inputs& inputs, const Pixels& pixels,
                        const DetectorConfig& config) {
    Model model;
    const std::string& file = loaded.info.path;
    if (auto done = check(make(model, ov_core_read_model, loaded.core.get(), file.c_str(), nullptr), file);
        !done)
        return done;
    if (auto done = set_static(model.get(), inputs, size.width, size.height, file); !done) return done;
    const auto outputs = outputs_of(model.get());
    const bool as_expected = outputs.size() == 1 && outputs[0].shape.size() == 3 &&
                             families::nanodet_grids(outputs[0].shape[1], size.width, size.height) > 0;
    if (!as_expected)
        return fail(ErrorKind::kInvalid, file + ": an input of another size changes its outputs");
    auto ready = take_plain_pixels(model.get(), inputs, pixels, outputs.size(), file);
    if (!ready) return tl::unexpected(ready.error());
    Canvas canvas{size, {}, loaded.params};
    canvas.params.width = size.width;
    canvas.params.height = size.height;
    if (auto done = compile(loaded.core.get(), ready->get(), config, canvas.compiled); !done) return done;
    loaded.canvases.push_back(std::move(canvas));
    return {};
}

// Only of the family whose decoder follows the input's size, with pictures that fill the input. What cannot be is said once.
void add_canvases(LoadedModel& loaded, const Inputs& inputs, const Pixels& pixels,
                  const DetectorConfig& config) {
    Result<void> done;
    if (loaded.layout.family != Family::kNanodet || loaded.fit != Fit::kStretch || inputs.size >= 0)
        done = fail(ErrorKind::kInvalid, "its decoder is not 'nanodet'");
    for (const auto& [part_x, part_y] : kCanvases) {
        if (!done) break;
        const auto side = [](double part, int whole) {
            return static_cast<int>(std::lround(part * whole / kCanvasStep)) * kCanvasStep;
        };
        const CanvasSize size{side(part_x, loaded.info.input_width), side(part_y, loaded.info.input_height)};
        done = add_canvas(loaded, size, inputs, pixels, config);
    }
    if (done) return;
    loaded.canvases.clear();
    log_warning("", "runtime.crops: this model looks at whole pictures only",
                {{"why", done.error().message}});
}

Fit fit_of(const ModelMetadata& metadata, Fit usual) {
    if (metadata.resize_type == "standard") return Fit::kStretch;
    if (metadata.resize_type == "fit_to_window") return Fit::kLetterbox;
    if (metadata.resize_type == "fit_to_window_letterbox") return Fit::kLetterboxCentered;
    return usual;
}

}  // namespace

std::vector<std::string> devices_of(const ov_core_t* core) {
    ov_available_devices_t list{};
    if (ov_core_get_available_devices(core, &list) != ov_status_e::OK) return {};
    std::vector<std::string> names(list.devices, list.devices + list.size);
    ov_available_devices_free(&list);
    return names;
}

Result<std::shared_ptr<LoadedModel>> load_model(const DetectorConfig& config) {
    auto found = find_model(config);
    if (!found) return tl::unexpected(found.error());
    prefer_int8(*found, config);
    if (auto done = check_file(found->file); !done) return tl::unexpected(done.error());
    auto loaded = std::make_shared<LoadedModel>();
    if (auto done = check(make(loaded->core, ov_core_create), "OpenVINO"); !done)
        return tl::unexpected(done.error());
    if (auto done = check_device(loaded->core.get(), config.device); !done)
        return tl::unexpected(done.error());

    Model model;
    const std::string file = found->file.string();
    if (auto done = check(make(model, ov_core_read_model, loaded->core.get(), file.c_str(), nullptr), file);
        !done)
        return tl::unexpected(done.error());
    const ModelMetadata metadata = read_metadata(found->file);
    auto inputs = find_inputs(model.get(), file);
    if (!inputs) return tl::unexpected(inputs.error());
    auto size = input_size(inputs->picture_dims, inputs->channels_first, config, metadata, found->entry);
    if (!size) return tl::unexpected(size.error());
    if (auto done = set_static(model.get(), *inputs, size->width, size->height, file); !done)
        return tl::unexpected(done.error());

    const auto outputs = outputs_of(model.get());
    auto layout = recognise(outputs, hints_of(config, *found, metadata, *size));
    if (!layout) return fail(layout.error().kind, file + ": " + layout.error().message);
    const InputDefaults usual = input_defaults(layout->family);
    const Pixels pixels = pixels_of(config, metadata, usual);
    auto ready = take_plain_pixels(model.get(), *inputs, pixels, outputs.size(), file);
    if (!ready) return tl::unexpected(ready.error());
    model = std::move(*ready);

    loaded->info = {config.model,  file, to_string(layout->family), size->width, size->height,
                    config.device, 0};
    loaded->layout = *layout;
    loaded->params = {size->width, size->height, static_cast<float>(config.score_threshold),
                      static_cast<float>(config.nms_iou)};
    const bool bgr = config.color.empty() ? metadata.reverse_channels || usual.bgr : config.color == "bgr";
    loaded->format = bgr ? PixelFormat::kBgr24 : PixelFormat::kRgb24;
    loaded->fit = fit_of(metadata, usual.fit);
    loaded->picture_input = inputs->picture;
    loaded->size_input = inputs->size;
    loaded->outputs = outputs.size();
    if (auto done = compile(loaded->core.get(), model.get(), config, loaded->compiled); !done)
        return tl::unexpected(done.error());
    loaded->info.requests = requests_of(loaded->compiled);
    if (config.crops) add_canvases(*loaded, *inputs, pixels, config);
    return loaded;
}

Result<Request> make_request(const Compiled& compiled) {
    Request request;
    if (auto done =
            check(make(request, ov_compiled_model_create_infer_request, compiled.get()), "inference request");
        !done)
        return tl::unexpected(done.error());
    return request;
}

Result<Request> make_request(const LoadedModel& model) {
    auto made = make_request(model.compiled);
    if (!made || model.size_input < 0) return made;
    const Request& request = *made;
    Tensor tensor;
    std::array<std::int64_t, 2> dims{1, 2};
    if (auto done = check(make(tensor, ov_tensor_create, I64, ov_shape_t{2, dims.data()}), "size tensor");
        !done)
        return tl::unexpected(done.error());
    void* data = nullptr;
    ov_tensor_data(tensor.get(), &data);
    static_cast<std::int64_t*>(data)[0] = model.info.input_width;
    static_cast<std::int64_t*>(data)[1] = model.info.input_height;
    const auto status = ov_infer_request_set_input_tensor_by_index(
        request.get(), static_cast<std::size_t>(model.size_input), tensor.get());
    if (auto done = check(status, "size tensor"); !done) return tl::unexpected(done.error());
    return made;
}

}  // namespace chairside::ov
