// Files that are damaged, odd or no videos at all: each is processed or refused in words, in bounded time.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <random>

#include "capture/frame_source.hpp"
#include "corpus/videos/generated_videos.hpp"
#include "support/manual_clock.hpp"
#include "support/source_reader.hpp"

namespace chairside {
namespace {

using testing::generated_video;
using testing::read_all;
using testing::scratch_file;
using testing::SourceRun;

class BadVideo : public ::testing::Test {
  protected:
    void SetUp() override { CHAIRSIDE_NEEDS_VIDEOS(); }

    // Reads to the end and checks what holds for every file, good or bad.
    static SourceRun run(const std::filesystem::path& file) {
        SourceOptions o;
        o.source = file.string();
        o.target_fps = 0;
        o.mono_from_zero = true;
        o.views = {{.width = 64, .height = 64}};
        const testing::ManualClock clock;
        const auto begin = std::chrono::steady_clock::now();
        SourceRun result = read_all(o, clock);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)) << file;
        EXPECT_TRUE(result.end) << file << " has no end";
        if (!result.end) return result;
        EXPECT_FALSE(result.end->message.empty());
        EXPECT_EQ(result.frames.empty(), result.end->kind != ErrorKind::kEnd)
            << file << ": " << result.end->message;
        for (std::size_t i = 1; i < result.frames.size(); ++i)
            EXPECT_GT(result.frames[i].mono, result.frames[i - 1].mono) << file << " frame " << i;
        return result;
    }
    static void expect_refused(const std::filesystem::path& file, ErrorKind kind, const std::string& words) {
        const auto result = run(file);
        ASSERT_TRUE(result.end);
        EXPECT_EQ(result.end->kind, kind) << result.end->message;
        EXPECT_NE(result.end->message.find(words), std::string::npos) << result.end->message;
        EXPECT_NE(result.end->message.find(file.filename().string()), std::string::npos)
            << result.end->message;
    }
    static std::filesystem::path text_file(const std::string& name, const std::string& text) {
        return testing::write_bytes(scratch_file(name), {text.begin(), text.end()});
    }
};

TEST_F(BadVideo, every_good_video_is_read_to_its_end_without_a_corrupt_frame) {
    for (const auto& name : testing::good_videos()) {
        const auto result = run(generated_video(name));
        EXPECT_GE(result.frames.size(), 5u) << name;
        EXPECT_EQ(result.counters.corrupt, 0u) << name;
        EXPECT_EQ(result.counters.decoded, result.frames.size()) << name;
    }
}

TEST_F(BadVideo, a_file_without_video_says_what_is_in_it) {
    expect_refused(generated_video("sound.mp4"), ErrorKind::kInvalid, "audio (aac)");
    expect_refused(generated_video("cover.m4a"), ErrorKind::kInvalid, "still cover");
    expect_refused(generated_video("attachment.mkv"), ErrorKind::kInvalid, "no video in it");
    expect_refused(generated_video("sound.wav"), ErrorKind::kInvalid, "WAV");
    expect_refused(generated_video("sound.mp3"), ErrorKind::kInvalid, "MP2/3");
    expect_refused(generated_video("picture.png"), ErrorKind::kInvalid, "png");
}

