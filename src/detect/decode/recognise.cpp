#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <optional>

#include "detect/decode/decoder.hpp"
#include "detect/decode/families.hpp"

namespace chairside {
namespace {

using Outputs = std::span<const OutputInfo>;

constexpr std::int64_t kQueriesMax =
    1000;  // transformers and end-to-end models give fewer rows than this, grids more

const char* const kKnown =
    "  ssd       [1,1,N,7], or detection_boxes [1,N,4] + detection_scores [1,N] + detection_classes [1,N]\n"
    "  ssd-raw   boxes [1,N,4] or [1,N,1,4] + class scores [1,N,C]\n"
    "  yolox     [1,N,5+C], N = cells of the grids with strides 8, 16, 32\n"
    "  yolov5    [1,N,5+C], N = 3 x those cells\n"
    "  yolov8    [1,4+C,N] (also YOLOv9, 11, 12)\n"
    "  yolo-e2e  [1,N,6] (YOLOv10, YOLO26)\n"
    "  detr      logits [1,N,C] + boxes [1,N,4] (RT-DETR, D-FINE, RF-DETR), or labels [1,N] + boxes [1,N,4] "
    "+ scores [1,N]\n"
    "  nanodet   [1,N,C+4D], N = cells of the grids with strides 8, 16, 32 (and 64)";

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// TensorFlow calls its outputs "name:0".
bool has_name(const OutputInfo& output, const char* name) {
    return std::any_of(output.names.begin(), output.names.end(),
                       [&](const std::string& n) { return lower(n.substr(0, n.find(':'))) == name; });
}

int find_name(Outputs outputs, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            if (has_name(outputs[i], name)) return static_cast<int>(i);
        }
    }
    return -1;
}

std::int64_t last(const OutputInfo& o, std::size_t i) {
    return i < o.shape.size() ? o.shape[o.shape.size() - 1 - i] : 1;
}
std::size_t rank(const OutputInfo& o) {
    return o.shape.size();
}

std::int64_t cells(const LayoutHints& hints, std::initializer_list<int> strides) {
    std::int64_t n = 0;
    for (const int s : strides)
        n += static_cast<std::int64_t>(hints.input_width / s) * (hints.input_height / s);
    return n;
}

std::optional<Layout> rows_of_seven(Outputs outputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (rank(outputs[i]) == 4 && last(outputs[i], 0) == 7 && outputs[i].shape[1] == 1) {
            return Layout{
                .family = Family::kSsd, .boxes = static_cast<int>(i), .normalised = true, .person = 1};
        }
    }
    return std::nullopt;
}

std::optional<Layout> tensorflow_ssd(Outputs outputs) {
    Layout layout{.family = Family::kSsd, .order = BoxOrder::kYxyx, .normalised = true, .person = 1};
    layout.boxes = find_name(outputs, {"detection_boxes"});
    layout.scores = find_name(outputs, {"detection_scores"});
    layout.classes = find_name(outputs, {"detection_classes"});
    layout.count = find_name(outputs, {"num_detections"});
    if (layout.boxes >= 0 && layout.scores >= 0 && layout.classes >= 0) return layout;
    return std::nullopt;
}

// TFLite_Detection_PostProcess gives boxes, classes, scores, count in this order and without telling names.
std::optional<Layout> tflite_ssd(Outputs outputs) {
    if (outputs.size() != 4 || last(outputs[0], 0) != 4 || rank(outputs[0]) != 3 || rank(outputs[1]) != 2 ||
        rank(outputs[2]) != 2) {
        return std::nullopt;
    }
    return Layout{.family = Family::kSsd,
                  .boxes = 0,
                  .scores = 2,
                  .classes = 1,
                  .count = 3,
                  .order = BoxOrder::kYxyx,
                  .normalised = true,
                  .person = 0};
}

