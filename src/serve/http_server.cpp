#include "serve/http_server.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <exception>
#include <future>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "base/locked.hpp"
#include "base/log.hpp"
#include "base/pulse.hpp"
#include "serve/address_limits.hpp"
#include "serve/tls_context.hpp"

namespace chairside {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::use_awaitable;
using Tcp = asio::ip::tcp;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using Parser = http::request_parser<http::string_body>;
constexpr Duration kPatience = std::chrono::minutes(2);  // until a thread must have come to something small
constexpr auto kNoThrow = asio::as_tuple(use_awaitable);

constexpr int kWorkers = 2;
constexpr std::size_t kListenQueue = 128;
constexpr std::uint64_t kCrowd = 20,
                        kLongestPauseMs = 25;  // a millisecond's wait for each so many connections

PlainStream& lowest(PlainStream& stream) {
    return stream;
}
PlainStream& lowest(TlsStream& stream) {
    return stream.next_layer();
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

WebResponse plain_problem(int status, const char* title, const char* detail) {
    WebResponse out;
    out.status = status;
    out.type = "application/problem+json";
    out.body = std::string(R"({"type":"about:blank","title":")") + title + R"(","status":)" +
               std::to_string(status) + R"(,"detail":")" + detail + "\"}";
    out.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
    return out;
}

// Why a request could not even be read. Who is too slow gets nothing: the stream's time limit closes it.
WebResponse unreadable(const beast::error_code& error) {
    if (error == http::error::body_limit)
        return plain_problem(413, "Too large", "The body is larger than this service takes.");
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return plain_problem(431, "Too large", "The header is larger than this service takes.");
    return plain_problem(400, "Bad request", "This is not a request that HTTP/1.1 knows.");
}

// It ends with the connection, so it has neither a length nor chunks.
std::string header_of_stream(const WebResponse& response) {
    std::string out = "HTTP/1.1 200 OK\r\nContent-Type: " + response.type + "\r\nConnection: close\r\n";
    for (const auto& [name, value] : response.headers)
        out += name + ": " + value + "\r\n";
    return out + "\r\n";
}

bool has_answer(const beast::error_code& error) {
    return error == http::error::body_limit || error == http::error::header_limit ||
           error == http::error::buffer_overflow ||
           (error.category() == http::make_error_code(http::error::bad_method).category() &&
            error != http::error::end_of_stream && error != http::error::partial_message);
}

}  // namespace

class HttpServer::Impl {
  public:
    Impl(Handler handler, const HttpLimits& limits)
        : handler_(std::move(handler)), limits_(limits), addresses_(limits.requests_per_s, limits.burst) {}

    ~Impl() { stop(); }

    void stop() {
        if (!thread_.joinable()) return;
        asio::post(io_, [this] {
            stopping_ = true;
            close_acceptors();
            for (PlainStream* stream : open_)
                stream->cancel();
            for (asio::steady_timer* timer : waiting_)
                timer->cancel();
            work_.reset();
        });
        thread_.join();
        workers_.join();
    }

    Result<void> start(const TlsFiles& tls) {
        if (!tls.certificate.empty()) {
            auto context = make_tls_context(tls);
            if (!context) return tl::unexpected(context.error());
            tls_.emplace(std::move(*context));
        }
        thread_ = std::thread([this] {
            name_thread("dash:io");
            io_.run();
        });
        return {};
    }

    void check_turning() {
        ask(io_pulse_, io_);
        ask(workers_pulse_, workers_);
    }

