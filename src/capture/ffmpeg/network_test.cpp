// FrameSource on the network: a real RTSP server, and hosts that are silent, absent or speak something else.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <thread>

#include "capture/ffmpeg/host_lookup.hpp"
#include "capture/frame_source.hpp"
#include "corpus/videos/generated_videos.hpp"
#include "support/rtsp_camera.hpp"
#include "support/source_reader.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::generated_video;
using testing::RtspCamera;

SourceOptions live(const std::string& url, Duration timeout = 10s) {
    SourceOptions o;
    o.source = url;
    o.live = true;
    o.target_fps = 0;
    o.timeout = timeout;
    o.views = {{.width = 64, .height = 64}};
    return o;
}

class Rtsp : public ::testing::Test {
  protected:
    void SetUp() override { CHAIRSIDE_NEEDS_VIDEOS(); }
    // False if there is no server to test with.
    bool start(std::vector<std::string> extra = {}) {
        camera = RtspCamera::start(generated_video("ten_fps.mp4"), std::move(extra));
        return camera != nullptr;
    }
    Error open_error(const SourceOptions& o) {
        const auto source = open_source(o, clock);
        return source ? Error{ErrorKind::kEnd, "opened"} : source.error();
    }
    std::unique_ptr<RtspCamera> camera;
    SystemClock clock;
};

#define CHAIRSIDE_NEEDS_CAMERA(...) \
    if (!start(__VA_ARGS__)) GTEST_SKIP() << "GStreamer's RTSP server or its plugins are not installed"

// The stream has 10 frames per second; on a busy machine single frames may come late.
void expect_live_times(const testing::SourceRun& run, const Clock& clock) {
    constexpr std::size_t kSettled = 5;
    for (std::size_t i = 1; i < run.frames.size(); ++i) {
        EXPECT_GT(run.frames[i].mono, run.frames[i - 1].mono) << i;
        EXPECT_EQ(run.frames[i].sequence, run.frames[i - 1].sequence + 1);
    }
    const auto& last = run.frames.back();
    const double expected_s = 0.1 * static_cast<double>(run.frames.size() - 1 - kSettled);
    EXPECT_NEAR(to_seconds(last.mono - run.frames[kSettled].mono), expected_s, 0.4);
    EXPECT_NEAR(to_seconds(clock.mono_now() - last.mono), 0, 2);
    EXPECT_NEAR(to_seconds(clock.wall_now() - last.wall), 0, 2);
}

TEST_F(Rtsp, plays_over_tcp) {
    CHAIRSIDE_NEEDS_CAMERA();
    const auto run = testing::read_all(live(camera->url()), clock, 25);
    ASSERT_EQ(run.frames.size(), 25u) << (run.end ? run.end->message : "");
    EXPECT_EQ(run.frames[0].width, 160);
    EXPECT_EQ(run.info.codec, "h264");
    expect_live_times(run, clock);
}

TEST_F(Rtsp, plays_over_udp) {
    CHAIRSIDE_NEEDS_CAMERA();
    auto o = live(camera->url());
    o.rtsp_transport = "udp";
    const auto run = testing::read_all(o, clock, 15);
    ASSERT_EQ(run.frames.size(), 15u) << (run.end ? run.end->message : "");
    expect_live_times(run, clock);
}

TEST_F(Rtsp, plays_motion_jpeg) {
    CHAIRSIDE_NEEDS_CAMERA({"--codec", "mjpeg"});
    const auto run = testing::read_all(live(camera->url()), clock, 15);
    ASSERT_EQ(run.frames.size(), 15u) << (run.end ? run.end->message : "");
    EXPECT_EQ(run.info.codec, "mjpeg");
}

TEST_F(Rtsp, is_thinned_to_the_target_rate) {
    CHAIRSIDE_NEEDS_CAMERA();
    auto o = live(camera->url());
    o.target_fps = 2;
    const auto run = testing::read_all(o, clock, 5);
    ASSERT_EQ(run.frames.size(), 5u);
    for (std::size_t i = 2; i < 5; ++i)
        EXPECT_NEAR(to_seconds(run.frames[i].mono - run.frames[i - 1].mono), 0.5, 0.3);
}

TEST_F(Rtsp, a_wrong_path_is_told) {
    CHAIRSIDE_NEEDS_CAMERA();
    const auto error = open_error(live(camera->url("", "/other")));
    EXPECT_EQ(error.kind, ErrorKind::kNotFound);
    EXPECT_NE(error.message.find("404"), std::string::npos) << error.message;
}