// Corners in pixels with their labels and scores: the model's own post-processing was exported with it.
std::optional<Layout> finished_boxes(Outputs outputs) {
    if (outputs.size() != 3) return std::nullopt;
    const Layout layout{.family = Family::kDetr,
                        .boxes = find_name(outputs, {"boxes"}),
                        .scores = find_name(outputs, {"scores"}),
                        .classes = find_name(outputs, {"labels"})};
    if (layout.boxes < 0 || layout.scores < 0 || layout.classes < 0) return std::nullopt;
    const auto& boxes = outputs[static_cast<std::size_t>(layout.boxes)];
    const auto& scores = outputs[static_cast<std::size_t>(layout.scores)];
    if (last(boxes, 0) != 4 || rank(scores) != rank(boxes) - 1) return std::nullopt;
    return layout;
}

struct BoxesAndScores {
    int boxes, scores;
};

// Two outputs of which one has rows of 4 and the other as many rows of classes.
std::optional<BoxesAndScores> boxes_and_scores(Outputs outputs) {
    const int named = find_name(outputs, {"pred_boxes", "dets", "boxes"});
    for (int b = 0; b < static_cast<int>(outputs.size()); ++b) {
        const auto& boxes = outputs[static_cast<std::size_t>(b)];
        if (last(boxes, 0) != 4 || rank(boxes) < 3 || rank(boxes) > 4 || (named >= 0 && b != named)) continue;
        const std::int64_t n = boxes.shape[1];
        for (int s = 0; s < static_cast<int>(outputs.size()); ++s) {
            const auto& scores = outputs[static_cast<std::size_t>(s)];
            if (s != b && rank(scores) == 3 && (scores.shape[1] == n || scores.shape[1] < 0 || n < 0))
                return BoxesAndScores{b, s};
        }
    }
    return std::nullopt;
}

std::optional<Layout> raw_ssd(Outputs outputs, const LayoutHints& hints) {
    const auto found = boxes_and_scores(outputs);
    if (!found) return std::nullopt;
    const bool y_first = hints.tensorflow || rank(outputs[static_cast<std::size_t>(found->boxes)]) == 4;
    return Layout{.family = Family::kSsdRaw,
                  .boxes = found->boxes,
                  .scores = found->scores,
                  .order = y_first ? BoxOrder::kYxyx : BoxOrder::kXyxy,
                  .normalised = true,
                  .person = y_first ? 0 : 1};  // elsewhere than in TensorFlow column 0 is the background
}

std::optional<Layout> transformer(Outputs outputs) {
    const auto found = boxes_and_scores(outputs);
    if (!found) return std::nullopt;
    constexpr std::int64_t kCocoWithGaps = 91;  // COCO's own numbering: person is 1
    const bool gaps = last(outputs[static_cast<std::size_t>(found->scores)], 0) == kCocoWithGaps;
    return Layout{.family = Family::kDetr,
                  .boxes = found->boxes,
                  .scores = found->scores,
                  .normalised = true,
                  .person = gaps ? 1 : 0};
}

std::optional<Layout> pair_of_outputs(Outputs outputs, const LayoutHints& hints) {
    const auto found = boxes_and_scores(outputs);
    if (!found) return std::nullopt;
    const auto& boxes = outputs[static_cast<std::size_t>(found->boxes)];
    if (find_name(outputs, {"logits", "pred_logits", "dets", "pred_boxes"}) >= 0) return transformer(outputs);
    if (rank(boxes) == 4 || hints.tensorflow || boxes.shape[1] > kQueriesMax) return raw_ssd(outputs, hints);
    return transformer(outputs);
}

// With three grids YOLOX has as many rows: then only COCO's 80 classes with distributions over 8 or 11 steps tell.
bool is_nanodet(std::int64_t rows, std::int64_t width, const LayoutHints& hints) {
    const int grids = families::nanodet_grids(rows, hints.input_width, hints.input_height);
    return (grids == 4 && width > 4 * 8) || (grids == 3 && (width == 80 + 4 * 8 || width == 80 + 4 * 11));
}