TEST_F(BadVideo, what_is_no_video_at_all_is_refused) {
    expect_refused(text_file("text.mp4", "This is a letter.\nIt says nothing.\n"), ErrorKind::kInvalid,
                   "not a video");
    expect_refused(text_file("one_byte.avi", "R"), ErrorKind::kInvalid, "not a video");
    expect_refused(text_file("empty.mp4", ""), ErrorKind::kInvalid, "empty");
    std::string noise(200'000, '\0');
    std::mt19937 random(3);
    std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random() & 255); });
    run(text_file("noise.mp4", noise));
    run(text_file("noise.h264", noise));
    run(text_file("noise.mjpeg", noise));
    run(text_file("zeros.mp4", std::string(100'000, '\0')));
}

TEST_F(BadVideo, a_video_without_frames_is_refused) {
    run(generated_video("no_frames.mp4"));
    const auto result = run(generated_video("no_frames.avi"));
    ASSERT_TRUE(result.end);
    EXPECT_EQ(result.end->kind, ErrorKind::kInvalid);
}

TEST_F(BadVideo, a_path_that_is_no_file_says_why) {
    expect_refused(scratch_file("nothing.mp4"), ErrorKind::kNotFound, "no such file");
    expect_refused(scratch_file("x").parent_path(), ErrorKind::kInvalid, "folder");
    const auto pipe = scratch_file("pipe.mp4");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    expect_refused(pipe, ErrorKind::kInvalid, "neither");
    run("/dev/null");
    run("/dev/video99");
}

TEST_F(BadVideo, a_file_that_may_not_be_read_says_so) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const auto file = text_file("locked.mp4", "x");
    ::chmod(file.c_str(), 0);
    expect_refused(file, ErrorKind::kIo, "permission");
}

TEST_F(BadVideo, a_file_cannot_open_other_files) {
    const auto video = generated_video("normal.ts").string();
    expect_refused(text_file("list.m3u8",
                             "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n" + video + "\n#EXT-X-ENDLIST\n"),
                   ErrorKind::kInvalid, "hls");
    expect_refused(text_file("list.ffconcat", "ffconcat version 1.0\nfile " + video + "\n"),
                   ErrorKind::kInvalid, "concat");
    expect_refused(
        text_file("stream.sdp",
                  "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 26\n"),
        ErrorKind::kInvalid, "SDP");
    // Part of a name, not a protocol.
    for (const std::string& source :
         {"concat:" + video, "subfile,,start,0,end,0,,:" + video, std::string("http:/x"), std::string("-")}) {
        SourceOptions o;
        o.source = source;
        const testing::ManualClock clock;
        const auto opened = open_source(o, clock);
        ASSERT_FALSE(opened) << source;
        EXPECT_EQ(opened.error().kind, ErrorKind::kNotFound) << opened.error().message;
    }
}

TEST_F(BadVideo, unknown_protocols_are_refused_with_what_is_allowed) {
    for (const char* source :
         {"ftp://host/a.mp4", "file:///etc/passwd", "concat://a", "tcp://127.0.0.1:1", "data://text"}) {
        SourceOptions o;
        o.source = source;
        const testing::ManualClock clock;
        const auto opened = open_source(o, clock);
        ASSERT_FALSE(opened) << source;
        EXPECT_EQ(opened.error().kind, ErrorKind::kInvalid);
        EXPECT_NE(opened.error().message.find("allowed are rtsp://"), std::string::npos)
            << opened.error().message;
    }
}

TEST_F(BadVideo, an_mp4_without_its_index_is_refused) {
    auto bytes = testing::read_bytes(generated_video("index_at_end.mp4"));
    bytes.resize(bytes.size() - 600);  // the index of an mp4 is its last part
    expect_refused(testing::write_bytes(scratch_file("no_index.mp4"), bytes), ErrorKind::kInvalid,
                   "no_index.mp4");
}

TEST_F(BadVideo, an_avi_without_its_index_is_read_whole) {
    auto bytes = testing::read_bytes(generated_video("normal.avi"));
    const std::string tag = "idx1";
    const auto index = std::search(bytes.begin(), bytes.end(), tag.begin(), tag.end());
    ASSERT_NE(index, bytes.end());
    bytes.erase(index, bytes.end());
    EXPECT_EQ(run(testing::write_bytes(scratch_file("no_index.avi"), bytes)).frames.size(), 100u);
}

TEST_F(BadVideo, a_truncated_file_is_read_as_far_as_it_goes) {
    for (const char* name : {"normal.mp4", "normal.mkv", "normal.ts", "normal.avi", "normal.flv", "raw.h264",
                             "full_range.avi"}) {
        const auto whole = testing::read_bytes(generated_video(name));
        std::size_t last = 0;
        for (int tenth = 1; tenth <= 9; ++tenth) {
            auto part = whole;
            part.resize(whole.size() * static_cast<std::size_t>(tenth) / 10);
            const auto result =
                run(testing::write_bytes(scratch_file("cut" + std::to_string(tenth) + "_" + name), part));
            EXPECT_GE(result.frames.size() + 1, last) << name << " " << tenth;
            last = result.frames.size();
        }
        EXPECT_GE(last, 10u) << name;  // nine tenths of the bytes give most of the pictures
    }
}

TEST_F(BadVideo, a_file_with_a_damaged_end_counts_what_it_lost) {
    auto bytes = testing::read_bytes(generated_video("normal.avi"));
    std::mt19937 random(5);
    // From half on, only the chunks' headers stay whole, so that the damage is in the pictures.
    const std::string tag = "00dc";
    for (auto at = bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2);;) {
        at = std::search(at, bytes.end(), tag.begin(), tag.end());
        if (bytes.end() - at < 200) break;
        at += 8;
        for (int i = 0; i < 150; ++i)
            at[i] = static_cast<std::uint8_t>(random());
    }
    const auto result = run(testing::write_bytes(scratch_file("damaged_end.avi"), bytes));
    EXPECT_GE(result.frames.size(), 50u) << result.end->message;
    EXPECT_GE(result.counters.corrupt, 10u);
    EXPECT_EQ(result.end->kind, ErrorKind::kEnd);
}

class FlippedBits : public BadVideo, public ::testing::WithParamInterface<const char*> {};

TEST_P(FlippedBits, do_no_harm) {
    const auto whole = testing::read_bytes(generated_video(GetParam()));
    for (unsigned seed = 0; seed < 12; ++seed) {
        auto bytes = whole;
        std::mt19937 random(seed);
        // Few flips or many, anywhere or in the headers only.
        const std::size_t reach = seed % 3 == 0 ? std::min<std::size_t>(bytes.size(), 4096) : bytes.size();
        const std::size_t flips = seed % 2 == 0 ? 20 : bytes.size() / 100;
        for (std::size_t i = 0; i < flips; ++i)
            bytes[random() % reach] ^= static_cast<std::uint8_t>(1u << (random() % 8));
        run(testing::write_bytes(scratch_file("flipped" + std::to_string(seed) + "_" + GetParam()), bytes));
    }
}

INSTANTIATE_TEST_SUITE_P(Containers, FlippedBits,
                         ::testing::Values("normal.mp4", "normal.mkv", "normal.ts", "normal.avi",
                                           "normal.flv", "raw.h264", "full_range.avi", "palette.gif",
                                           "tiny.mkv", "raw_rgb.avi"),
                         [](const auto& param) {
                             std::string name = param.param;
                             std::replace(name.begin(), name.end(), '.', '_');
                             return name;
                         });

}  // namespace
}  // namespace chairside
