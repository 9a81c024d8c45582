#include "config/secrets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace chairside {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

class Secrets : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directories(folder_);
        setenv("CHAIRSIDE_TEST_A", "p@ss/w?", 1);
        setenv("CHAIRSIDE_TEST_EMPTY", "", 1);
        unsetenv("CHAIRSIDE_TEST_NOT_SET");
    }
    void TearDown() override { fs::remove_all(folder_); }

    ConfigResult parse(const std::string& source, const std::string& key = "sb_publishable_x") {
        return parse_config("cameras: [{id: c, source: " + source +
                                "}]\nsupabase: {url: https://x.supabase.co, key: " + key + "}\n",
                            "test", folder_, {.check_paths = false});
    }
    std::string errors(const ConfigResult& result) {
        std::string out;
        if (!result)
            for (const auto& error : result.error())
                out += error.to_string() + "\n";
        return out;
    }
    void write(const char* name, const std::string& text) {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }

    // Of this process alone: ctest runs each test as one, and several at once.
    fs::path folder_ = fs::path(::testing::TempDir()) / ("chairside_secrets_" + std::to_string(::getpid()));
};

TEST_F(Secrets, VariableInTheUserPartIsEncodedAndElsewhereNot) {
    std::vector<std::string> values;
    EXPECT_EQ(expand_environment("rtsp://u:${CHAIRSIDE_TEST_A}@h/${CHAIRSIDE_TEST_A}", values),
              Parsed<std::string>("rtsp://u:p%40ss%2Fw%3F@h/p@ss/w?"));
    EXPECT_THAT(values, ElementsAre("p@ss/w?", "p@ss/w?"));
}

TEST_F(Secrets, DollarsThatAreNoVariableStay) {
    std::vector<std::string> values;
    EXPECT_EQ(expand_environment("a$b$${c}$", values), Parsed<std::string>("a$b${c}$"));
    EXPECT_TRUE(values.empty());
}

TEST_F(Secrets, VariablesThatAreMissingEmptyOrMisspelledAreFaults) {
    std::vector<std::string> values;
    for (const char* text :
         {"${CHAIRSIDE_TEST_NOT_SET}", "${CHAIRSIDE_TEST_EMPTY}", "${}", "${1A}", "${A B}", "${A"})
        EXPECT_FALSE(expand_environment(text, values)) << text;
}

TEST_F(Secrets, FileGivesItsTextWithoutTheLineBreakAtTheEnd) {
    write("key", "sb_publishable_file\r\n");
    const auto config = parse("a.avi", "{file: key}");
    ASSERT_TRUE(config) << errors(config);
    EXPECT_EQ(config->supabase.key, "sb_publishable_file");
    EXPECT_THAT(config->secrets, ElementsAre("sb_publishable_file"));
}

TEST_F(Secrets, FilesThatCannotBeASecretAreFaults) {
    write("empty", "\n");
    write("large", std::string(70'000, 'x'));
    write("lines", "first\nsecond");
    for (const char* name : {"empty", "large", "lines", "missing", "."})
        EXPECT_THAT(errors(parse("a.avi", std::string("{file: ") + name + "}")), HasSubstr("test:2:"))
            << name;
    EXPECT_THAT(errors(parse("a.avi", "{file: lines}")), Not(HasSubstr("second")));
}

TEST_F(Secrets, DevicesAndPipesAreNotReadAsSecrets) {
    EXPECT_THAT(errors(parse("a.avi", "{file: /dev/zero}")), HasSubstr("is not a regular file"));
}

TEST_F(Secrets, WholeSourceFromTheEnvironmentIsTakenAsItIs) {
    setenv("CHAIRSIDE_TEST_SOURCE", "rtsp://u:pa${x}@h/1", 1);
    const auto config = parse("{env: CHAIRSIDE_TEST_SOURCE}");
    ASSERT_TRUE(config) << errors(config);
    EXPECT_EQ(config->cameras[0].source, "rtsp://u:pa${x}@h/1");
    EXPECT_TRUE(config->cameras[0].live);
}

TEST_F(Secrets, AllSecretsOfAConfigurationAreNamedForTheLog) {
    const auto config = parse("'rtsp://u:${CHAIRSIDE_TEST_A}@h/1?token=tok'", "sb_publishable_x");
    ASSERT_TRUE(config) << errors(config);
    EXPECT_THAT(secrets_of(*config),
                ::testing::UnorderedElementsAre("p@ss/w?", "p%40ss%2Fw%3F", "tok", "sb_publishable_x"));
}

TEST_F(Secrets, ErrorsNeverRepeatTheSecret) {
    setenv("CHAIRSIDE_TEST_SOURCE", "rtsp://u:hunter2@h:bad/1", 1);
    EXPECT_THAT(errors(parse("{env: CHAIRSIDE_TEST_SOURCE}")), Not(HasSubstr("hunter2")));
    EXPECT_THAT(errors(parse("a.avi", "{env: sb_secret_hunter2}")), Not(HasSubstr("hunter2")));
    EXPECT_THAT(errors(parse("a.avi", "{file: sb_secret_hunter2}")), Not(HasSubstr("hunter2")));
    EXPECT_THAT(errors(parse("a.avi", "[sb_secret_hunter2]")), Not(HasSubstr("hunter2")));
    EXPECT_THAT(errors(parse("a.avi", "\"hunter2\\nx\"")), Not(HasSubstr("hunter2")));
}

TEST(SupabaseKey, PublishableAndAnonymousKeysMayBeInAShop) {
    EXPECT_FALSE(key_fault("sb_publishable_abc"));
    EXPECT_FALSE(key_fault("YOUR_KEY"));
    EXPECT_FALSE(key_fault("a.b.c"));
    EXPECT_FALSE(key_fault("eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2ln"));  // role anon
}

TEST(SupabaseKey, KeysThatOpenEverythingMayNot) {
    EXPECT_TRUE(key_fault("sb_secret_abc"));
    EXPECT_TRUE(key_fault("eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2ln"));  // role service_role
}

}  // namespace
}  // namespace chairside