    Result<int> listen(const std::string& address, int port) {
        beast::error_code error;
        const auto ip = asio::ip::make_address(address, error);
        if (error) return fail(ErrorKind::kInvalid, "'" + address + "' is no address of a network card");
        const Tcp::endpoint endpoint(ip, static_cast<unsigned short>(port));
        auto acceptor = std::make_shared<Tcp::acceptor>(io_);
        acceptor->open(endpoint.protocol(), error);
        if (!error) acceptor->set_option(Tcp::acceptor::reuse_address(true), error);
        if (!error && ip.is_v6()) acceptor->set_option(asio::ip::v6_only(true), error);
        if (!error) acceptor->bind(endpoint, error);
        if (!error) acceptor->listen(kListenQueue, error);
        if (error)
            return fail(ErrorKind::kIo, "cannot listen on " + address + ", port " + std::to_string(port) +
                                            ": " + error.message());
        const int chosen = acceptor->local_endpoint().port();
        asio::post(io_, [this, acceptor] {
            acceptors_.push_back(acceptor);
            asio::co_spawn(io_, accept(acceptor), asio::detached);
        });
        return chosen;
    }

    void stop_listening() {
        std::promise<void> done;
        asio::post(io_, [&] {
            close_acceptors();
            done.set_value();
        });
        done.get_future().wait();
    }

    HttpCounters counters() const { return {requests_, refused_, connections_}; }

  private:
    void close_acceptors() {
        beast::error_code ignored;
        for (auto& acceptor : acceptors_)
            acceptor->close(ignored);
        acceptors_.clear();
    }

    awaitable<void> accept(std::shared_ptr<Tcp::acceptor> acceptor) {
        while (acceptor->is_open()) {
            auto [error, socket] = co_await acceptor->async_accept(kNoThrow);
            if (!acceptor->is_open()) co_return;
            if (error) {
                // No descriptors left, most likely: wait, do not spin.
                asio::steady_timer pause(io_, std::chrono::milliseconds(100));
                co_await pause.async_wait(kNoThrow);
                continue;
            }
            const auto peer = socket.remote_endpoint(error);
            if (error) continue;
            const std::string address = peer.address().to_string();
            const bool local = peer.address().is_loopback();
            if (connections_ >= limits_.connections ||
                (!local && addresses_.connections(address) >= limits_.connections_per_address))
                continue;  // closes it
            asio::co_spawn(io_, serve(std::move(socket), address, local), asio::detached);
        }
    }

    awaitable<void> serve(Tcp::socket socket, std::string address, bool local) {
        ++connections_;
        addresses_.connected(address);
        beast::error_code ignored;
        socket.set_option(Tcp::no_delay(true), ignored);  // a change is to be seen at once
        try {
            if (tls_) {
                TlsStream stream(PlainStream(std::move(socket)), *tls_);
                stream.next_layer().expires_after(limits_.header_timeout);
                co_await stream.async_handshake(asio::ssl::stream_base::server, use_awaitable);
                co_await converse(stream, address, local);
            } else {
                PlainStream stream(std::move(socket));
                co_await converse(stream, address, local);
            }
        } catch (const std::exception&) {
            // The peer went away; there is nobody to tell.
        }
        addresses_.disconnected(address);
        --connections_;
    }

    template <typename Stream>
    awaitable<void> converse(Stream& stream, const std::string& address, bool local) {
        const Registered registered(open_, &lowest(stream));
        beast::flat_buffer buffer;
        bool first = true, more = true;
        while (more && !stopping_) {
            Parser parser;
            parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
            parser.body_limit(limits_.body_bytes);
            auto error = co_await read(stream, buffer, parser, first);
            first = false;
            if (error) {
                if (has_answer(error)) co_await write(stream, unreadable(error), false, false);
                break;
            }
            more = co_await answer(stream, parser, address, local);
        }
        beast::error_code ignored;
        lowest(stream).socket().shutdown(Tcp::socket::shutdown_send, ignored);
    }

    template <typename Stream>
    awaitable<beast::error_code> read(Stream& stream, beast::flat_buffer& buffer, Parser& parser,
                                      bool first) {
        if (!first && buffer.size() == 0) {
            // Between two requests a connection may rest longer than within one.
            lowest(stream).expires_after(limits_.idle_timeout);
            auto [error, bytes] = co_await stream.async_read_some(buffer.prepare(4096), kNoThrow);
            if (error)
                co_return error == asio::error::eof ? beast::error_code(http::error::end_of_stream) : error;
            buffer.commit(bytes);
        }
        lowest(stream).expires_after(limits_.header_timeout);
        auto [header_error, header_bytes] =
            co_await http::async_read_header(stream, buffer, parser, kNoThrow);
        if (header_error) co_return header_error;
        lowest(stream).expires_after(limits_.body_timeout);
        if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
            static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
            auto [error, bytes] = co_await asio::async_write(stream, asio::buffer(kContinue), kNoThrow);
            if (error) co_return error;
        }
        auto [body_error, body_bytes] = co_await http::async_read(stream, buffer, parser, kNoThrow);
        co_return body_error;
    }

