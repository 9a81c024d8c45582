// The dashboard over real sockets on this machine: stream, limits, malformed requests, the program's client.

#include "serve/dashboard.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <nlohmann/json.hpp>

#include "serve/dashboard_client.hpp"
#include "serve/shop_test_support.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using namespace serve_test;
using namespace store_test;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr auto kLongEnough = 30s;  // on a machine with much else to do

// What a client hears, to be waited for.
class Ear {
  public:
    void operator()(const ClientUpdate& update) {
        const std::lock_guard lock(mutex_);
        heard_.push_back(update);
        came_.notify_all();
    }
    // The first of that type since the last one that was asked for; its data, or "nothing came".
    std::string next(const std::string& type) {
        std::unique_lock lock(mutex_);
        std::string data = "nothing came";
        came_.wait_for(lock, kLongEnough, [&] {
            while (at_ < heard_.size())
                if (const ClientUpdate& update = heard_[at_++]; update.type == type) {
                    data = update.data;
                    return true;
                }
            return false;
        });
        return data;
    }

  private:
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<ClientUpdate> heard_;
    std::size_t at_ = 0;
};

// A connection without manners.
class RawClient {
  public:
    explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
        const timeval patience{30, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~RawClient() { ::close(socket_); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    void send(const std::string& text) { (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
    // Until the other side closes.
    std::string all() {
        std::string out;
        char buffer[4096];
        for (ssize_t n = ::recv(socket_, buffer, sizeof buffer, 0); n > 0;
             n = ::recv(socket_, buffer, sizeof buffer, 0))
            out.append(buffer, static_cast<std::size_t>(n));
        return out;
    }

  private:
    int socket_;
};

class DashboardTest : public ::testing::Test {
  protected:
    TempFolder folder;
    SystemClock clock;
    std::unique_ptr<Store> store = Store::open(folder.options()).value();
    FakeShop shop{*store, clock};
    Config config;
    std::unique_ptr<Dashboard> dashboard;

    void SetUp() override {
        shop.shop = FakeShop::busy(clock.wall_now());
        config.timezone = "UTC";
        config.storage.path = folder.file();
        config.dashboard.port = 0;
    }
    void start(HttpLimits limits = {}) {
        auto started = Dashboard::start(config, shop, *store, clock, limits, {"127.0.0.1"});
        ASSERT_TRUE(started) << started.error().message;
        dashboard = std::move(*started);
        ASSERT_GT(dashboard->port(), 0);
        config.dashboard.port = dashboard->port();
    }
    DashboardAddress address() const { return {.port = dashboard->port()}; }
    std::string raw(const std::string& text) {
        RawClient client(dashboard->port());
        client.send(text);
        return client.all();
    }
};

TEST_F(DashboardTest, AProgramFollowsTheShop) {
    start();
    Ear ear;
    const DashboardClient client({.port = dashboard->port(), .topics = "status,event,summary,tracks"},
                                 std::ref(ear));
    EXPECT_EQ(Json::parse(ear.next("hello")).at("seq"), 1);
    EXPECT_EQ(Json::parse(ear.next("status")).at("zones").size(), 4u);
    EXPECT_EQ(Json::parse(ear.next("summary")).at("haircuts"), 0);
    dashboard->event_stored(event_of(7));
    EXPECT_EQ(Json::parse(ear.next("event")).at("id"), id_of(7).to_string());
    Tracks tracks;
    tracks.frame = {1, clock.mono_now(), clock.wall_now(), 100, 200};
    tracks.people = {{{5}, {10, 20, 30, 40}, 0.9f, false, {}, 0, 0, 0}};
    dashboard->tracks("front", tracks);
    const Json seen = Json::parse(ear.next("tracks"));
    EXPECT_EQ(seen.at("people")[0].at("box"), Json({0.1, 0.1, 0.3, 0.2}));
    EXPECT_EQ(seen.at("people")[0].at("foot"), Json({0.25, 0.3}));
}

TEST_F(DashboardTest, AChangeIsSeenAtOnce) {
    start();
    Ear ear;
    const DashboardClient client(address(), std::ref(ear));
    ear.next("status");
    const auto before = std::chrono::steady_clock::now();
    int rounds = 0;
    for (; rounds < 5; ++rounds) {
        dashboard->changed();
        ASSERT_NE(ear.next("status"), "nothing came");
    }
    // At one status a second these would take 5 s.
    EXPECT_LT(std::chrono::steady_clock::now() - before, 4s) << "for " << rounds << " changes";
}

TEST_F(DashboardTest, WhoComesBackAfterARestartIsToldSo) {
    start();
    Ear ear;
    const DashboardClient client(address(), std::ref(ear), 100ms);
    const Json first = Json::parse(ear.next("hello"));
    ear.next("status");
    dashboard->event_stored(event_of(1));
    ear.next("event");
    dashboard.reset();
    EXPECT_NE(ear.next("lost"), "nothing came");
    start();
    EXPECT_NE(Json::parse(ear.next("hello")).at("epoch"), first.at("epoch"));
    EXPECT_EQ(Json::parse(ear.next("resync")).at("reason"), "restarted");
}

TEST_F(DashboardTest, TheClientAsksForTheRestOfTheApiToo) {
    start();
    const auto reply = DashboardClient::request(address(), "GET", "/api/v1/live");
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(Json::parse(reply->body).at("people"), 2);
    const auto set = DashboardClient::request(address(), "PUT", "/api/v1/passwords/admin",
                                              R"({"password":"four words are best"})");
    EXPECT_EQ(set->status, 204);
    EXPECT_FALSE(DashboardClient::request(address(), "GET", "/api/v1/live")) << "now a log-in is needed";
    DashboardAddress known = address();
    known.user = "admin";
    known.password = "four words are best";
    EXPECT_EQ(DashboardClient::request(known, "GET", "/api/v1/live")->status, 200);
}

TEST_F(DashboardTest, TheNetworkIsServedOnlyOnceThereIsAPassword) {
    config.dashboard.listen = DashboardConfig::Listen::kNetwork;
    start();
    EXPECT_FALSE(dashboard->on_network());
    const auto set = DashboardClient::request(address(), "PUT", "/api/v1/passwords/admin",
                                              R"({"password":"four words are best"})");
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_TRUE(dashboard->on_network());
    EXPECT_TRUE(DashboardClient::request(
        {.port = dashboard->port(), .user = "admin", .password = "four words are best"}, "GET",
        "/api/v1/status"));
    dashboard.reset();
    start();
    EXPECT_TRUE(dashboard->on_network()) << "the password is still there";
}

TEST_F(DashboardTest, APortThatIsTakenIsTriedAgain) {
    start();
    Config other = config;
    const auto second = Dashboard::start(other, shop, *store, clock);
    ASSERT_TRUE(second);
    EXPECT_EQ((*second)->port(), 0);
    dashboard.reset();
    (*second)->tick();
    EXPECT_EQ((*second)->port(), other.dashboard.port);
}

TEST_F(DashboardTest, MalformedRequestsAreRefused) {
    start();
    EXPECT_THAT(raw("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET /%2e%2e/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20000, 'a') + "\r\n\r\n"),
                StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(raw("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n"),
                StartsWith("HTTP/1.1 413"));
    EXPECT_THAT(raw("GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(raw("HEAD /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
                ::testing::AllOf(StartsWith("HTTP/1.1 200"), ::testing::EndsWith("\r\n\r\n")));
}

TEST_F(DashboardTest, WhoSendsSlowlyIsCutOff) {
    HttpLimits limits;
    limits.header_timeout = 200ms;
    limits.body_timeout = 200ms;
    start(limits);
    EXPECT_EQ(raw("GET / HTT"), "");
    EXPECT_EQ(raw(""), "") << "who says nothing gets nothing";
    EXPECT_EQ(raw("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{"), "");
}

TEST_F(DashboardTest, WhoAsksTooOftenIsToldToWait) {
    HttpLimits limits;
    limits.requests_per_s = 0.001;
    limits.burst = 2;
    start(limits);
    const std::string ask = "GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    raw(ask);
    raw(ask);
    EXPECT_THAT(raw(ask), ::testing::AllOf(StartsWith("HTTP/1.1 429"), HasSubstr("Retry-After: 1")));
}

TEST_F(DashboardTest, OneConnectionCarriesManyRequests) {
    start();
    const std::string ask = "GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const std::string got =
        raw(ask + ask + "GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    std::size_t answers = 0;
    for (auto at = got.find("HTTP/1.1 200"); at != std::string::npos; at = got.find("HTTP/1.1 200", at + 1))
        ++answers;
    EXPECT_EQ(answers, 3u);
}

TEST_F(DashboardTest, AStreamEndsWithItsSession) {
    HttpLimits limits;
    limits.heartbeat = 100ms;
    start(limits);
    DashboardClient::request(address(), "PUT", "/api/v1/passwords/admin",
                             R"({"password":"four words are best"})")
        .value();
    DashboardAddress known{.port = dashboard->port(), .user = "admin", .password = "four words are best"};
    Ear ear;
    const DashboardClient client(known, std::ref(ear), 1h);
    ear.next("hello");
    // A new password ends the log-ins that are.
    DashboardClient::request(known, "PUT", "/api/v1/passwords/admin",
                             R"({"password":"other words are better","current":"four words are best"})")
        .value();
    EXPECT_NE(ear.next("lost"), "nothing came");
}

}  // namespace
}  // namespace chairside