// The detections' output stands first; segmentation models add their prototypes after it.
std::optional<Layout> one_table(Outputs outputs, const LayoutHints& hints) {
    if (outputs.empty() || rank(outputs[0]) != 3) return std::nullopt;
    const std::int64_t n = outputs[0].shape[1], width = outputs[0].shape[2];
    const std::int64_t plain = cells(hints, {8, 16, 32}), extra = cells(hints, {8, 16, 32, 64});
    Layout layout{.family = Family::kYolov8, .boxes = 0};
    if (is_nanodet(n, width, hints)) {
        layout.family = Family::kNanodet;
    } else if (plain > 0 && n == plain && width > 5) {
        layout.family = Family::kYolox;
    } else if (plain > 0 && (n == 3 * plain || n == 3 * extra) && width > 5) {
        layout.family = Family::kYolov5;
    } else if (width == 6 && n <= kQueriesMax) {
        layout.family = Family::kYoloE2e;  // also with n unknown (-1)
    } else if (n > 4 && (width > n || width < 0)) {
        layout.family = Family::kYolov8;
    } else {
        return std::nullopt;
    }
    return layout;
}

std::optional<Layout> by_shape(Outputs outputs, const LayoutHints& hints) {
    if (auto l = rows_of_seven(outputs)) return l;
    if (auto l = tensorflow_ssd(outputs)) return l;
    if (auto l = finished_boxes(outputs)) return l;
    if (auto l = pair_of_outputs(outputs, hints)) return l;
    if (auto l = tflite_ssd(outputs)) return l;
    return one_table(outputs, hints);
}

// The configuration says the family: then only the parts are looked for.
std::optional<Layout> by_family(Family family, Outputs outputs, const LayoutHints& hints) {
    switch (family) {
        case Family::kSsd:
            if (auto l = rows_of_seven(outputs)) return l;
            if (auto l = tensorflow_ssd(outputs)) return l;
            return tflite_ssd(outputs);
        case Family::kSsdRaw:
            return raw_ssd(outputs, hints);
        case Family::kDetr:
            if (auto l = finished_boxes(outputs)) return l;
            return transformer(outputs);
        default:
            break;
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (rank(outputs[i]) == 3) return Layout{.family = family, .boxes = static_cast<int>(i)};
    }
    return std::nullopt;
}

std::optional<Family> family_by_name(const std::string& name) {
    for (const Family f : {Family::kSsd, Family::kSsdRaw, Family::kYolox, Family::kYolov5, Family::kYolov8,
                           Family::kYoloE2e, Family::kDetr, Family::kNanodet}) {
        if (name == to_string(f)) return f;
    }
    return std::nullopt;
}

int person_label(const std::vector<std::string>& labels) {
    for (const char* word : {"person", "pedestrian", "people", "human"}) {
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (lower(labels[i]) == word) return static_cast<int>(i);
        }
    }
    return -1;
}

std::string listed(Outputs outputs) {
    std::string text;
    for (const auto& o : outputs)
        text += (text.empty() ? "" : ", ") + to_string(o);
    return text.empty() ? "none" : text;
}

}  // namespace

Result<Layout> recognise(Outputs outputs, const LayoutHints& hints) {
    std::optional<Layout> layout;
    if (hints.decoder.empty()) {
        layout = by_shape(outputs, hints);
    } else {
        const auto family = family_by_name(hints.decoder);
        if (!family)
            return fail(ErrorKind::kInvalid,
                        "decoder '" + hints.decoder + "' is not known; known are " + family_names());
        layout = by_family(*family, outputs, hints);
    }
    if (!layout) {
        const std::string asked =
            hints.decoder.empty() ? "fit no decoder" : "do not fit decoder '" + hints.decoder + "'";
        return fail(ErrorKind::kInvalid, "the model's outputs " + asked + ". Found: " + listed(outputs) +
                                             "\nKnown layouts:\n" + kKnown);
    }
    if (const int person = person_label(hints.labels); person >= 0) layout->person = person;
    if (hints.person_class >= 0) layout->person = hints.person_class;
    const auto labels = static_cast<int>(hints.labels.size());
    if (layout->family == Family::kYolov5 || layout->family == Family::kYolov8 ||
        layout->family == Family::kNanodet)
        layout->classes_known = labels;
    return *layout;
}

}  // namespace chairside
