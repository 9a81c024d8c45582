#include "detect/model_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace chairside {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class Store : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("model_store_test." + std::to_string(getpid()));
        fs::create_directories(folder_ / "pedestrian-ssdlite");
    }
    void TearDown() override { fs::remove_all(folder_); }
    fs::path folder_;
};

TEST_F(Store, TheManifestInTheTreeIsValid) {
    const auto store = ModelStore::open(folder_);
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_EQ(store->entries().size(), 3u);
    for (const auto& entry : store->entries()) {
        EXPECT_FALSE(entry.licence.empty() || entry.decoder.empty() || entry.title.empty()) << entry.name;
        EXPECT_GE(entry.input_width, 300);
        EXPECT_GE(entry.person_class, 0);
        EXPECT_TRUE(entry.registry == "npm" || entry.registry == "pypi");
    }
}

TEST_F(Store, TheConfiguredFolderComesFirstAndAWrongHashIsSeen) {
    std::ofstream(folder_ / "pedestrian-ssdlite/model.pb") << "not the model";
    const auto store = ModelStore::open(folder_);
    ASSERT_TRUE(store);
    EXPECT_EQ(store->folders().front(), folder_);
    for (const auto& status : store->list()) {
        if (status.entry.name != "pedestrian-ssdlite") continue;
        EXPECT_EQ(status.file, folder_ / "pedestrian-ssdlite/model.pb");
        EXPECT_TRUE(status.present);
        EXPECT_FALSE(status.hash_ok);
    }
    const auto found = store->find("pedestrian-ssdlite");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->file, folder_ / "pedestrian-ssdlite/model.pb");
    ASSERT_TRUE(found->entry);
    EXPECT_EQ(found->entry->decoder, "ssd-raw");
}

TEST_F(Store, AnUnknownNameListsTheKnownOnesAndAPathIsTaken) {
    const auto store = ModelStore::open(folder_);
    ASSERT_TRUE(store);
    EXPECT_THAT(store->find("yolo").error().message,
                HasSubstr("names are nanodet-g-416, coco-ssdlite-mobilenet-v2, pedestrian-ssdlite"));
    std::ofstream(folder_ / "mine.onnx") << "x";
    const auto found = store->find((folder_ / "mine.onnx").string());
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->entry);
}

TEST_F(Store, HashesAreThoseOfSha256) {
    std::ofstream(folder_ / "abc") << "abc";
    EXPECT_EQ(*file_sha256(folder_ / "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    std::ofstream(folder_ / "empty");
    EXPECT_EQ(*file_sha256(folder_ / "empty"),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(file_sha256(folder_ / "none").error().kind, ErrorKind::kNotFound);
}

TEST_F(Store, FaultsOfAManifestNameTheMember) {
    EXPECT_THAT(parse_manifest("{", "m.json").error().message, HasSubstr("m.json: not valid JSON"));
    EXPECT_THAT(parse_manifest("[]", "m.json").error().message,
                HasSubstr("expected an object with a list 'models'"));
    EXPECT_THAT(parse_manifest(R"({"models": [7]})", "m.json").error().message,
                HasSubstr("models[0]: expected an object"));
    EXPECT_THAT(parse_manifest(R"({"models": [{"name": "a"}]})", "m.json").error().message,
                HasSubstr("models[0]: 'sha256'"));
}

}  // namespace
}  // namespace chairside
