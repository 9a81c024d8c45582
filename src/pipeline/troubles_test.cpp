#include "pipeline/troubles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace chairside {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Surroundings well() {
    Surroundings here;
    here.wall = WallTime(std::chrono::seconds(1'790'000'000));
    here.open_files = 60;
    here.most_open_files = 1024;
    here.memory_left_bytes = std::int64_t{4} << 30;
    return here;
}

std::ptrdiff_t lines_with(const std::string& words) {
    const auto lines = recent_log(kRecentLines, LogLevel::kInfo);
    return std::count_if(lines.begin(), lines.end(),
                         [&](const LogLine& line) { return line.message.find(words) != std::string::npos; });
}

TEST(Troubles, AreNoneWhereAllIsWell) {
    Troubles troubles;
    troubles.look(well());
    EXPECT_THAT(troubles.now(), IsEmpty());
}

TEST(Troubles, AreToldAsLongAsTheyLastAndLoggedOnce) {
    Troubles troubles;
    Surroundings here = well();
    const auto before = lines_with("may open no more files"), after = lines_with("files can be opened again");
    for (const int open : {0, 0, 1024, 1020}) {
        here.open_files = open;
        troubles.look(here);
        ASSERT_EQ(troubles.now().size(), 1u) << open;
        EXPECT_EQ(troubles.now()[0].what, "service");
        EXPECT_THAT(troubles.now()[0].words, HasSubstr("limit 1024"));
    }
    EXPECT_EQ(lines_with("may open no more files"), before + 1);
    troubles.look(well());
    EXPECT_THAT(troubles.now(), IsEmpty());
    EXPECT_EQ(lines_with("files can be opened again"), after + 1);
}

TEST(Troubles, SayWhatWaitsForTheDiskAndWhy) {
    Troubles troubles;
    Surroundings here = well();
    here.kept_batches = 3;
    here.store_words = "database or disk is full";
    here.log = {true, 7, "No space left on device"};
    troubles.look(here);
    const auto now = troubles.now();
    ASSERT_EQ(now.size(), 2u);
    EXPECT_EQ(now[0].what, "store");
    EXPECT_THAT(now[0].words, HasSubstr("3 changes wait; database or disk is full"));
    EXPECT_EQ(now[1].what, "disk");
    EXPECT_THAT(now[1].words, HasSubstr("No space left on device"));
}

TEST(Troubles, NameAnUnsetClockAndLittleMemory) {
    Troubles troubles;
    Surroundings here = well();
    here.wall = WallTime(std::chrono::minutes(3));
    here.memory_left_bytes = 10 << 20;
    troubles.look(here);
    const auto now = troubles.now();
    ASSERT_EQ(now.size(), 2u);
    EXPECT_THAT(now[0].words, HasSubstr("1970-01-01"));
    EXPECT_THAT(now[1].words, HasSubstr("10 MB"));
}

}  // namespace
}  // namespace chairside
