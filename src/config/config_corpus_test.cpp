// Every file of tests/corpus/configs: good ones are accepted, bad ones give exactly the errors in the .errors
// beside. UPDATE_GOLDEN=1 in the environment rewrites those; read the difference before you keep it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "config/config.hpp"

namespace chairside {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(CHAIRSIDE_SOURCE_DIR) / "tests/corpus/configs";

std::string read_file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream out;
    out << stream.rdbuf();
    return out.str();
}

std::vector<fs::path> configs_in(const char* folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(kCorpus / folder))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

// Paths are checked only where they are what is wrong, so that the result does not depend on the machine.
ConfigResult parse_file(const fs::path& file) {
    ConfigOptions options;
    options.check_paths = file.filename().string().rfind("path_", 0) == 0;
    return parse_config(read_file(file), file.filename().string(), file.parent_path(), options);
}

std::string errors_of(const ConfigResult& result) {
    std::string out;
    if (result) return out;
    for (const auto& error : result.error())
        out += error.to_string() + "\n";
    const std::string here = CHAIRSIDE_SOURCE_DIR;
    for (std::size_t at; (at = out.find(here)) != std::string::npos;)
        out.replace(at, here.size(), "<source>");
    return out;
}

TEST(ConfigCorpus, EveryGoodConfigurationIsAccepted) {
    setenv("CHAIRSIDE_TEST_PASSWORD", "p@ss/word", 1);
    setenv("CHAIRSIDE_TEST_SOURCE", "rtsp://10.0.0.6/live", 1);
    const auto files = configs_in("good");
    EXPECT_GE(files.size(), 5u);
    for (const auto& file : files)
        EXPECT_EQ(errors_of(parse_file(file)), "") << file.filename();
}

TEST(ConfigCorpus, EveryBadConfigurationGivesExactlyTheExpectedErrors) {
    unsetenv("CHAIRSIDE_TEST_NOT_SET");
    const auto files = configs_in("bad");
    EXPECT_GE(files.size(), 40u);
    const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
    for (const auto& file : files) {
        const std::string errors = errors_of(parse_file(file));
        EXPECT_NE(errors, "") << file.filename() << " was accepted";
        const fs::path golden = fs::path(file).replace_extension(".errors");
        if (update) std::ofstream(golden, std::ios::binary) << errors;
        EXPECT_EQ(errors, read_file(golden)) << file.filename();
    }
}

TEST(ConfigCorpus, EveryErrorHasAPositionAndSaysWhatIsAllowed) {
    for (const auto& file : configs_in("bad")) {
        const auto result = parse_file(file);
        ASSERT_FALSE(result) << file.filename();
        for (const auto& error : result.error()) {
            EXPECT_EQ(error.file, file.filename());
            EXPECT_GT(error.message.size(), 15u) << error.to_string();
            EXPECT_GE(error.line, 1) << error.to_string();
            EXPECT_GE(error.column, 1) << error.to_string();
        }
    }
}

TEST(ConfigCorpus, NoErrorRepeatsASecret) {
    for (const auto& file : configs_in("bad")) {
        const std::string errors = errors_of(parse_file(file));
        for (const char* secret : {"verysecret", "geheim", "pa/ss", "c2lnbmF0dXJl"})
            EXPECT_EQ(errors.find(secret), std::string::npos) << errors;
    }
}

TEST(ConfigCorpus, TheExampleOfTheRepositoryIsAccepted) {
    const fs::path file = fs::path(CHAIRSIDE_SOURCE_DIR) / "config/example.yaml";
    setenv("CAMERA_PASSWORD", "secret", 1);
    setenv("ENTRANCE_CAMERA", "rtsp://10.0.0.6/live", 1);
    const fs::path folder = fs::path(::testing::TempDir()) / "chairside_example";
    fs::create_directories(folder / "secrets");
    std::ofstream(folder / "secrets/supabase.key") << "sb_publishable_x\n";
    std::ofstream(folder / "secrets/supabase.password") << "word\n";
    const auto config = parse_config(read_file(file), "example.yaml", folder);
    EXPECT_EQ(errors_of(config), "");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->cameras.size(), 2u);
    EXPECT_EQ(config->supabase.key, "sb_publishable_x");
    fs::remove_all(folder);
}

}  // namespace
}  // namespace chairside
