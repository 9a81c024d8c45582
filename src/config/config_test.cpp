#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace chairside {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

const std::string kCamera = "cameras: [{id: c, source: rtsp://10.0.0.5/1}]\n";

ConfigResult parse(const std::string& yaml, const ConfigOptions& options = {.check_paths = false}) {
    return parse_config(yaml, "test.yaml", "/srv/shop", options);
}

std::string errors(const ConfigResult& result) {
    std::string out;
    if (!result)
        for (const auto& error : result.error())
            out += error.to_string() + "\n";
    return out;
}

Config parsed(const std::string& yaml) {
    auto result = parse(yaml);
    EXPECT_TRUE(result) << errors(result);
    return result ? *result : Config{};
}

class Folder {
  public:
    Folder() { fs::create_directories(path_); }
    ~Folder() { fs::remove_all(path_); }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_ = fs::path(::testing::TempDir()) / ("chairside_config_" + std::to_string(getpid()));
};

TEST(Config, KeysOfTheFirstDescriptionKeepTheirMeaning) {
    const Config config = parsed(kCamera +
                                 "dwell_time: {chair: 100, wash: 50, wait: 20}\n"
                                 "supabase: {url: https://x.supabase.co, key: k123, branch_code: DEMO2}\n"
                                 "runtime: {heartbeat_interval: 15, target_fps: 7}\n");
    EXPECT_EQ(config.supabase.url, "https://x.supabase.co");
    EXPECT_EQ(config.supabase.key, "k123");
    EXPECT_EQ(config.branch_code, "DEMO2");
    EXPECT_EQ(config.logging.branch, "DEMO2");
    EXPECT_EQ(config.runtime.heartbeat_interval, 15s);
    EXPECT_EQ(config.cameras[0].target_fps, 7);
}

TEST(Config, ZoneTakesItsTimesFromItselfThenItsTypeThenTheDefaults) {
    const std::string zones =
        "cameras:\n- id: c\n  source: a.avi\n  zones:\n"
        "  - {name: a, type: CHAIR, polygon: &p [[0, 0], [1, 0], [1, 1]], dwell_time: 3 min, grace: 1}\n"
        "  - {name: b, type: CHAIR, polygon: *p}\n"
        "  - {name: c, type: WASH, polygon: *p}\n";
    const Config config = parsed("dwell_time: {chair: 100}\ngrace: {chair: 20 s}\n" + zones);
    const auto& z = config.cameras[0].zones;
    EXPECT_EQ(z[0].dwell, 3min);
    EXPECT_EQ(z[0].grace, 1s);
    EXPECT_EQ(z[1].dwell, 100s);
    EXPECT_EQ(z[1].grace, 20s);
    EXPECT_EQ(z[2].dwell, default_dwell(ZoneType::kWash));
    EXPECT_EQ(z[2].grace, default_grace(ZoneType::kWash));
}

TEST(Config, TopLevelTimesMayStandBelowTheCameras) {
    const std::string camera =
        "cameras: [{id: c, source: a.avi, zones: [{name: a, type: WAIT, polygon: [[0, 0], [1, 0], [1, "
        "1]]}]}]\n";
    EXPECT_EQ(parsed(camera + "dwell_time: {wait: 77}\n").cameras[0].zones[0].dwell, 77s);
}

TEST(Config, CamerasTakeFrameRateAndTilesFromTheDefaults) {
    const Config config = parsed(
        "runtime: {target_fps: 4}\ndetector: {tiles: 2x1}\n"
        "cameras: [{id: a, source: a.avi}, {id: b, source: b.avi, target_fps: 8, tiles: 1x1}]\n");
    EXPECT_EQ(config.cameras[0].target_fps, 4);
    EXPECT_EQ(config.cameras[0].tiles, (Tiles{2, 1}));
    EXPECT_EQ(config.cameras[1].target_fps, 8);
    EXPECT_EQ(config.cameras[1].tiles, (Tiles{1, 1}));
}

