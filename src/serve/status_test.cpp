#include "serve/status.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

namespace chairside {
namespace {

using namespace std::chrono_literals;

Status sample() {
    Status s;
    s.running = true;
    s.branch = "DEMO";
    s.device = "pc \"1\"";
    s.version = "0.1.0";
    s.active_tracks = 3;
    s.events_queued = 7;
    s.summary = {2, 5, 4, 9};
    s.sync.state = "waiting";
    s.sync.breaker = "open";
    s.sync.sent = 41;
    s.sync.last_error = "no connection";
    s.sync.next_try_in = 90s;
    s.sync.clock_offset = -2s;
    s.dead_letters = 2;
    s.oldest_queued_s = 3600.5;
    s.dropped = {{"waits", 12}};
    s.config = {3, 4, "dwell_time.chair: found 0", {}, {}};
    s.cameras = {{"front", "ok", 9.97, 0.12, 100, 1, 3, 1, 0.5, ""},
                 {"back", "offline", 0, std::nullopt, 0, 0, 0, 0, std::nullopt, "no answer"}};
    s.problems = {{"disk", "It is full."}, {"clock", "It is not set."}};
    s.load = "The computer is too slow for all cameras.";
    s.cameras[0].too_old = 1;
    s.cameras[0].still = 70;
    s.cameras[0].cropped = 20;
    s.cameras[0].target_fps = 10;
    s.cameras[0].allowed_fps = 7.5;
    s.cameras[0].delay_p50_ms = 41.5;
    s.cameras[0].delay_p99_ms = 120;
    return s;
}

class StatusSocket : public ::testing::Test {
  protected:
    void SetUp() override {
        dir_ = std::filesystem::temp_directory_path() / ("chairside-status-" + std::to_string(getpid()));
        std::filesystem::create_directories(dir_);
    }
    void TearDown() override { std::filesystem::remove_all(dir_); }
    std::filesystem::path dir_;
};

TEST(StatusJson, GoesThereAndBack) {
    const Status in = sample();
    const auto out = parse_status(to_json(in));
    ASSERT_TRUE(out);
    EXPECT_EQ(to_json(*out), to_json(in));
    EXPECT_EQ(out->summary, in.summary);
    EXPECT_FALSE(out->cameras[1].last_frame_age_s);
}

TEST(StatusJson, ADocumentOfAnOlderServiceHasNothingOfSending) {
    const auto old = parse_status(
        R"({"running": true, "branch": "A", "device": "b", "version": "0", "uptime_s": 1, "active_tracks": 0,
            "events_queued": 3, "summary": {"active_people": 0, "haircuts": 0, "washes": 0, "waits": 0},
            "cameras": []})");
    ASSERT_TRUE(old) << old.error().message;
    EXPECT_EQ(old->sync.state, "off");
    EXPECT_EQ(old->events_queued, 3);
}

TEST(StatusJson, OtherDocumentsAreRefused) {
    EXPECT_FALSE(parse_status("{}"));
    EXPECT_FALSE(parse_status("not json"));
    EXPECT_FALSE(parse_status(R"({"running": "yes"})"));
}

TEST_F(StatusSocket, AnswersManyAskersAndGoesAway) {
    const auto path = dir_ / "chairside.sock";
    std::atomic<int> asked = 0;
    {
        auto server = StatusServer::start(path, [&] {
            ++asked;
            return sample();
        });
        ASSERT_TRUE(server) << server.error().message;
        for (int i = 0; i < 20; ++i)
            EXPECT_EQ(query_status(path)->events_queued, 7);
        struct stat info {};
        ASSERT_EQ(::stat(path.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777, 0600u);
    }
    EXPECT_EQ(asked, 20);
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(query_status(path).error().kind, ErrorKind::kUnavailable);
}

TEST_F(StatusSocket, ASecondServiceIsRefusedAndALeftOverFileIsNot) {
    const auto path = dir_ / "chairside.sock";
    std::ofstream(path) << "left over";
    auto first = StatusServer::start(path, sample);
    ASSERT_TRUE(first);
    const auto second = StatusServer::start(path, sample);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("another chairside"), std::string::npos);
    EXPECT_TRUE(query_status(path));
}

TEST_F(StatusSocket, DeepFoldersWork) {
    auto deep = dir_;
    for (int i = 0; i < 6; ++i)
        deep /= "a-folder-with-a-rather-long-name";
    std::filesystem::create_directories(deep);
    auto server = StatusServer::start(deep / "chairside.sock", sample);
    ASSERT_TRUE(server) << server.error().message;
    EXPECT_TRUE(query_status(deep / "chairside.sock"));
}

TEST_F(StatusSocket, AnAskerThatNeverReadsDoesNotBlockOthers) {
    const auto path = dir_ / "chairside.sock";
    Status large = sample();
    large.cameras[0].error = std::string(1u << 20, 'x');
    auto server = StatusServer::start(path, [&] { return large; });
    ASSERT_TRUE(server);
    const int stuck = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", path.c_str());
    ASSERT_EQ(::connect(stuck, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    // A busy computer takes its time; who is in the way holds the others up for 5 s.
    EXPECT_TRUE(query_status(path, std::chrono::seconds(4)));
    ::close(stuck);
}

TEST_F(StatusSocket, AServiceThatNeverAnswersTimesOut) {
    const auto path = dir_ / "silent.sock";
    const int silent = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", path.c_str());
    ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(silent, 1), 0);
    EXPECT_EQ(query_status(path, 50ms).error().kind, ErrorKind::kUnavailable);
    ::close(silent);
}

}  // namespace
}  // namespace chairside
