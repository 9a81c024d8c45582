#include "base/log.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace chairside {
namespace {

class Log : public ::testing::Test {
  protected:
    void SetUp() override {
        dir_ = std::filesystem::temp_directory_path() / ("chairside-log-" + std::to_string(getpid()));
        std::filesystem::create_directories(dir_);
        options_.file = dir_ / "chairside.log";
        options_.console = false;
        options_.branch = "DEMO";
        options_.device = "pc-1";
    }
    void TearDown() override {
        ASSERT_TRUE(init_log({}));
        std::filesystem::remove_all(dir_);
    }
    std::vector<std::string> lines() {
        flush_log();
        std::ifstream in(options_.file);
        std::vector<std::string> out;
        for (std::string line; std::getline(in, line);)
            out.push_back(line);
        return out;
    }
    std::filesystem::path dir_;
    LogOptions options_;
};

TEST_F(Log, JsonLinesCarryDeviceCameraAndFields) {
    options_.json = true;
    ASSERT_TRUE(init_log(options_));
    log_info("front", "camera \"opened\"\nnow", {{"fps", "10"}});
    const auto line = nlohmann::json::parse(lines().at(0));
    EXPECT_EQ(line["device"], "pc-1");
    EXPECT_EQ(line["branch"], "DEMO");
    EXPECT_EQ(line["camera"], "front");
    EXPECT_EQ(line["level"], "info");
    EXPECT_EQ(line["message"], "camera \"opened\"\nnow");
    EXPECT_EQ(line["fps"], "10");
}

TEST_F(Log, ALineIsInTheFileOnceItIsSaid) {
    ASSERT_TRUE(init_log(options_));
    log_info("", "the dashboard is served");
    std::ifstream in(options_.file);
    std::string line;
    EXPECT_TRUE(std::getline(in, line)) << "whoever waits for it would wait for the next warning";
}

TEST_F(Log, SecretsAreMaskedEverywhere) {
    mask_in_log("s3cret-pass");
    for (const bool json : {false, true}) {
        options_.json = json;
        ASSERT_TRUE(init_log(options_));
        log_error("front", "cannot open rtsp://user:s3cret-pass@host", {{"url", "s3cret-passs3cret-pass"}});
    }
    for (const auto& line : lines())
        EXPECT_EQ(line.find("s3cret"), std::string::npos) << line;
    EXPECT_EQ(lines().size(), 2u);
}

TEST_F(Log, TextStaysOnOneLine) {
    ASSERT_TRUE(init_log(options_));
    log_warning("", "first\nsecond\x1b[31m", {{"why", "a b"}});
    ASSERT_EQ(lines().size(), 1u);
    EXPECT_NE(lines()[0].find("WARNING pc-1/- first\\nsecond?[31m why=\"a b\""), std::string::npos)
        << lines()[0];
}

TEST_F(Log, BelowTheLevelIsNotWritten) {
    options_.level = LogLevel::kWarning;
    ASSERT_TRUE(init_log(options_));
    log_info("", "quiet");
    log_warning("", "loud");
    EXPECT_EQ(lines().size(), 1u);
}

TEST_F(Log, FilesRotateAndOldOnesGo) {
    options_.max_bytes = 4096;
    options_.max_files = 2;
    ASSERT_TRUE(init_log(options_));
    for (int i = 0; i < 400; ++i)
        log_info("", "a line of some length to fill the file with " + std::to_string(i));
    flush_log();
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir_)) {
        EXPECT_LE(entry.file_size(), 4096u + 200u);
        ++files;
    }
    EXPECT_EQ(files, 3u);  // the current one and two old ones
}

TEST_F(Log, AFolderThatIsNotThereAndCannotBeIsAnError) {
    options_.file = "/proc/nowhere/chairside.log";
    const auto result = init_log(options_);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("/proc/nowhere"), std::string::npos);
}

TEST_F(Log, LinesThatTheDiskDoesNotTakeAreCountedAndToldUntilItDoes) {
    ASSERT_TRUE(init_log(options_));
    log_info("", "before");
    EXPECT_FALSE(log_loss().now);
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit full = before;
    full.rlim_cur = std::filesystem::file_size(options_.file);
    ::setrlimit(RLIMIT_FSIZE, &full);
    log_info("", "one");
    log_info("", "two");
    const LogLoss loss = log_loss();
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_TRUE(loss.now);
    EXPECT_EQ(loss.lines, 2u);
    EXPECT_NE(loss.why, "");
    log_info("", "after");
    EXPECT_FALSE(log_loss().now);
    EXPECT_NE(lines().back().find("after"), std::string::npos);
    const auto all = recent_log(4, LogLevel::kInfo);
    ASSERT_EQ(all.size(), 4u);
    EXPECT_EQ(all[1].message, "one") << "what the file did not take can be read on the dashboard";
}

TEST_F(Log, WrongUtf8DoesNotThrow) {
    options_.json = true;
    ASSERT_TRUE(init_log(options_));
    log_info("", "bad \xff\xfe bytes");
    EXPECT_TRUE(nlohmann::json::parse(lines().at(0), nullptr, false).is_object());
}

TEST_F(Log, TheLastLinesCanBeReadWithoutSecrets) {
    ASSERT_TRUE(init_log(options_));
    mask_in_log("pa55word-of-camera");
    log_warning("front", "refused pa55word-of-camera", {{"url", "rtsp://u:pa55word-of-camera@x"}});
    log_info("", "fine");
    const auto all = recent_log(2, LogLevel::kDebug);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].camera, "front");
    EXPECT_EQ(all[0].message, "refused ***");
    EXPECT_EQ(all[0].fields.at(0).second, "rtsp://u:***@x");
    EXPECT_EQ(all[1].message, "fine");
    EXPECT_EQ(recent_log(1, LogLevel::kWarning).at(0).message, "refused ***");
    for (std::size_t i = 0; i < kRecentLines + 10; ++i)
        log_info("", std::to_string(i));
    EXPECT_EQ(recent_log(5000, LogLevel::kDebug).size(), kRecentLines);
}

}  // namespace
}  // namespace chairside
