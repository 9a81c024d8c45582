// Each decoder against what its family's own post-processing made of the same tensors
// (tests/detect/make_goldens.py).

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "detect/decode/decoder.hpp"

namespace chairside {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(CHAIRSIDE_SOURCE_DIR) / "tests/detect/golden";

struct Golden {
    nlohmann::json json;
    std::vector<OutputInfo> infos;
    std::vector<std::vector<float>> data;
    std::vector<TensorView> tensors;
    LayoutHints hints;
    DecodeParams params;
};

Golden load(const std::string& name) {
    Golden g;
    std::ifstream in(kFolder / (name + ".json"));
    g.json = nlohmann::json::parse(in);
    for (const auto& output : g.json["outputs"]) {
        g.infos.push_back({output["names"].get<std::vector<std::string>>(),
                           output["shape"].get<std::vector<std::int64_t>>()});
        g.data.push_back(output["data"].get<std::vector<float>>());
    }
    for (std::size_t i = 0; i < g.infos.size(); ++i)
        g.tensors.push_back({g.infos[i].shape, g.data[i].data()});
    g.params = {g.json["width"], g.json["height"], g.json["score"].get<float>(), g.json["iou"].get<float>()};
    g.hints.input_width = g.params.width;
    g.hints.input_height = g.params.height;
    g.hints.tensorflow = g.json["hints"].value("tensorflow", false);
    g.hints.labels = g.json["hints"].value("labels", std::vector<std::string>{});
    return g;
}

class DecoderGolden : public testing::TestWithParam<const char*> {};

TEST_P(DecoderGolden, IsRecognisedByItsOutputsAlone) {
    const Golden g = load(GetParam());
    const auto layout = recognise(g.infos, g.hints);
    ASSERT_TRUE(layout) << layout.error().message;
    EXPECT_EQ(to_string(layout->family), g.json["decoder"].get<std::string>());
    EXPECT_EQ(layout->person, g.json["person"].get<int>());
}

TEST_P(DecoderGolden, GivesTheBoxesOfItsOwnPackage) {
    const Golden g = load(GetParam());
    const auto layout = recognise(g.infos, g.hints);
    ASSERT_TRUE(layout) << layout.error().message;
    auto boxes = decode(*layout, g.tensors, g.params);
    ASSERT_TRUE(boxes) << boxes.error().message;
    const auto& expected = g.json["expected"];
    ASSERT_EQ(boxes->size(), expected.size());
    constexpr float kPixels = 2e-3f;
    std::vector<bool> used(boxes->size());
    for (const auto& row : expected) {  // boxes of equal score may stand in either order
        const auto found = std::find_if(boxes->begin(), boxes->end(), [&](const ScoredBox& b) {
            return !used[&b - boxes->data()] && std::abs(b.score - row[4].get<float>()) < 1e-5f &&
                   std::abs(b.x0 - row[0].get<float>()) < kPixels &&
                   std::abs(b.y0 - row[1].get<float>()) < kPixels &&
                   std::abs(b.x1 - row[2].get<float>()) < kPixels &&
                   std::abs(b.y1 - row[3].get<float>()) < kPixels;
        });
        ASSERT_NE(found, boxes->end()) << "no box " << row;
        used[found - boxes->begin()] = true;
    }
}

TEST_P(DecoderGolden, RefusesTensorsOfOtherShapes) {
    Golden g = load(GetParam());
    const auto layout = recognise(g.infos, g.hints);
    ASSERT_TRUE(layout);
    for (auto& tensor : g.tensors)
        tensor.shape.back() = 3;
    if (g.tensors.size() == 1) g.tensors.front().shape = {1, 3, 3};
    EXPECT_FALSE(decode(*layout, g.tensors, g.params));
    EXPECT_FALSE(decode(*layout, {}, g.params));
}

TEST_P(DecoderGolden, LeavesOutBoxesThatAreNotNumbers) {
    Golden g = load(GetParam());
    const auto layout = recognise(g.infos, g.hints);
    ASSERT_TRUE(layout);
    for (auto& data : g.data)
        std::fill(data.begin(), data.end(), std::numeric_limits<float>::quiet_NaN());
    const auto boxes = decode(*layout, g.tensors, g.params);
    ASSERT_TRUE(boxes);
    EXPECT_TRUE(boxes->empty());
}

INSTANTIATE_TEST_SUITE_P(Families, DecoderGolden,
                         testing::Values("yolox", "yolov5", "yolov8", "yolo-e2e", "detr-rt", "detr-rf",
                                         "detr-finished", "ssd-rows", "ssd-tensorflow", "ssd-raw-coco",
                                         "ssd-raw-pedestrian", "nanodet"),
                         [](const auto& test) {
                             std::string name = test.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace chairside
