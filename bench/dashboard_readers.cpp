// How fast an update reaches many readers of the dashboard's stream, half of which take nothing; and what it costs in memory.
//
//   dashboard_readers [READERS [SECONDS]]
//
// Publishes 20 events a second into a running dashboard on this machine and measures, at each reader that reads, the time from
// the publishing to the arrival of its line. One line of figures at the end. Exit code 1 where a reader that reads missed an
// event without a resync mark.

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "serve/dashboard.hpp"
#include "serve/dashboard_client.hpp"
#include "serve/shop_test_support.hpp"

using namespace chairside;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr int kEventsPerSecond = 20;

struct Reader {
    int socket = -1;
    bool stalled = false;
    SseParser parser{};
    std::uint64_t seen = 0, resyncs = 0, missed = 0;
};

double now_s() {
    return std::chrono::duration<double>(SteadyClock::now().time_since_epoch()).count();
}

double memory_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::atof(line.c_str() + 6) / 1024;
    return 0;
}

int connect_reader(int port, bool stalled) {
    const int s = ::socket(AF_INET, SOCK_STREAM, 0);
    const int small = 4096;
    // A stalled reader's buffers are not to swallow the whole run.
    if (stalled) ::setsockopt(s, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(s, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return -1;
    return s;
}

std::string stream_request(const std::string& cookie) {
    return "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie + "\r\n\r\n";
}

// The number in `"sent":…` of an event that this program published.
double sent_at(const std::string& data) {
    const auto at = data.find("\"sent\":\"");
    return at == std::string::npos ? 0 : std::atof(data.c_str() + at + 8);
}

void read_some(Reader& reader, std::vector<double>& delays_ms) {
    char buffer[65536];
    const ssize_t n = ::recv(reader.socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n <= 0) return;
    const double now = now_s();
    reader.parser.feed({buffer, static_cast<std::size_t>(n)}, [&](const ClientUpdate& update) {
        if (update.type == "resync") {
            ++reader.resyncs;
            reader.seen = 0;
        }
        if (update.type != "event") return;
        const auto seq = static_cast<std::uint64_t>(std::atoll(update.data.c_str() + 7));
        if (reader.seen > 0 && seq != reader.seen + 1) ++reader.missed;
        reader.seen = seq;
        delays_ms.push_back(1000 * (now - sent_at(update.data)));
    });
}

// A session each, as browsers have. Its cookie; empty if there is none to be had.
std::string begin_session(int port) {
    const int asking = connect_reader(port, false);
    const std::string ask = "GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    (void)!::send(asking, ask.data(), ask.size(), 0);
    std::string answer(16384, '\0');
    const ssize_t n = ::recv(asking, answer.data(), answer.size(), MSG_WAITALL);
    answer.resize(static_cast<std::size_t>(std::max<ssize_t>(0, n)));
    ::close(asking);
    const auto at = answer.find("chairside_session=");
    return at == std::string::npos ? std::string() : answer.substr(at, answer.find(';', at) - at);
}

// Gives the descriptor that tells of those that read.
int begin_reading(std::vector<Reader>& readers, int port) {
    const int poll = ::epoll_create1(0);
    for (std::size_t i = 0; i < readers.size(); ++i) {
        Reader& reader = readers[i];
        reader.stalled = i % 2 == 1;
        const std::string cookie = begin_session(port);
        if (cookie.empty()) return -1;
        reader.socket = connect_reader(port, reader.stalled);
        const std::string request = stream_request(cookie);
        (void)!::send(reader.socket, request.data(), request.size(), 0);
        epoll_event interest{.events = EPOLLIN, .data = {.u64 = i}};
        if (!reader.stalled) ::epoll_ctl(poll, EPOLL_CTL_ADD, reader.socket, &interest);
    }
    return poll;
}

void publish(Dashboard& dashboard, int seconds) {
    for (int i = 0; i < seconds * kEventsPerSecond; ++i) {
        Event event = store_test::event_of(static_cast<std::uint64_t>(i + 1));
        char text[32];
        std::snprintf(text, sizeof text, "%.6f", now_s());
        event.metadata = {{"sent", text}};
        dashboard.event_stored(event);
        dashboard.changed();
        std::this_thread::sleep_for(std::chrono::milliseconds(1000 / kEventsPerSecond));
    }
}

// `memory` gets a figure every tenth of the time: the stalled readers are removed after 30 s, from there on it must be flat.
std::vector<double> read_for(int poll, std::vector<Reader>& readers, int seconds,
                             std::vector<double>& memory) {
    std::vector<double> delays_ms;
    // In memory from the beginning, or it would be taken for the server's.
    delays_ms.assign(readers.size() * static_cast<std::size_t>(seconds) * kEventsPerSecond, 0);
    delays_ms.clear();
    const double begin = now_s(), end = begin + seconds;
    while (now_s() < end) {
        if (now_s() - begin >= static_cast<double>(memory.size()) * seconds / 10)
            memory.push_back(memory_mb());
        epoll_event events[256];
        const int n = ::epoll_wait(poll, events, 256, 100);
        for (int i = 0; i < n; ++i)
            read_some(readers[events[i].data.u64], delays_ms);
    }
    std::sort(delays_ms.begin(), delays_ms.end());
    return delays_ms;
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 500, seconds = argc > 2 ? std::atoi(argv[2]) : 30;
    const store_test::TempFolder folder;
    const SystemClock clock;
    const auto store = Store::open(folder.options()).value();
    serve_test::FakeShop shop(*store, clock);
    shop.shop = serve_test::FakeShop::busy(clock.wall_now());
    Config config;
    config.storage.path = folder.file();
    config.dashboard.port = 0;
    HttpLimits limits;
    limits.requests_per_s = 1e6;
    limits.burst = 1e6;
    const auto dashboard = Dashboard::start(config, shop, *store, clock, limits).value();

    std::vector<Reader> readers(static_cast<std::size_t>(count));
    const int poll = begin_reading(readers, dashboard->port());
    if (poll < 0) return std::fprintf(stderr, "no session was given\n"), 1;
    std::this_thread::sleep_for(std::chrono::seconds(2));
    std::vector<double> memory;
    std::thread publisher([&] { publish(*dashboard, seconds); });
    const auto delays_ms = read_for(poll, readers, seconds + 2, memory);
    publisher.join();
    std::uint64_t missed = 0, resyncs = 0;
    for (const Reader& reader : readers) {
        missed += reader.missed;
        resyncs += reader.resyncs;
        ::close(reader.socket);
    }
    if (delays_ms.empty()) return 1;
    const auto at = [&](double part) {
        return delays_ms[std::min(delays_ms.size() - 1,
                                  static_cast<std::size_t>(part * static_cast<double>(delays_ms.size())))];
    };
    std::printf(
        "readers %d (half stalled)  deliveries %zu  median %.1f ms  p99 %.1f ms  most %.1f ms  missed %llu  "
        "resyncs %llu  "
        "memory in tenths of the time, MB:",
        count, delays_ms.size(), at(0.5), at(0.99), delays_ms.back(), static_cast<unsigned long long>(missed),
        static_cast<unsigned long long>(resyncs));
    for (const double mb : memory)
        std::printf(" %.1f", mb);
    std::printf("\n");
    return missed == 0 ? 0 : 1;
}
