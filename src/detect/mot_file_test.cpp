#include "detect/mot_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>

namespace chairside {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

std::vector<Detections> all(MotReader& reader, std::string* error = nullptr) {
    std::vector<Detections> frames;
    for (;;) {
        auto frame = reader.next();
        if (frame) {
            frames.push_back(std::move(*frame));
            continue;
        }
        if (error) *error = frame.error().message;
        EXPECT_TRUE(error || frame.error().kind == ErrorKind::kEnd) << frame.error().message;
        return frames;
    }
}

std::vector<Detections> parse(const std::string& text, MotOptions options = {}) {
    return all(*MotReader::from_text(text, "t", options));
}

std::string fault(const std::string& text, MotOptions options = {}) {
    std::string error;
    all(*MotReader::from_text(text, "det.txt", options), &error);
    return error;
}

class MotFile : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("mot_file_test." + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    fs::path write(const std::string& name, const std::string& bytes) {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return folder_ / name;
    }
    fs::path write_gz(const std::string& name, const std::string& text) {
        const auto path = folder_ / name;
        gzFile file = gzopen(path.c_str(), "wb");
        gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
        gzclose(file);
        return path;
    }
    fs::path folder_;
};

TEST_F(MotFile, RowsBecomeFramesWithTimes) {
    const auto frames = parse("1,-1,10,20.5,30,40,0.9\n1,-1,1,2,3,4,0.5,-1,-1,-1\n3,-1,5,6,7,8,0.25\n",
                              {5, 1280, 720, {}, 0});
    ASSERT_EQ(frames.size(), 3u);
    ASSERT_EQ(frames[0].people.size(), 2u);
    EXPECT_EQ(frames[0].people[0], (Detection{{10, 20.5, 30, 40}, 0.9f}));
    EXPECT_TRUE(frames[1].people.empty());
    EXPECT_EQ(frames[2].frame.sequence, 2u);
    EXPECT_DOUBLE_EQ(to_seconds(frames[2].frame.mono), 0.4);
    EXPECT_EQ(frames[2].frame.width, 1280);
}

TEST_F(MotFile, FramesBeforeTheFirstRowAndAfterTheLastAreEmpty) {
    MotOptions options;
    options.frames = 5;
    const auto frames = parse("3,-1,5,6,7,8,0.25\n", options);
    ASSERT_EQ(frames.size(), 5u);
    EXPECT_EQ(frames[2].people.size(), 1u);
    EXPECT_TRUE(frames[0].people.empty() && frames[4].people.empty());
}

TEST_F(MotFile, BlanksCommentsAndCarriageReturnsAreTaken) {
    EXPECT_EQ(parse("# made by hand\r\n\r\n 1 , -1 , 5 , 6 , 7 , 8 , 0.25 \r\n1,-1,5,6,7,8,0.5")
                  .at(0)
                  .people.size(),
              2u);
}

TEST_F(MotFile, AnEmptyFileHasNoFrames) {
    EXPECT_TRUE(parse("").empty());
}

TEST_F(MotFile, FaultsNameFileLineAndWhatIsExpected) {
    EXPECT_THAT(fault("1,-1,1,2,3,4,0.5\n1,-1,a,2,3,4,0.5\n"),
                HasSubstr("det.txt:2: x: found 'a', expected a number"));
    EXPECT_THAT(fault("1,-1,1,2,3\n"), HasSubstr("det.txt:1: found 5 fields, expected at least 7"));
    EXPECT_THAT(fault("0,-1,1,2,3,4,1\n"), HasSubstr("det.txt:1: frame: found 0"));
    EXPECT_THAT(fault("1.5,-1,1,2,3,4,1\n"), HasSubstr("whole number"));
    EXPECT_THAT(fault("1,-1,1,2,0,4,1\n"), HasSubstr("width and height must be greater than 0"));
    EXPECT_THAT(fault("1,-1,1,2,3,4,nan\n"), HasSubstr("score: found 'nan'"));
    EXPECT_THAT(fault("5,-1,1,2,3,4,1\n4,-1,1,2,3,4,1\n"),
                HasSubstr("det.txt:2: frame 4 comes after frame 5"));
    EXPECT_THAT(fault("1e15,-1,1,2,3,4,1\n"), HasSubstr("whole number from 1 to"));
    EXPECT_THAT(fault("1,-1,1,2,3,4,1x\n"), HasSubstr("score: found '1x'"));
    MotOptions three;
    three.frames = 3;
    EXPECT_THAT(fault("4,-1,1,2,3,4,1\n", three), HasSubstr("only 3"));
}

TEST_F(MotFile, AnErrorIsRepeated) {
    auto reader = MotReader::from_text("x\n", "t", {});
    const auto first = reader->next(), second = reader->next();
    ASSERT_FALSE(first);
    ASSERT_FALSE(second);
    EXPECT_EQ(first.error().message, second.error().message);
}

TEST_F(MotFile, PlainAndGzipFilesGiveTheSame) {
    std::string text;
    for (int f = 1; f <= 3000; ++f) {
        for (int i = 0; i < f % 5; ++i)
            text += std::to_string(f) + ",-1," + std::to_string(i * 10) + ".5,20,30,40,0.5\n";
    }
    auto plain = MotReader::open(write("det.txt", text), {});
    auto packed = MotReader::open(write_gz("det.txt.gz", text), {});
    ASSERT_TRUE(plain && packed);
    const auto a = all(**plain), b = all(**packed);
    ASSERT_EQ(a.size(), 2999u);  // frame 3000 has no row
    ASSERT_EQ(b.size(), a.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_EQ(a[i].people, b[i].people);
    EXPECT_DOUBLE_EQ((*plain)->progress(), 1);
}

TEST_F(MotFile, BrokenGzipIsCorrupt) {
    std::string text;
    for (int f = 1; f <= 5000; ++f)
        text += std::to_string(f) + ",-1," + std::to_string(f * 7919 % 1000) + ",20,30,40,0.5\n";
    const auto whole = write_gz("whole.gz", text);
    std::ifstream in(whole, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    auto reader = MotReader::open(write("cut.gz", bytes.substr(0, bytes.size() / 2)), {});
    ASSERT_TRUE(reader);
    std::string error;
    all(**reader, &error);
    EXPECT_THAT(error, HasSubstr("cut.gz: after line"));
    EXPECT_EQ((*reader)->next().error().kind, ErrorKind::kCorrupt);
}

TEST_F(MotFile, ALineWithoutEndIsRefusedBeforeItFillsMemory) {
    auto reader = MotReader::open(write("long.txt", std::string(1 << 20, '1')), {});
    ASSERT_TRUE(reader);
    EXPECT_THAT((*reader)->next().error().message, HasSubstr("long.txt:1: longer than"));
}

TEST_F(MotFile, MissingFilesAndFoldersAreErrors) {
    EXPECT_EQ(MotReader::open(folder_ / "none.txt", {}).error().kind, ErrorKind::kNotFound);
    EXPECT_FALSE(MotReader::open(folder_, {}));
    MotOptions still;
    still.fps = 0;
    EXPECT_FALSE(MotReader::open(write("a.txt", ""), still));
}

TEST_F(MotFile, WhateverIsWrittenIsReadBack) {
    rc::check([] {
        const auto counts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
        std::string text;
        std::size_t last = 0;
        for (std::size_t f = 0; f < counts.size(); ++f) {
            for (int i = 0; i < counts[f]; ++i)
                text += std::to_string(f + 1) + ",-1," + std::to_string(i) + ",0,1,1,0.5\n";
            if (counts[f] > 0) last = f + 1;
        }
        const auto frames = parse(text);
        RC_ASSERT(frames.size() == last);
        for (std::size_t f = 0; f < last; ++f)
            RC_ASSERT(frames[f].people.size() == static_cast<std::size_t>(counts[f]));
    });
}

}  // namespace
}  // namespace chairside
