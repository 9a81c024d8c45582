// HTTP as it is on the wire: whole answers, broken ones, none; and that a stop ends a request.

#include "sync/curl_transport.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "base/locked.hpp"
#include "store/store_test_support.hpp"
#include "sync/supabase_sync.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Takes one connection after the other, reads a request and lets a function answer on the socket.
class Server {
  public:
    using Answer = std::function<void(int socket)>;
    explicit Server(Answer answer)
        : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener_, 4), 0);
        EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        thread_ = std::thread([this] { serve(); });
    }
    ~Server() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    const std::string& url() const { return url_; }
    std::string request() const {
        return request_.with([](const std::string& r) { return r; });
    }

  private:
    void serve() {
        for (int socket = 0; (socket = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(socket)) {
            std::string text;
            char buffer[4096];
            // The body has arrived once it ends with the mark.
            while (text.find("BODY") == std::string::npos) {
                const auto n = ::recv(socket, buffer, sizeof buffer, 0);
                if (n <= 0) break;
                text.append(buffer, static_cast<std::size_t>(n));
                if (text.front() != 'P') break;  // no POST
            }
            request_.with([&](std::string& r) { r = text; });
            answer_(socket);
        }
    }

    const Answer answer_;
    const int listener_;
    std::string url_;
    Locked<std::string> request_;
    std::thread thread_;
};

Server::Answer says(std::string text) {
    return [text = std::move(text)](int socket) {
        (void)::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    };
}

HttpRequest request(Duration timeout = 10s) {
    return {"POST", "/rest/v1/x?y=1", {{"apikey", "k"}, {"Prefer", "p"}}, "the BODY", timeout};
}

HttpOutcome send_to(const std::string& url, const std::atomic<bool>* stop = nullptr, Duration timeout = 10s) {
    return make_curl_transport(url, stop)->send(request(timeout));
}

TEST(CurlTransport, SendsWhatItIsGivenAndReadsTheWholeAnswer) {
    const Server server(
        says("HTTP/1.1 201 Created\r\nContent-Length: 5\r\nPREFERENCE-Applied:  a=b \r\nX: 1\r\nX: "
             "2\r\n\r\nhello"));
    const auto outcome = send_to(server.url());
    EXPECT_EQ(outcome.fault, TransportFault::kNone) << outcome.words;
    EXPECT_EQ(outcome.answer.status, 201);
    EXPECT_EQ(outcome.answer.body, "hello");
    EXPECT_EQ(outcome.answer.headers.at("preference-applied"), "a=b");
    EXPECT_EQ(outcome.answer.headers.at("x"), "2");
    const std::string text = server.request();
    EXPECT_THAT(text, ::testing::StartsWith("POST /rest/v1/x?y=1 HTTP/1.1\r\n"));
    for (const char* part : {"apikey: k\r\n", "Prefer: p\r\n", "User-Agent: chairside/",
                             "Content-Length: 8\r\n", "\r\n\r\nthe BODY"})
        EXPECT_THAT(text, HasSubstr(part));
    EXPECT_THAT(text, ::testing::Not(HasSubstr("Expect:")));
}

TEST(CurlTransport, HalfAnAnswerIsNoAnswer) {
    const Server server(
        says("HTTP/1.1 201 Created\r\nContent-Length: 500\r\nContent-Range: */*\r\n\r\nhalf"));
    const auto outcome = send_to(server.url());
    EXPECT_EQ(outcome.fault, TransportFault::kBroken);
    EXPECT_EQ(outcome.answer.status, 0);
}

TEST(CurlTransport, AConnectionThatClosesWithoutAWordIsBroken) {
    const Server server([](int) {});
    EXPECT_EQ(send_to(server.url()).fault, TransportFault::kBroken);
}

TEST(CurlTransport, RedirectsAreNotFollowed) {
    const Server server(
        says("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(send_to(server.url()).answer.status, 302);
}

TEST(CurlTransport, AnEndlessAnswerIsCutOff) {
    const Server server([](int socket) {
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", part(1 << 16, 'x');
        (void)::send(socket, head.data(), head.size(), MSG_NOSIGNAL);
        while (::send(socket, part.data(), part.size(), MSG_NOSIGNAL) > 0) {
        }
    });
    EXPECT_EQ(send_to(server.url()).fault, TransportFault::kBroken);
}

TEST(CurlTransport, FaultsHaveTheirKind) {
    EXPECT_EQ(send_to("http://127.0.0.1:1").fault, TransportFault::kConnect);
    const Server plain(says("this is no TLS\r\n\r\n"));
    const auto tls =
        make_curl_transport("https" + plain.url().substr(4), nullptr)->send({"GET", "/", {}, "", 60s});
    EXPECT_EQ(tls.fault, TransportFault::kTls) << tls.words;
}

TEST(CurlTransport, SilenceEndsAtTheTimeout) {
    std::atomic<bool> over = false;
    const Server silent([&](int) {
        while (!over)
            std::this_thread::yield();
    });
    EXPECT_EQ(send_to(silent.url(), nullptr, 200ms).fault, TransportFault::kTimeout);
    over = true;
}

TEST(CurlTransport, AStopEndsARequestAtOnce) {
    std::atomic<bool> stop = false;
    const Server silent([&](int socket) {
        stop = true;  // while the client waits for the answer
        char byte = 0;
        (void)::recv(socket, &byte, 1, 0);  // until it goes away
    });
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(send_to(silent.url(), &stop, 60s).fault, TransportFault::kCancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(SupabaseSyncTest, StopsInTheMiddleOfARequestAndOfAWait) {
    const store_test::TempFolder folder;
    const auto store = store_test::take(Store::open(folder.options()));
    std::atomic<bool> asked = false;
    const Server silent([&](int socket) {
        asked = true;
        char byte = 0;
        while (::recv(socket, &byte, 1, 0) > 0) {
        }
    });
    const SystemClock clock;
    SyncOptions options;
    options.access = {silent.url(), "sb_publishable_k", "BODY@x.example", "word", "DEMO", "pc-1"};
    options.start_delay = 0s;
    auto sync = std::make_unique<SupabaseSync>(*store, clock, options, [] { return DeviceStatus{}; });
    while (!asked)
        std::this_thread::yield();
    auto began = std::chrono::steady_clock::now();
    sync.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    options.start_delay = 1h;
    sync = std::make_unique<SupabaseSync>(*store, clock, options, [] { return DeviceStatus{}; });
    EXPECT_EQ(sync->state().state, "starting");
    began = std::chrono::steady_clock::now();
    sync.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(Errands, AreTakenOnceAndNonsenseIsNothing) {
    const store_test::TempFolder folder;
    const auto file = errands_of(folder.file());
    EXPECT_FALSE(take_errand(file));
    ASSERT_TRUE(leave_errand(file, {true, std::vector<std::int64_t>{3, 4}}));
    const auto errand = take_errand(file);
    ASSERT_TRUE(errand);
    EXPECT_TRUE(errand->now);
    EXPECT_EQ(errand->retry, (std::vector<std::int64_t>{3, 4}));
    EXPECT_FALSE(take_errand(file));
    for (const char* bad : {"", "{", "[1]", "7"}) {
        store_test::write_file(file, bad);
        EXPECT_FALSE(take_errand(file)) << bad;
    }
    store_test::write_file(file, R"({"now":true,"retry":["x"]})");
    EXPECT_FALSE(take_errand(file)->retry) << "not all of them";
    EXPECT_FALSE(leave_errand(folder.path() / "no" / "folder", {}));
}

}  // namespace
}  // namespace chairside