TEST_F(Rtsp, a_password_is_used_and_never_shown) {
    CHAIRSIDE_NEEDS_CAMERA({"--user", "admin", "--password", "geheim7"});
    EXPECT_EQ(testing::read_all(live(camera->url("admin:geheim7@")), clock, 3).frames.size(), 3u);
    for (const char* user : {"admin:falsch99@", ""}) {
        const auto error = open_error(live(camera->url(user)));
        EXPECT_EQ(error.kind, ErrorKind::kInvalid);
        EXPECT_NE(error.message.find("401"), std::string::npos) << error.message;
        EXPECT_EQ(error.message.find("falsch99"), std::string::npos) << error.message;
        EXPECT_EQ(error.message.find("admin"), std::string::npos) << error.message;
    }
}

TEST_F(Rtsp, the_end_of_the_stream_is_an_error_that_may_pass) {
    CHAIRSIDE_NEEDS_CAMERA({"--frames", "12"});
    const auto run = testing::read_all(live(camera->url(), 4s), clock);
    EXPECT_GE(run.frames.size(), 10u);
    ASSERT_TRUE(run.end);
    EXPECT_EQ(run.end->kind, ErrorKind::kUnavailable) << run.end->message;
}

TEST_F(Rtsp, a_camera_that_dies_is_noticed_within_the_timeout) {
    for (const char* transport : {"tcp", "udp"}) {
        CHAIRSIDE_NEEDS_CAMERA();
        auto o = live(camera->url(), 3s);
        o.rtsp_transport = transport;
        auto source = open_source(o, clock);
        ASSERT_TRUE(source) << source.error().message;
        ASSERT_EQ(testing::read_all(**source, 5).frames.size(), 5u);
        camera->kill();
        const auto begin = steady_clock::now();
        const auto rest = testing::read_all(**source);
        EXPECT_LT(steady_clock::now() - begin, 4s) << transport;
        EXPECT_EQ(rest.end->kind, ErrorKind::kUnavailable) << rest.end->message;
    }
}

TEST_F(Rtsp, a_camera_that_freezes_is_noticed_within_the_timeout) {
    CHAIRSIDE_NEEDS_CAMERA();
    auto source = open_source(live(camera->url(), 2s), clock);
    ASSERT_TRUE(source);
    ASSERT_EQ(testing::read_all(**source, 5).frames.size(), 5u);
    camera->freeze();
    const auto begin = steady_clock::now();
    const auto rest = testing::read_all(**source);
    EXPECT_LT(steady_clock::now() - begin, 4s);
    EXPECT_EQ(rest.end->kind, ErrorKind::kUnavailable);
    EXPECT_NE(rest.end->message.find("no picture within 2 s"), std::string::npos) << rest.end->message;
}

TEST_F(Rtsp, stop_ends_a_read_from_a_frozen_camera_within_half_a_second) {
    CHAIRSIDE_NEEDS_CAMERA();
    auto source = open_source(live(camera->url()), clock);
    ASSERT_TRUE(source);
    ASSERT_EQ(testing::read_all(**source, 3).frames.size(), 3u);
    camera->freeze();
    auto reading = std::async(std::launch::async, [&] { return testing::read_all(**source); });
    EXPECT_EQ(reading.wait_for(300ms), std::future_status::timeout);
    const auto begin = steady_clock::now();
    (*source)->stop();
    const auto run = reading.get();
    source->reset();
    EXPECT_LT(steady_clock::now() - begin, 500ms);
    EXPECT_EQ(run.end->kind, ErrorKind::kCancelled);
}

// Listens on loopback; what connects is sent `words` and nothing more.
class Host {
  public:
    explicit Host(std::string words = "")
        : words_(std::move(words)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener_, 8);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        if (!words_.empty()) thread_ = std::jthread([this] { serve(); });
    }
    ~Host() {
        ::shutdown(listener_, SHUT_RDWR);
        if (thread_.joinable()) thread_.join();
        ::close(listener_);
    }
    std::string url(const std::string& scheme, const std::string& path = "/cam") const {
        return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
    }

  private:
    void serve() const {
        for (int peer; (peer = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(peer)) {
            char request[4096];
            if (::recv(peer, request, sizeof request, 0) <= 0) continue;
            std::size_t sent = 0;
            while (sent < words_.size()) {
                const auto n = ::send(peer, words_.data() + sent, words_.size() - sent, MSG_NOSIGNAL);
                if (n <= 0) break;
                sent += static_cast<std::size_t>(n);
            }
        }
    }
    const std::string words_;
    int listener_, port_ = 0;
    std::jthread thread_;
};

Result<std::unique_ptr<FrameSource>> open_live(const std::string& url, Duration timeout,
                                               const std::atomic<bool>* cancel = nullptr) {
    static const SystemClock clock;
    return open_source(live(url, timeout), clock, cancel);
}

