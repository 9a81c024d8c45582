#include "detect/quantized.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "detect/model_store.hpp"

namespace chairside {
namespace {

Quantized good() {
    return {"abc", "a CPU", 0.70, 0.699, 100, 130};
}

TEST(Quantized, IsUsedWhereItIsFasterAndAsGood) {
    EXPECT_EQ(why_not(good(), "abc", "a CPU"), "");
    auto better = good();
    better.ap_after = 0.71;
    EXPECT_EQ(why_not(better, "abc", "a CPU"), "");
}

TEST(Quantized, IsNotUsedWhereItLosesOnePercentOrMore) {
    auto worse = good();
    worse.ap_after = 0.693;
    EXPECT_NE(why_not(worse, "abc", "a CPU"), "");
    worse.ap_before = 0;
    EXPECT_NE(why_not(worse, "abc", "a CPU"), "");
}

TEST(Quantized, IsNotUsedWhereItIsNotFasterOrNobodyMeasured) {
    auto slow = good();
    slow.fps_after = 104;
    EXPECT_NE(why_not(slow, "abc", "a CPU"), "");
    EXPECT_NE(why_not(good(), "abc", "another CPU"), "");
    EXPECT_NE(why_not(good(), "other", "a CPU"), "");
    auto unknown = good();
    unknown.cpu.clear();
    EXPECT_NE(why_not(unknown, "abc", ""), "");
}

TEST(Quantized, NotesThatAreBrokenAreRefused) {
    EXPECT_FALSE(parse_quantized("", "x"));
    EXPECT_FALSE(parse_quantized("[]", "x"));
    EXPECT_FALSE(parse_quantized(R"({"of_sha256": 1})", "x"));
}

TEST(Quantized, IsFoundBesideTheModel) {
    const auto dir = std::filesystem::temp_directory_path() / ("chairside-int8-" + std::to_string(getpid()));
    std::filesystem::create_directories(dir / "net");
    std::filesystem::create_directories(dir / "net-int8");
    std::ofstream(dir / "net/model.pb") << "weights";
    EXPECT_EQ(quantized_version(dir / "net/model.pb", "net").error().kind, ErrorKind::kNotFound);
    const auto note = [&](double fps) {
        std::ofstream(dir / "net-int8/quantized.json")
            << R"({"of_sha256": ")" << file_sha256(dir / "net/model.pb").value() << R"(", "cpu": ")"
            << cpu_name() << R"(", "ap_before": 0.7, "ap_after": 0.7, "fps_before": 100, "fps_after": )"
            << fps << "}";
    };
    note(130);
    const auto found = quantized_version(dir / "net/model.pb", "net");
    if (cpu_name().empty()) GTEST_SKIP() << "this system does not say what CPU it has";
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->file, dir / "net-int8/model.xml");
    EXPECT_NE(found->words.find("1.30 times"), std::string::npos) << found->words;
    note(90);
    EXPECT_FALSE(quantized_version(dir / "net/model.pb", "net"));
    std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace chairside
