#pragma once
// From a model's outputs to people, for the families of detectors that salons bring along. docs/decoders.md
// has the layouts and what each decoder was checked against. Pure: values in, values out; no runtime, no
// thread, no log.

#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "capture/frame.hpp"
#include "detect/decode/tensor.hpp"

namespace chairside {

enum class Family { kSsd, kSsdRaw, kYolox, kYolov5, kYolov8, kYoloE2e, kDetr, kNanodet };

const char* to_string(Family family);  // the name used in configurations: "ssd-raw"
// "ssd, ssd-raw, yolox, ..."
std::string family_names();

// How the numbers of a box are ordered, and whether they are pixels of the input or 0..1 of it.
enum class BoxOrder { kXyxy, kYxyx };

// Which output plays which part. Indices into the outputs; -1: there is none.
struct Layout {
    Family family = Family::kSsd;
    int boxes = -1, scores = -1, classes = -1, count = -1;
    BoxOrder order = BoxOrder::kXyxy;
    bool normalised = false;
    int person = 0;         // the class's index, in the family's own counting
    int classes_known = 0;  // how many of the columns after the box are classes; 0: all
};

// What the family expects of its input where nobody says otherwise.
struct InputDefaults {
    double scale = 1;  // pixel values 0..255 are multiplied by this
    bool bgr = false;
    Fit fit = Fit::kStretch;
    std::vector<double> mean, divisor;  // per channel, instead of `scale`; empty: none
};
InputDefaults input_defaults(Family family);

// What is known from elsewhere. Empty, 0 and -1: nothing.
struct LayoutHints {
    std::string decoder;  // one of the family names; wins over what the outputs look like
    int input_width = 0, input_height = 0;
    int person_class = -1;
    std::vector<std::string> labels;  // by class index
    bool tensorflow = false;          // boxes of TensorFlow's models are y0, x0, y1, x1
};

// Failure: kInvalid, with the outputs that were found and the layouts that are known.
Result<Layout> recognise(std::span<const OutputInfo> outputs, const LayoutHints& hints);

struct DecodeParams {
    int width = 0, height = 0;  // of the model's input, pixels
    float score_threshold = 0.15f;
    float nms_iou = 0.6f;  // for families whose graph does not suppress by itself
};

// The most people one picture can hold; also the bound on NMS's work.
inline constexpr std::size_t kMaxBoxes = 300;

// Boxes of persons, best first. Boxes that are not finite or have no area are left out.
// Failure: kInvalid if the tensors' shapes are not those of the layout.
Result<std::vector<ScoredBox>> decode(const Layout& layout, std::span<const TensorView> outputs,
                                      const DecodeParams& params);

}  // namespace chairside
