#include "config/added_cameras.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "config/branch_settings.hpp"

namespace chairside {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kFile[] = "cameras:\n  - {id: front, source: rtsp://10.0.0.5/a}\nruntime: {target_fps: 5}\n";
constexpr char kBack[] = R"({"source": "rtsp://owner:geheim@10.0.0.6/b"})";

class AddedCameras : public ::testing::Test {
  protected:
    void SetUp() override {
        dir_ = fs::path(::testing::TempDir()) / ("chairside-added-" + std::to_string(getpid()));
        fs::remove_all(dir_);
        fs::create_directories(dir_);
        write(kFile);
    }
    void TearDown() override { fs::remove_all(dir_); }
    void write(const std::string& yaml) const { std::ofstream(dir_ / "c.yaml") << yaml; }
    fs::path kept() const { return dir_ / "chairside.cameras.json"; }
    ConfigResult load() const { return load_config(dir_ / "c.yaml"); }
    static std::vector<std::string> ids(const Config& config) {
        std::vector<std::string> out;
        for (const auto& camera : config.cameras)
            out.push_back(camera.id + (camera.added ? " added" : ""));
        return out;
    }
    void add(const std::string& id, const std::string& members) const {
        const auto before = read_added_cameras(kept());
        ASSERT_TRUE(before);
        const auto text = with_camera(*before, id, members);
        ASSERT_TRUE(text) << text.error().message;
        ASSERT_TRUE(write_added_cameras(kept(), *text));
    }
    fs::path dir_;
};

TEST_F(AddedCameras, StandAfterThoseOfTheFileWithTheSameDefaults) {
    add("back", kBack);
    const auto config = load();
    ASSERT_TRUE(config) << in_words(config.error(), 500);
    EXPECT_THAT(ids(*config), ElementsAre("front", "back added"));
    EXPECT_EQ(config->cameras[1].source, "rtsp://owner:geheim@10.0.0.6/b");
    EXPECT_EQ(config->cameras[1].target_fps, 5);
    EXPECT_THAT(secrets_of(*config), ::testing::Contains("geheim"));
    EXPECT_TRUE(config->notes.empty());
}

TEST_F(AddedCameras, AreReadableByThisUserAlone) {
    add("back", kBack);
    struct stat info {};
    ASSERT_EQ(::stat(kept().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    // Also where somebody left a file that all may read.
    std::ofstream(kept().string() + ".part") << "x";
    add("side", kBack);
    ASSERT_EQ(::stat(kept().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    EXPECT_FALSE(fs::exists(kept().string() + ".part"));
}

TEST_F(AddedCameras, AMemberIsChangedOrTakenBack) {
    add("back", R"({"source": "rtsp://h/b", "tiles": "2x1", "target_fps": 3})");
    add("back", R"({"tiles": null, "source": "rtsp://h/c"})");
    const auto config = load();
    ASSERT_TRUE(config) << in_words(config.error(), 500);
    ASSERT_EQ(config->cameras.size(), 2u);
    EXPECT_EQ(config->cameras[1].source, "rtsp://h/c");
    EXPECT_EQ(config->cameras[1].target_fps, 3);
    EXPECT_EQ(config->cameras[1].tiles, Tiles{});
}

TEST_F(AddedCameras, WhatWasTypedNamesNoVariableOfThisMachine) {
    setenv("CHAIRSIDE_TEST_SECRET", "verysecret", 1);
    add("back", R"({"source": "rtsp://10.0.0.6/${CHAIRSIDE_TEST_SECRET}"})");
    const auto config = load();
    ASSERT_TRUE(config) << in_words(config.error(), 500);
    EXPECT_EQ(config->cameras[1].source, "rtsp://10.0.0.6/${CHAIRSIDE_TEST_SECRET}");
}

TEST_F(AddedCameras, AreEnoughForAFileWithoutACamera) {
    write("dashboard: {listen: off}\n");
    EXPECT_FALSE(load()) << "nothing to watch, and no page on which to change that";
    add("back", kBack);
    const auto config = load();
    ASSERT_TRUE(config) << in_words(config.error(), 500);
    EXPECT_THAT(ids(*config), ElementsAre("back added"));
    write("");
    EXPECT_THAT(ids(*load()), ElementsAre("back added"));
    fs::remove(kept());
    ASSERT_TRUE(load());
    EXPECT_TRUE(load()->cameras.empty()) << "the dashboard asks for the first";
}

TEST_F(AddedCameras, TheFilesCameraIsUsedWhereBothHaveOne) {
    add("front", kBack);
    const auto config = load();
    ASSERT_TRUE(config) << in_words(config.error(), 500);
    EXPECT_THAT(ids(*config), ElementsAre("front"));
    EXPECT_EQ(config->cameras[0].source, "rtsp://10.0.0.5/a");
    EXPECT_THAT(config->notes, ElementsAre(HasSubstr("'front'")));
}

TEST_F(AddedCameras, WhatDoesNotFitIsLeftOutAndToldWithoutItsPassword) {
    for (const char* broken : {R"({"cameras": [{"id": "back", "source": "ftp://owner:geheim@h/b"}]})", "{",
                               "[1]", R"({"cameras": [{"id": "back"}]})", R"({"cameras": 3})", "\xff\xfe"}) {
        std::ofstream(kept()) << broken;
        const auto config = load();
        ASSERT_TRUE(config) << broken << in_words(config.error(), 500);
        EXPECT_THAT(ids(*config), ElementsAre("front"));
        ASSERT_EQ(config->notes.size(), 1u) << broken;
        EXPECT_THAT(config->notes[0], HasSubstr("left out"));
        EXPECT_EQ(config->notes[0].find("geheim"), std::string::npos);
    }
}

TEST_F(AddedCameras, CanBeTakenOut) {
    add("back", kBack);
    add("side", kBack);
    const auto text = without_camera(*read_added_cameras(kept()), "back");
    ASSERT_TRUE(text);
    ASSERT_TRUE(write_added_cameras(kept(), *text));
    EXPECT_THAT(ids(*load()), ElementsAre("front", "side added"));
    EXPECT_EQ(without_camera(*text, "back").error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(without_camera(*text, "front").error().kind, ErrorKind::kNotFound);
}

TEST_F(AddedCameras, GetZonesFromTheDashboardAsOthersDo) {
    add("back", kBack);
    const auto with = with_settings(
        *load(),
        R"({"cameras": {"back": {"zones": [{"name": "basin", "type": "WASH", "polygon": [[0,0],[1,0],[1,1]]}]}}})",
        "zones");
    ASSERT_TRUE(with) << in_words(with.error(), 500);
    ASSERT_EQ(with->config.cameras.size(), 2u);
    ASSERT_EQ(with->config.cameras[1].zones.size(), 1u);
    EXPECT_EQ(with->config.cameras[1].zones[0].name, "basin");
    EXPECT_TRUE(with->config.cameras[1].added);
}

TEST_F(AddedCameras, AFolderThatCannotBeWrittenIsToldAndChangesNothing) {
    EXPECT_EQ(write_added_cameras(dir_ / "none" / "x.json", "{}").error().kind, ErrorKind::kIo);
    EXPECT_EQ(with_camera("{", "back", kBack).error().kind, ErrorKind::kInvalid);
}

TEST(NeedsRestart, NamesTheSectionsThatDiffer) {
    const auto read = [](const std::string& yaml) {
        return *parse_config(yaml, "test", "/srv", {.check_paths = false});
    };
    const Config before = read(kFile);
    EXPECT_THAT(needs_restart(before, before), ElementsAre());
    const Config after =
        read("cameras: [{id: a, source: rtsp://h/1}]\nruntime: {target_fps: 2}\ndwell_time: {chair: 3}\n");
    EXPECT_THAT(needs_restart(before, after), ElementsAre()) << "these change while it runs";
    EXPECT_THAT(needs_restart(before, read(std::string(kFile) + "mqtt: {url: 'mqtt://broker'}\n")),
                ElementsAre("mqtt"));
    EXPECT_THAT(
        needs_restart(before, read("detector: {threads: 1}\nstorage: {path: x}\ndashboard: {port: 1}\n")),
        ElementsAre("detector", "storage", "runtime", "dashboard"))
        << "the socket lies beside the store";
}

}  // namespace
}  // namespace chairside