TEST(Network, a_host_that_accepts_and_says_nothing_times_out) {
    const Host host;
    for (const char* scheme : {"rtsp", "http", "rtsps", "https"}) {
        const auto begin = steady_clock::now();
        const auto source = open_live(host.url(scheme), 1s);
        EXPECT_LT(steady_clock::now() - begin, 2s) << scheme;
        ASSERT_FALSE(source);
        EXPECT_EQ(source.error().kind, ErrorKind::kUnavailable) << source.error().message;
        EXPECT_NE(source.error().message.find("within 1 s"), std::string::npos) << source.error().message;
    }
}

TEST(Network, opening_can_be_cancelled) {
    const Host host;
    std::atomic<bool> cancel{false};
    auto opening = std::async(std::launch::async, [&] { return open_live(host.url("rtsp"), 20s, &cancel); });
    EXPECT_EQ(opening.wait_for(200ms), std::future_status::timeout);
    const auto begin = steady_clock::now();
    cancel = true;
    const auto source = opening.get();
    EXPECT_LT(steady_clock::now() - begin, 500ms);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().kind, ErrorKind::kCancelled);
}

TEST(Network, a_port_where_nothing_listens_is_told) {
    std::string url;
    {
        const Host host;
        url = host.url("rtsp");
    }
    const auto source = open_live(url, 5s);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().kind, ErrorKind::kUnavailable);
    EXPECT_NE(source.error().message.find("nothing listens there"), std::string::npos)
        << source.error().message;
}

TEST(Network, an_unknown_host_is_told) {
    const auto source = open_live("rtsp://user:secret99@no-such-host.invalid/cam", 5s);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().kind, ErrorKind::kUnavailable);
    EXPECT_NE(source.error().message.find("no-such-host.invalid"), std::string::npos)
        << source.error().message;
    EXPECT_EQ(source.error().message.find("secret99"), std::string::npos) << source.error().message;
}

TEST(Network, a_web_page_is_not_taken_for_a_camera) {
    const Host host(
        "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>Welcome to your router</body></html>");
    for (const char* scheme : {"http", "rtsp"}) {
        const auto source = open_live(host.url(scheme), 3s);
        ASSERT_FALSE(source);
        EXPECT_EQ(source.error().kind, ErrorKind::kUnavailable) << source.error().message;
    }
}

TEST(Network, answers_of_a_web_server_are_told_in_words) {
    const Host missing("HTTP/1.0 404 Not Found\r\n\r\n"), refused("HTTP/1.0 401 Unauthorized\r\n\r\n"),
        broken("HTTP/1.0 500 Internal Server Error\r\n\r\n");
    EXPECT_EQ(open_live(missing.url("http"), 3s).error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(open_live(refused.url("http"), 3s).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(open_live(broken.url("http"), 3s).error().kind, ErrorKind::kUnavailable);
}

TEST(Network, a_playlist_from_the_network_cannot_open_local_files) {
    CHAIRSIDE_NEEDS_VIDEOS();
    const Host host(
        "HTTP/1.0 200 OK\r\nContent-Type: "
        "application/vnd.apple.mpegurl\r\n\r\n#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile://" +
        generated_video("normal.ts").string() + "\n#EXT-X-ENDLIST\n");
    const auto source = open_live(host.url("http", "/live.m3u8"), 3s);
    EXPECT_FALSE(source);
}

TEST(Network, motion_jpeg_over_http_is_played) {
    CHAIRSIDE_NEEDS_VIDEOS();
    const auto picture = testing::read_bytes(generated_video("picture.jpg"));
    std::string words = "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=edge\r\n\r\n";
    for (int i = 0; i < 12; ++i) {
        words += "--edge\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(picture.size()) +
                 "\r\n\r\n";
        words.append(picture.begin(), picture.end());
        words += "\r\n";
    }
    const Host host(words);
    const SystemClock clock;
    const auto run = testing::read_all(live(host.url("http", "/video.mjpg"), 5s), clock);
    EXPECT_GE(run.frames.size(), 10u) << run.end->message;
    EXPECT_EQ(run.end->kind, ErrorKind::kUnavailable);
}

TEST(HostOf, finds_the_host_in_an_address) {
    EXPECT_EQ(av::host_of("rtsp://cam.local:554/x"), "cam.local");
    EXPECT_EQ(av::host_of("rtsp://u:p@cam/x"), "cam");
    EXPECT_EQ(av::host_of("http://[fe80::1]:80/x?a=@b"), "fe80::1");
    EXPECT_EQ(av::host_of("http:///x"), "");
    EXPECT_EQ(av::host_of("http://cam"), "cam");
}

}  // namespace
}  // namespace chairside
