// Which settings run: the file, over it the newest revision that fits, through refusals, restarts and other files.

#include "pipeline/config_revisions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace chairside {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr char kFile[] = R"(
cameras:
  - id: front
    source: rtsp://10.0.0.5/1
    zones: [{name: chair 1, type: CHAIR, polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}]
)";
constexpr char kNinety[] = R"({"dwell_time": {"chair": 90}})";
constexpr char kBad[] = R"({"dwell_time": {"chair": -1}})";
// Fits as long as no other camera has a zone of this name.
constexpr char kBasin[] =
    R"({"cameras": {"front": {"zones": [{"name": "basin", "type": "WASH", "polygon": [[0,0],[1,0],[1,1]]}]}}})";

class Revisions : public ::testing::Test {
  protected:
    void SetUp() override {
        dir_ = std::filesystem::temp_directory_path() / ("chairside-revisions-" + std::to_string(getpid()));
        std::filesystem::remove_all(dir_);
        std::filesystem::create_directories(dir_);
        open();
    }
    void TearDown() override { std::filesystem::remove_all(dir_); }
    void open() {
        store_.reset();
        store_ = Store::open({dir_ / "store.db", "DEMO", "pc-1"}).value();
    }
    ConfigRevisions revisions(const std::string& file = kFile) {
        return {parse_config(file, "c.yaml", "/srv", {.check_paths = false}).value(), *store_};
    }
    static Duration dwell(const Config& config) { return config.cameras.at(0).zones.at(0).dwell; }

    std::filesystem::path dir_;
    std::unique_ptr<Store> store_;
};

TEST_F(Revisions, WithoutAnyTheFileRuns) {
    auto r = revisions();
    EXPECT_EQ(dwell(r.begin()), 120s);
    EXPECT_FALSE(r.next());
    EXPECT_EQ(r.report().revision, 0);
    EXPECT_FALSE(r.report().refused);
}

TEST_F(Revisions, ANewOneIsTakenUpOnceAndOutlivesARestart) {
    {
        auto r = revisions();
        r.begin();
        ASSERT_TRUE(store_->keep_config(1, kNinety));
        const auto config = r.next();
        ASSERT_TRUE(config);
        EXPECT_EQ(dwell(*config), 90s);
        EXPECT_EQ(r.report().revision, 1);
        EXPECT_FALSE(r.next());
    }
    open();
    auto r = revisions();
    EXPECT_EQ(dwell(r.begin()), 90s);
    EXPECT_EQ(r.report().revision, 1);
}

TEST_F(Revisions, OneThatDoesNotFitIsReportedAndTheOldOneStaysAlsoAfterARestart) {
    auto r = revisions();
    r.begin();
    ASSERT_TRUE(store_->keep_config(1, kNinety));
    ASSERT_TRUE(r.next());
    ASSERT_TRUE(store_->keep_config(2, kBad));
    EXPECT_FALSE(r.next());
    EXPECT_EQ(r.report().revision, 1);
    EXPECT_EQ(r.report().refused, 2);
    EXPECT_THAT(r.report().error, HasSubstr("dwell_time.chair: found '-1'"));
    EXPECT_FALSE(r.next()) << "told once";
    open();
    auto again = revisions();
    EXPECT_EQ(dwell(again.begin()), 90s);
    EXPECT_EQ(again.report().revision, 1);
    EXPECT_EQ(again.report().refused, 2);
    EXPECT_THAT(again.report().error, HasSubstr("dwell_time"));
    ASSERT_TRUE(store_->keep_config(3, R"({"dwell_time": {"chair": 80}})"));
    EXPECT_EQ(dwell(again.next().value()), 80s);
    EXPECT_FALSE(again.report().refused);
}

TEST_F(Revisions, FetchedButNotTakenUpBeforeAKillItRunsWithTheNextStart) {
    ASSERT_TRUE(store_->keep_config(1, kNinety));
    open();
    auto r = revisions();
    EXPECT_EQ(dwell(r.begin()), 90s);
    EXPECT_EQ(store_->running_config().value()->revision, 1);
}

TEST_F(Revisions, AFileThatTheRunningOneDoesNotFitAnyMoreRunsAloneUntilItIsPutRight) {
    ASSERT_TRUE(store_->keep_config(1, kBasin));
    {
        auto r = revisions();
        EXPECT_EQ(r.begin().cameras.at(0).zones.at(0).name, "basin");
    }
    const std::string second = std::string(kFile) + R"(  - id: back
    source: rtsp://10.0.0.6/1
    zones: [{name: basin, type: WASH, polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}]
)";
    {
        auto r = revisions(second);
        EXPECT_EQ(r.begin().cameras.at(0).zones.at(0).name, "chair 1");
        EXPECT_EQ(r.report().revision, 0);
        EXPECT_EQ(r.report().refused, 1);
        EXPECT_THAT(r.report().error, HasSubstr("already a zone"));
    }
    auto r = revisions();
    EXPECT_EQ(r.begin().cameras.at(0).zones.at(0).name, "basin");
    EXPECT_FALSE(r.report().refused);
}

}  // namespace
}  // namespace chairside
