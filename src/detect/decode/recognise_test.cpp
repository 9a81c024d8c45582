#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/decode/decoder.hpp"

namespace chairside {
namespace {

using testing::HasSubstr;

LayoutHints at_640() {
    LayoutHints hints;
    hints.input_width = hints.input_height = 640;
    return hints;
}

Family family_of(const std::vector<OutputInfo>& outputs, const LayoutHints& hints = at_640()) {
    const auto layout = recognise(outputs, hints);
    EXPECT_TRUE(layout) << layout.error().message;
    return layout ? layout->family : Family::kSsd;
}

TEST(Recognise, KnowsTheExportsOfEachFamilyAtTheirUsualSizes) {
    EXPECT_EQ(family_of({{{"output"}, {1, 8400, 85}}}), Family::kYolox);
    EXPECT_EQ(family_of({{{"output0"}, {1, 25200, 85}}}), Family::kYolov5);
    EXPECT_EQ(family_of({{{"output0"}, {1, 25200, 6}}}), Family::kYolov5);  // one class, no end-to-end table
    EXPECT_EQ(family_of({{{"output0"}, {1, 84, 8400}}}), Family::kYolov8);
    EXPECT_EQ(family_of({{{"output0"}, {1, 5, 8400}}}), Family::kYolov8);  // one class
    EXPECT_EQ(family_of({{{"output0"}, {1, 6, 8400}}}), Family::kYolov8);  // two classes
    EXPECT_EQ(family_of({{{"output0"}, {1, 300, 6}}}), Family::kYoloE2e);
    EXPECT_EQ(family_of({{{"logits"}, {1, 300, 80}}, {{"pred_boxes"}, {1, 300, 4}}}), Family::kDetr);
    EXPECT_EQ(family_of({{{"dets"}, {1, 300, 4}}, {{"labels"}, {1, 300, 91}}}), Family::kDetr);
    EXPECT_EQ(family_of({{{"boxes"}, {1, 1917, 1, 4}}, {{"scores"}, {1, 1917, 90}}}), Family::kSsdRaw);
    EXPECT_EQ(family_of({{{"detection_out"}, {1, 1, 200, 7}}}), Family::kSsd);
    EXPECT_EQ(family_of({{{"detections"}, {1, 8400, 124}}}), Family::kNanodet);
    LayoutHints at_416;
    at_416.input_width = at_416.input_height = 416;  // 64 does not divide it: cells are rounded up
    EXPECT_EQ(family_of({{{"output"}, {1, 3598, 112}}}, at_416), Family::kNanodet);
}

TEST(Recognise, FindsTheTableBesideMaskPrototypes) {
    const auto layout = recognise(
        std::vector<OutputInfo>{{{"output0"}, {1, 116, 8400}}, {{"output1"}, {1, 32, 160, 160}}}, at_640());
    ASSERT_TRUE(layout) << layout.error().message;
    EXPECT_EQ(layout->family, Family::kYolov8);
    EXPECT_EQ(layout->boxes, 0);
}

TEST(Recognise, TakesThePersonFromLabelsAndTheConfigurationOverThem) {
    LayoutHints hints = at_640();
    hints.labels = {"cat", "dog", "Person"};
    const std::vector<OutputInfo> outputs{{{"output0"}, {1, 7, 8400}}};
    EXPECT_EQ(recognise(outputs, hints)->person, 2);
    hints.person_class = 1;
    EXPECT_EQ(recognise(outputs, hints)->person, 1);
}

TEST(Recognise, PersonIsOneWhereCocoIsNumberedWithGaps) {
    EXPECT_EQ(
        recognise(std::vector<OutputInfo>{{{"dets"}, {1, 300, 4}}, {{"labels"}, {1, 300, 91}}}, at_640())
            ->person,
        1);
    EXPECT_EQ(recognise(std::vector<OutputInfo>{{{"pred_boxes"}, {1, 300, 4}}, {{"logits"}, {1, 300, 80}}},
                        at_640())
                  ->person,
              0);
}

TEST(Recognise, TheConfiguredDecoderWins) {
    LayoutHints hints = at_640();
    hints.decoder = "yolov5";
    EXPECT_EQ(family_of({{{"output"}, {1, 8400, 85}}}, hints), Family::kYolov5);
}

TEST(Recognise, ATransformerWithOneQueryDimensionUnknownIsStillOne) {
    EXPECT_EQ(family_of({{{"pred_logits"}, {1, -1, 80}}, {{"pred_boxes"}, {1, -1, 4}}}), Family::kDetr);
}

TEST(Recognise, AnUnknownLayoutListsWhatWasFoundAndWhatIsKnown) {
    const auto layout =
        recognise(std::vector<OutputInfo>{{{"embedding"}, {1, 512}}, {{"heat"}, {1, 17, -1, 48}}}, at_640());
    ASSERT_FALSE(layout);
    EXPECT_THAT(layout.error().message, HasSubstr("embedding [1,512], heat [1,17,?,48]"));
    for (const char* family : {"ssd ", "ssd-raw", "yolox", "yolov5", "yolov8", "yolo-e2e", "detr", "nanodet"})
        EXPECT_THAT(layout.error().message, HasSubstr(family));
}

TEST(Recognise, AnUnknownDecoderNameListsTheKnownOnes) {
    LayoutHints hints = at_640();
    hints.decoder = "yolo3";
    const auto layout = recognise(std::vector<OutputInfo>{{{"o"}, {1, 84, 8400}}}, hints);
    ASSERT_FALSE(layout);
    EXPECT_THAT(
        layout.error().message,
        HasSubstr("'yolo3' is not known; known are ssd, ssd-raw, yolox, yolov5, yolov8, yolo-e2e, detr, "
                  "nanodet"));
}

TEST(Recognise, AConfiguredDecoderThatDoesNotFitIsAnError) {
    LayoutHints hints = at_640();
    hints.decoder = "detr";
    const auto layout = recognise(std::vector<OutputInfo>{{{"output0"}, {1, 84, 8400}}}, hints);
    ASSERT_FALSE(layout);
    EXPECT_THAT(layout.error().message, HasSubstr("do not fit decoder 'detr'"));
}

TEST(Recognise, NoOutputsAtAllIsAnError) {
    EXPECT_FALSE(recognise({}, at_640()));
}

}  // namespace
}  // namespace chairside