    // False: the connection is to be closed.
    template <typename Stream>
    awaitable<bool> answer(Stream& stream, Parser& parser, const std::string& address, bool local) {
        ++requests_;
        auto message = parser.release();
        const bool keep = message.keep_alive(), head = message.method() == http::verb::head;
        WebResponse response;
        auto target = parse_target(std::string_view(message.target().data(), message.target().size()));
        if (!addresses_.admit(address, now())) {
            response = plain_problem(429, "Too often",
                                     "Too many requests from this address; try again in a second.");
            response.headers.emplace_back("Retry-After", "1");
        } else if (!target) {
            response =
                plain_problem(400, "Bad request", "The address asked for is not one that can be served.");
        } else {
            const WebRequest request = translate(message, std::move(*target), address, local);
            response = co_await asio::co_spawn(
                workers_.get_executor(),
                [this, &request]() -> awaitable<WebResponse> { co_return handler_(request); }, use_awaitable);
        }
        const int status = response.status;
        if (status == 401 || status == 403 || status == 421 || status == 429) ++refused_;
        if (response.stream && !head) {
            co_await run_stream(stream, response);
            co_return false;
        }
        co_return co_await write(stream, std::move(response), head, keep) && keep;
    }

    WebRequest translate(http::request<http::string_body>& message, Target target, const std::string& address,
                         bool local) const {
        WebRequest out;
        const bool head = message.method() == http::verb::head;
        out.method = head ? "GET" : std::string(message.method_string());
        out.path = std::move(target.path);
        out.query = std::move(target.query);
        for (const auto& field : message) {
            std::string& value =
                out.headers[lower(std::string_view(field.name_string().data(), field.name_string().size()))];
            if (!value.empty()) value += ", ";
            value += std::string(field.value());
        }
        out.body = std::move(message.body());
        out.address = address;
        out.local = local;
        out.secure = tls_.has_value();
        return out;
    }

    // False: the peer is gone.
    template <typename Stream>
    awaitable<bool> write(Stream& stream, WebResponse response, bool head, bool keep) {
        const std::string_view body = response.fixed ? *response.fixed : std::string_view(response.body);
        http::response<http::span_body<const char>> message;
        message.version(11);
        message.result(static_cast<unsigned>(response.status));
        for (const auto& [name, value] : response.headers)
            message.insert(name, value);
        if (response.status != 204 && response.status != 304) {
            message.set(http::field::content_type, response.type);
            message.content_length(body.size());
        }
        message.keep_alive(keep);
        if (!head) message.body() = beast::span<const char>(body.data(), body.size());
        lowest(stream).expires_after(limits_.write_timeout);
        http::response_serializer<http::span_body<const char>> serializer(message);
        auto [error, bytes] = head ? co_await http::async_write_header(stream, serializer, kNoThrow)
                                   : co_await http::async_write(stream, serializer, kNoThrow);
        co_return !error;
    }

    // A stream's writer, and whether it was woken since it last took what there is.
    struct Waker {
        explicit Waker(asio::io_context& io) : timer(io) {}
        asio::steady_timer timer;
        std::atomic<bool> woken = false;
    };

