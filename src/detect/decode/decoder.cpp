#include "detect/decode/decoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "detect/decode/families.hpp"
#include "detect/decode/nms.hpp"

namespace chairside {
namespace {

struct FamilyEntry {
    Family family;
    const char* name;
    Result<void> (*decode)(const Layout&, families::Outputs, const DecodeParams&, families::Boxes&);
    bool suppressed;  // the graph or the training leaves one box per person
    InputDefaults input;
};

constexpr double kUnit = 1.0 / 255;

const std::array<FamilyEntry, 8>& table() {
    static const std::array<FamilyEntry, 8> entries{{
        {Family::kSsd, "ssd", families::ssd, true, {1, false, Fit::kStretch, {}, {}}},
        {Family::kSsdRaw, "ssd-raw", families::ssd_raw, false, {1, false, Fit::kStretch, {}, {}}},
        {Family::kYolox, "yolox", families::yolox, false, {1, true, Fit::kLetterbox, {}, {}}},
        {Family::kYolov5, "yolov5", families::yolov5, false, {kUnit, false, Fit::kLetterboxCentered, {}, {}}},
        {Family::kYolov8, "yolov8", families::yolov8, false, {kUnit, false, Fit::kLetterboxCentered, {}, {}}},
        {Family::kYoloE2e,
         "yolo-e2e",
         families::yolo_e2e,
         true,
         {kUnit, false, Fit::kLetterboxCentered, {}, {}}},
        {Family::kDetr, "detr", families::detr, true, {kUnit, false, Fit::kStretch, {}, {}}},
        {Family::kNanodet,
         "nanodet",
         families::nanodet,
         false,
         {1, true, Fit::kStretch, {103.53, 116.28, 123.675}, {57.375, 57.12, 58.395}}},
    }};
    return entries;
}

const FamilyEntry& entry(Family family) {
    return table()[static_cast<std::size_t>(family)];
}

bool usable(const ScoredBox& b) {
    // Comparisons with NaN are false; the bound keeps areas finite.
    constexpr float kFar = 1e6f;
    return b.x1 > b.x0 && b.y1 > b.y0 && b.x0 > -kFar && b.y0 > -kFar && b.x1 < kFar && b.y1 < kFar &&
           std::isfinite(b.score);
}

}  // namespace

std::size_t TensorView::size() const {
    std::size_t n = 1;
    for (const auto d : shape)
        n *= static_cast<std::size_t>(std::max<std::int64_t>(d, 0));
    return n;
}

std::string to_string(const OutputInfo& output) {
    std::string text = output.names.empty() ? "(unnamed)" : output.names.front();
    text += " [";
    for (std::size_t i = 0; i < output.shape.size(); ++i) {
        if (i) text += ',';
        text += output.shape[i] < 0 ? "?" : std::to_string(output.shape[i]);
    }
    return text + "]";
}

const char* to_string(Family family) {
    return entry(family).name;
}

std::string family_names() {
    std::string text;
    for (const auto& e : table())
        text += (text.empty() ? "" : ", ") + std::string(e.name);
    return text;
}

InputDefaults input_defaults(Family family) {
    return entry(family).input;
}

Result<std::vector<ScoredBox>> decode(const Layout& layout, std::span<const TensorView> outputs,
                                      const DecodeParams& params) {
    const auto count = static_cast<int>(outputs.size());
    for (const int index : {layout.boxes, layout.scores, layout.classes, layout.count}) {
        if (index >= count) return fail(ErrorKind::kInvalid, "the model has fewer outputs than its layout");
    }
    std::vector<ScoredBox> boxes;
    const FamilyEntry& family = entry(layout.family);
    if (auto done = family.decode(layout, outputs, params, boxes); !done) return tl::unexpected(done.error());
    std::erase_if(boxes, [](const ScoredBox& b) { return !usable(b); });
    constexpr float kNever = 2;  // no IoU is so great: suppressed families are only sorted and bounded
    suppress(boxes, family.suppressed ? kNever : params.nms_iou, kMaxBoxes);
    return boxes;
}

namespace families {

tl::unexpected<Error> misshapen(const Layout& layout, const TensorView& tensor, const char* expected) {
    return fail(ErrorKind::kInvalid,
                std::string("decoder '") + to_string(layout.family) + "': found an output of shape " +
                    to_string(OutputInfo{{""}, tensor.shape}).substr(1) + ", expected " + expected);
}

}  // namespace families
}  // namespace chairside
