#include "serve/dashboard_client.hpp"

#include <atomic>
#include <boost/asio.hpp>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

namespace chairside {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Json = nlohmann::json;

constexpr std::size_t kLargestLine = 4u << 20;
constexpr auto kPatience = std::chrono::seconds(20);
constexpr auto kSilence = std::chrono::seconds(60);  // of a stream that has a heartbeat

std::string header_value(const std::string& head, const std::string& name) {
    std::string lower = head;
    for (char& c : lower)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto at = lower.find("\r\n" + name + ":");
    if (at == std::string::npos) return {};
    const auto begin = head.find_first_not_of(' ', at + name.size() + 3);
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

// A connection whose steps all have a time limit, and that another thread can end.
class Link {
  public:
    Result<void> open(const DashboardAddress& address) {
        boost::system::error_code error;
        Tcp::resolver resolver(io_);
        const auto places = resolver.resolve(address.host, std::to_string(address.port), error);
        if (error) return fail(ErrorKind::kUnavailable, address.host + ": " + error.message());
        error = asio::error::would_block;
        asio::async_connect(socket_, places, [&](boost::system::error_code e, const auto&) { error = e; });
        return finish(error, kPatience);
    }
    Result<void> send(const std::string& text) {
        boost::system::error_code error = asio::error::would_block;
        asio::async_write(socket_, asio::buffer(text),
                          [&](boost::system::error_code e, std::size_t) { error = e; });
        return finish(error, kPatience);
    }
    // Whatever has come, at least a byte. kEnd at the end.
    Result<std::string> receive(Duration patience) {
        boost::system::error_code error = asio::error::would_block;
        std::size_t got = 0;
        socket_.async_read_some(asio::buffer(buffer_), [&](boost::system::error_code e, std::size_t n) {
            error = e;
            got = n;
        });
        if (auto done = finish(error, patience); !done) return tl::unexpected(done.error());
        return std::string(buffer_.data(), got);
    }
    void cancel() {
        stopped_ = true;
        io_.stop();
    }

  private:
    Result<void> finish(const boost::system::error_code& error, Duration patience) {
        io_.restart();
        if (!stopped_) io_.run_for(patience);
        if (stopped_) return fail(ErrorKind::kCancelled, "stopped");
        if (error == asio::error::would_block) {
            boost::system::error_code ignored;
            socket_.close(ignored);
            io_.restart();
            io_.run();
            return fail(ErrorKind::kUnavailable, "the service does not answer");
        }
        if (error == asio::error::eof) return fail(ErrorKind::kEnd, "the service closed the connection");
        if (error) return fail(ErrorKind::kUnavailable, error.message());
        return {};
    }

    asio::io_context io_;
    Tcp::socket socket_{io_};
    std::array<char, 16384> buffer_{};
    std::atomic<bool> stopped_ = false;
};

struct Session {
    std::string cookie, csrf;
};

struct Head {
    int status = 0;
    std::string text, rest;  // the header; what came of the body with it
};

Result<Head> exchange(Link& link, const DashboardAddress& to, const Session& session,
                      const std::string& method, const std::string& target, const std::string& body,
                      const std::string& more = {}) {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more;
    if (auto open = link.open(to); !open) return tl::unexpected(open.error());
    if (!session.cookie.empty()) text += "Cookie: " + session.cookie + "\r\n";
    if (!session.csrf.empty()) text += "X-CSRF-Token: " + session.csrf + "\r\n";
    if (!body.empty()) text += "Content-Type: application/json\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (auto sent = link.send(text); !sent) return tl::unexpected(sent.error());
    Head out;
    for (auto end = std::string::npos; end == std::string::npos;) {
        auto piece = link.receive(kPatience);
        if (!piece) return tl::unexpected(piece.error());
        out.text += *piece;
        if (out.text.size() > kLargestLine)
            return fail(ErrorKind::kCorrupt, "the answer's header is too long");
        if (end = out.text.find("\r\n\r\n"); end == std::string::npos) continue;
        out.rest = out.text.substr(end + 4);
        out.text.resize(end + 2);
    }
    const auto space = out.text.find(' ');
    out.status = space == std::string::npos ? 0 : std::atoi(out.text.c_str() + space + 1);
    return out;
}

Result<DashboardClient::Reply> whole(Link& link, Head head) {
    for (;;) {
        auto piece = link.receive(kPatience);
        if (!piece && piece.error().kind == ErrorKind::kEnd)
            return DashboardClient::Reply{head.status, std::move(head.rest)};
        if (!piece) return tl::unexpected(piece.error());
        head.rest += *piece;
    }
}

Result<Session> begin_session(const DashboardAddress& to) {
    const std::string body =
        to.user.empty() ? std::string() : Json({{"user", to.user}, {"password", to.password}}).dump();
    Link link;
    auto head = exchange(link, to, {}, body.empty() ? "GET" : "POST", "/api/v1/session", body);
    if (!head) return tl::unexpected(head.error());
    const std::string cookie = header_value(head->text, "set-cookie");
    const auto reply = whole(link, std::move(*head));
    if (!reply) return tl::unexpected(reply.error());
    const Json json = Json::parse(reply->body, nullptr, false);
    if (reply->status != 200 || !json.is_object())
        return fail(ErrorKind::kInvalid, "the log-in was refused (" + std::to_string(reply->status) + ")");
    if (json.value("role", Json()).is_null()) return fail(ErrorKind::kInvalid, "a log-in is needed");
    return Session{cookie.substr(0, cookie.find(';')), json.value("csrf", "")};
}

}  // namespace

class DashboardClient::Impl {
  public:
    Impl(DashboardAddress address, OnUpdate on_update, Duration retry)
        : address_(std::move(address)),
          on_update_(std::move(on_update)),
          retry_(retry),
          thread_([this] { loop(); }) {}
    ~Impl() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            if (link_) link_->cancel();
        }
        wake_.notify_all();
        thread_.join();
    }

  private:
    void loop() {
        for (;;) {
            const Error why = follow();
            {
                std::unique_lock lock(mutex_);
                link_.reset();
                if (stopping_) return;
            }
            on_update_({"lost", "", why.message});
            std::unique_lock lock(mutex_);
            if (wake_.wait_for(lock, retry_, [this] { return stopping_; })) return;
        }
    }

    // Follows the stream until it ends, and says why it did.
    Error follow() {
        const auto session = begin_session(address_);
        if (!session) return session.error();
        std::shared_ptr<Link> link;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return {ErrorKind::kCancelled, "stopped"};
            link = link_ = std::make_shared<Link>();
        }
        const std::string last = last_id_.empty() ? "" : "Last-Event-ID: " + last_id_ + "\r\n";
        auto head =
            exchange(*link, address_, *session, "GET", "/api/v1/stream?topics=" + address_.topics, "", last);
        if (!head) return head.error();
        if (head->status != 200)
            return {ErrorKind::kInvalid, "the stream was refused (" + std::to_string(head->status) + ")"};
        SseParser parser;
        const auto hand_on = [this](const ClientUpdate& update) {
            if (!update.id.empty()) last_id_ = update.id;
            on_update_(update);
        };
        parser.feed(head->rest, hand_on);
        for (;;) {
            const auto piece = link->receive(kSilence);
            if (!piece) return piece.error();
            parser.feed(*piece, hand_on);
        }
    }

    const DashboardAddress address_;
    const OnUpdate on_update_;
    const Duration retry_;
    std::string last_id_;  // the client's thread only
    std::mutex mutex_;     // guards the next two
    std::shared_ptr<Link> link_;
    bool stopping_ = false;
    std::condition_variable wake_;
    std::thread thread_;
};