    // From any thread. Those woken at about the same time are woken together, once in the loop for all of them. Where many read,
    // they wait a moment for what comes right after (an event is followed by the status that it changes): a send costs more
    // than what is in it. Nobody notices it, and it leaves the machine to the cameras.
    void wake(const std::shared_ptr<Waker>& waker) {
        if (waker->woken.exchange(true)) return;
        const bool first = woken_.with([&](auto& woken) {
            woken.push_back(waker);
            return woken.size() == 1;
        });
        if (!first) return;
        asio::post(io_, [this] {
            const auto pause = std::min<std::uint64_t>(connections_ / kCrowd, kLongestPauseMs);
            if (pause == 0 || stopping_) return wake_all();
            crowd_.expires_after(std::chrono::milliseconds(pause));
            crowd_.async_wait([this](const auto&) { wake_all(); });
        });
    }

    void wake_all() {
        for (const auto& waker : woken_.with([](auto& woken) { return std::exchange(woken, {}); }))
            waker->timer.cancel();
    }

    template <typename Stream>
    awaitable<void> run_stream(Stream& stream, const WebResponse& response) {
        const WebResponse::Stream& what = *response.stream;
        const auto waker = std::make_shared<Waker>(io_);
        const Registered registered(waiting_, &waker->timer);
        const auto subscription = what.open([this, waker] { wake(waker); });
        std::string text = header_of_stream(response) + what.prologue;
        MonoTime beat = now();
        while (!stopping_ && subscription) {
            waker->woken = false;  // before taking: what comes later wakes again
            for (const Update& update : subscription->take())
                text += as_sse(update, what.epoch);
            if (now() - beat >= limits_.heartbeat) {
                if (!what.allowed()) break;
                if (text.empty()) text = ":\n\n";
                beat = now();
            }
            if (!text.empty()) {
                lowest(stream).expires_after(limits_.write_timeout);
                auto [error, bytes] = co_await asio::async_write(stream, asio::buffer(text), kNoThrow);
                if (error) break;
                text.clear();
                continue;
            }
            if (subscription->closed()) break;
            waker->timer.expires_after(limits_.heartbeat);
            co_await waker->timer.async_wait(kNoThrow);
        }
    }

    // In a set while it lives, so that it can be cancelled at the end.
    template <typename T>
    struct Registered {
        Registered(std::set<T*>& set, T* item) : set_(set), item_(item) { set_.insert(item); }
        ~Registered() { set_.erase(item_); }
        Registered(const Registered&) = delete;
        Registered& operator=(const Registered&) = delete;

      private:
        std::set<T*>& set_;
        T* item_;
    };
    MonoTime now() const {
        return MonoTime(
            std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
    }

    static void ask(Pulse& pulse, auto& executor) {
        if (pulse.working()) return;
        pulse.begin();
        asio::post(executor, [&pulse] { pulse.rest(); });
    }

    const Handler handler_;
    const HttpLimits limits_;
    Pulse io_pulse_{"the dashboard's connections", kPatience};
    Pulse workers_pulse_{"the dashboard's requests", kPatience};  // all of them: one that is free answers
    std::atomic<std::uint64_t> requests_ = 0, refused_ = 0, connections_ = 0;
    std::optional<asio::ssl::context> tls_;
    asio::io_context io_{1};
    asio::thread_pool workers_{kWorkers};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_{
        asio::make_work_guard(io_)};
    Locked<std::vector<std::shared_ptr<Waker>>> woken_;
    // Input and output's thread only:
    AddressLimits addresses_;
    std::vector<std::shared_ptr<Tcp::acceptor>> acceptors_;
    std::set<PlainStream*> open_;
    std::set<asio::steady_timer*> waiting_;
    asio::steady_timer crowd_{io_};
    bool stopping_ = false;
    std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(Handler handler, const HttpLimits& limits,
                                                      const TlsFiles& tls) {
    auto impl = std::make_unique<Impl>(std::move(handler), limits);
    if (auto started = impl->start(tls); !started) return tl::unexpected(started.error());
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

Result<int> HttpServer::listen(const std::string& address, int port) {
    return impl_->listen(address, port);
}

void HttpServer::stop() {
    impl_->stop();
}

void HttpServer::stop_listening() {
    impl_->stop_listening();
}

HttpCounters HttpServer::counters() const {
    return impl_->counters();
}

void HttpServer::check_turning() {
    impl_->check_turning();
}

}  // namespace chairside
