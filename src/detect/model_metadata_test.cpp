#include "detect/model_metadata.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace chairside {
namespace {

namespace fs = std::filesystem;

class Metadata : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("metadata_test." + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    fs::path write(const std::string& name, const std::string& bytes) {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return folder_ / name;
    }
    fs::path folder_;
};

// Wire format of a protocol-buffer field of bytes.
std::string field(int number, const std::string& bytes) {
    std::string out(1, static_cast<char>(number << 3 | 2));
    std::size_t n = bytes.size();
    for (; n >= 128; n >>= 7)
        out += static_cast<char>(0x80 | (n & 0x7f));
    return out + static_cast<char>(n) + bytes;
}

std::string onnx_model() {
    const std::string version("\x08\x07", 2);  // ir_version 7
    const std::string graph = field(7, std::string(100000, 'g'));
    return version + graph + field(14, field(1, "names") + field(2, "{0: 'person', 1: \"hair drier\"}")) +
           field(14, field(1, "imgsz") + field(2, "[416, 640]"));
}

TEST_F(Metadata, OnnxPropertiesAreRead) {
    const auto m = read_metadata(write("m.onnx", onnx_model()));
    EXPECT_EQ(m.labels, (std::vector<std::string>{"person", "hair drier"}));
    EXPECT_EQ(m.input_width, 640);
    EXPECT_EQ(m.input_height, 416);
}

TEST_F(Metadata, EveryTruncationOfAnOnnxFileIsHarmless) {
    const std::string whole = onnx_model();
    for (std::size_t n = whole.size() - 80; n < whole.size(); ++n)
        EXPECT_LE(onnx_metadata(write("cut.onnx", whole.substr(0, n))).size(), 1u);
    EXPECT_TRUE(onnx_metadata(write("ff.onnx", std::string(1000, '\xff'))).empty());
    EXPECT_TRUE(onnx_metadata(folder_ / "none.onnx").empty());
}

TEST_F(Metadata, ModelInfoOfAnIrIsRead) {
    const auto m = read_metadata(write("m.xml", R"(<net><rt_info><model_info>
        <labels value="person traffic_light"/><scale_values value="[58.395, 57.12, 57.375]" /><mean_values value="123 116 103"/>
        <reverse_input_channels value="True"/><resize_type value="fit_to_window"/><embedded_processing value="YES"/>
        <model_type value="a&amp;b &lt;c&gt;"/></model_info></rt_info></net>)"));
    EXPECT_EQ(m.labels, (std::vector<std::string>{"person", "traffic_light"}));
    EXPECT_EQ(m.scale, (std::vector<double>{58.395, 57.12, 57.375}));
    EXPECT_EQ(m.mean, (std::vector<double>{123, 116, 103}));
    EXPECT_TRUE(m.reverse_channels);
    EXPECT_TRUE(m.preprocessing_inside);
    EXPECT_EQ(m.resize_type, "fit_to_window");
    EXPECT_EQ(m.model_type, "a&b <c>");
}

TEST_F(Metadata, BrokenModelInfoIsHarmless) {
    EXPECT_TRUE(ir_model_info("<model_info><a value=\"1").empty());
    EXPECT_TRUE(ir_model_info("</model_info><model_info>").empty());
    EXPECT_TRUE(ir_model_info("<model_info><a value=></model_info>").empty());
    EXPECT_TRUE(ir_model_info("").empty());
}

TEST_F(Metadata, OtherFilesSayNothing) {
    const auto m = read_metadata(write("m.pb", "x"));
    EXPECT_TRUE(m.labels.empty() && m.mean.empty() && m.model_type.empty());
}

}  // namespace
}  // namespace chairside