TEST(Config, RelativePathsAreAgainstTheFileAndAbsoluteOnesStay) {
    const Config config = parsed(
        "cameras: [{id: a, source: videos/../a.avi}, {id: b, source: /v/b.avi}]\n"
        "storage: {path: data/x.db}\nreports: {dir: /var/reports}\nlogging: {file: log}\n"
        "detector: {model: m/net.onnx, models_dir: models}\n");
    EXPECT_EQ(config.cameras[0].source, "/srv/shop/a.avi");
    EXPECT_EQ(config.cameras[1].source, "/v/b.avi");
    EXPECT_EQ(config.storage.path, "/srv/shop/data/x.db");
    EXPECT_EQ(config.runtime.socket, "/srv/shop/data/x.db.sock");
    EXPECT_EQ(config.reports.dir, "/var/reports");
    EXPECT_EQ(config.logging.file, "/srv/shop/log");
    EXPECT_EQ(config.detector.model, "/srv/shop/m/net.onnx");
    EXPECT_EQ(config.detector.models_dir, "/srv/shop/models");
}

TEST(Config, DefaultPlacesAreBesideTheFile) {
    const Config config = parsed(kCamera);
    EXPECT_EQ(config.storage.path, "/srv/shop/chairside.db");
    EXPECT_EQ(config.reports.dir, "/srv/shop/reports");
    EXPECT_EQ(config.runtime.socket, "/srv/shop/chairside.db.sock");
    EXPECT_TRUE(config.logging.file.empty());
    EXPECT_EQ(config.detector.model, "nanodet-g-416");
}

TEST(Config, StreamsAndDevicesAreLiveAndFilesAreNot) {
    const Config config = parsed(
        "cameras: [{id: a, source: rtsp://h/1}, {id: b, source: /dev/video0}, {id: c, source: c.avi, "
        "start_time: "
        "2026-11-22T09:00:00+01:00}]\n");
    EXPECT_TRUE(config.cameras[0].live);
    EXPECT_TRUE(config.cameras[1].live);
    EXPECT_FALSE(config.cameras[2].live);
    EXPECT_EQ(config.cameras[2].start_time, WallTime(1795334400s));
}

TEST(Config, DeviceIsNamedAfterTheHostUnlessSaid) {
    EXPECT_THAT(parsed(kCamera).device_id, ::testing::MatchesRegex("[A-Za-z0-9_-]+"));
    EXPECT_EQ(parsed(kCamera + "device: {id: pc-1}\n").device_id, "pc-1");
    EXPECT_EQ(parsed(kCamera + "device: {id: pc-1}\n").logging.device, "pc-1");
}

TEST(Config, ReportsNeedNoCamera) {
    EXPECT_FALSE(parse("dashboard: {listen: \"off\"}\n"));
    EXPECT_TRUE(parse("storage: {path: x.db}\n")) << "the dashboard asks for one";
    EXPECT_TRUE(parse("storage: {path: x.db}\n", {.check_paths = false, .need_cameras = false}));
    EXPECT_TRUE(parse("", {.check_paths = false, .need_cameras = false}));
}

TEST(Config, ErrorsAreInTheOrderOfTheFile) {
    const auto result = parse(
        "storage: {retention_days: x}\ncameras: 1\nbranch: {timezone: Mars}\nruntime: {target_fps: 0}\n");
    ASSERT_FALSE(result);
    std::vector<int> lines;
    for (const auto& error : result.error())
        lines.push_back(error.line);
    EXPECT_THAT(lines, ::testing::ElementsAre(1, 2, 3, 4));
}

TEST(Config, ErrorTextHasFileLineColumnAndKey) {
    const ConfigError error{"config.yaml", 12, 5, "cameras[0].id", "is missing"};
    EXPECT_EQ(error.to_string(), "config.yaml:12:5: cameras[0].id: is missing");
    EXPECT_EQ((ConfigError{"config.yaml", 0, 0, "", "the file does not exist"}).to_string(),
              "config.yaml: the file does not exist");
}