DashboardClient::DashboardClient(DashboardAddress address, OnUpdate on_update, Duration retry)
    : impl_(std::make_unique<Impl>(std::move(address), std::move(on_update), retry)) {}
DashboardClient::~DashboardClient() = default;

Result<DashboardClient::Reply> DashboardClient::request(const DashboardAddress& address,
                                                        const std::string& method, const std::string& target,
                                                        const std::string& body) {
    const auto session = begin_session(address);
    if (!session) return tl::unexpected(session.error());
    Link link;
    auto head = exchange(link, address, *session, method, target, body);
    if (!head) return tl::unexpected(head.error());
    return whole(link, std::move(*head));
}

// ---- SseParser

void SseParser::feed(std::string_view piece, const std::function<void(const ClientUpdate&)>& on_message) {
    rest_ += piece;
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
        std::string_view text = std::string_view(rest_).substr(begin, end - begin);
        if (text.ends_with('\r')) text.remove_suffix(1);
        line(text, on_message);
        begin = end + 1;
    }
    rest_.erase(0, begin);
    if (rest_.size() > kLargestLine) rest_.clear();
}

void SseParser::line(std::string_view text, const std::function<void(const ClientUpdate&)>& on_message) {
    if (text.empty()) {
        if (has_data_) on_message(now_);
        now_ = {};
        has_data_ = false;
        return;
    }
    const auto colon = std::min(text.find(':'), text.size());
    const auto name = text.substr(0, colon);
    std::string_view value = colon < text.size() ? text.substr(colon + 1) : std::string_view();
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "event") now_.type = value;
    if (name == "id") now_.id = value;
    if (name != "data") return;
    if (has_data_) now_.data += '\n';
    now_.data += value;
    has_data_ = true;
}

}  // namespace chairside