TEST(Config, NamesKnownElsewhereAreSentThere) {
    EXPECT_THAT(errors(parse(kCamera + "nms_iou: 0.5\n")), HasSubstr("it belongs in 'detector'"));
    EXPECT_THAT(errors(parse(kCamera + "logging: {retention_days: 5}\n")),
                HasSubstr("it belongs in 'storage'"));
}

TEST(LoadConfig, ReadsAFileAndResolvesAgainstItsFolder) {
    const Folder folder;
    std::ofstream(folder.path() / "clip.avi") << "x";
    std::ofstream(folder.path() / "c.yaml") << "cameras: [{id: c, source: clip.avi}]\n";
    const auto config = load_config(folder.path() / "c.yaml");
    ASSERT_TRUE(config) << errors(config);
    EXPECT_EQ(config->file, folder.path() / "c.yaml");
    EXPECT_EQ(config->cameras[0].source, (folder.path() / "clip.avi").string());
    EXPECT_FALSE(fs::exists(folder.path() / "reports")) << "reading a configuration makes nothing";
}

TEST(LoadConfig, WhatIsNoFileIsAClearError) {
    const Folder folder;
    EXPECT_THAT(errors(load_config(folder.path() / "none.yaml")),
                HasSubstr("none.yaml: the file does not exist"));
    EXPECT_THAT(errors(load_config(folder.path())), HasSubstr("is not a file"));
    EXPECT_THAT(errors(load_config("/dev/zero")), HasSubstr("is not a file"));
    std::ofstream(folder.path() / "large.yaml") << std::string(2u << 20, '#');
    EXPECT_THAT(errors(load_config(folder.path() / "large.yaml")), HasSubstr("larger than the limit"));
}

TEST(Paths, FoldersThatCanBeMadeAreFine) {
    const Folder folder;
    const auto result =
        parse_config(kCamera + "storage: {path: a/b/c/x.db}\nreports: {dir: a/r}\nlogging: {file: l/x.log}\n",
                     "test", folder.path());
    EXPECT_EQ(errors(result), "");
    EXPECT_THAT(fs::is_empty(folder.path()), true);
}

TEST(Paths, WhatIsTakenByAnotherKindOfFileIsAnError) {
    const Folder folder;
    std::ofstream(folder.path() / "file") << "x";
    const auto fails = [&](const std::string& yaml) {
        return errors(parse_config(kCamera + yaml, "test", folder.path()));
    };
    EXPECT_THAT(fails("reports: {dir: file}\n"), HasSubstr("reports.dir"));
    EXPECT_THAT(fails("reports: {dir: file/below}\n"), HasSubstr("cannot be made"));
    EXPECT_THAT(fails("storage: {path: .}\n"), HasSubstr("storage.path"));
    EXPECT_THAT(fails("detector: {models_dir: file}\n"), HasSubstr("detector.models_dir"));
}

TEST(Paths, WhatThisUserMayNotWriteIsAnError) {
    if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    const Folder folder;
    fs::create_directory(folder.path() / "locked");
    fs::permissions(folder.path() / "locked", fs::perms::owner_read | fs::perms::owner_exec);
    const auto result = parse_config(kCamera + "reports: {dir: locked/reports}\n", "test", folder.path());
    EXPECT_THAT(errors(result), HasSubstr("cannot be written"));
}

TEST(Paths, SourcesMustBeRegularFiles) {
    const Folder folder;
    ASSERT_EQ(mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
    const auto result = parse_config("cameras: [{id: c, source: pipe}]\n", "test", folder.path());
    EXPECT_THAT(errors(result), HasSubstr("is not a regular file"));
}

}  // namespace
}  // namespace chairside
