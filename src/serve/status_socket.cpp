#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <thread>

#include "base/log.hpp"
#include "serve/status.hpp"

namespace chairside {
namespace {

namespace asio = boost::asio;
using LocalSocket = asio::local::stream_protocol::socket;
using LocalAcceptor = asio::local::stream_protocol::acceptor;
using LocalEndpoint = asio::local::stream_protocol::endpoint;

constexpr std::size_t kLongestPath = 100;  // sun_path holds 108 bytes
constexpr std::size_t kLargestAnswer = 4u << 20;
constexpr auto kWriteTimeout = std::chrono::seconds(5);
constexpr auto kAcceptAgain = std::chrono::milliseconds(200);

// A socket's address holds about 100 characters and real folders are deeper. The kernel resolves the address
// like any path, so a long folder is reached through its descriptor.
class ShortPath {
  public:
    explicit ShortPath(const std::filesystem::path& path) : text_(path.string()) {
        if (text_.size() <= kLongestPath) return;
        folder_ = ::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (folder_ >= 0) text_ = "/proc/self/fd/" + std::to_string(folder_) + "/" + path.filename().string();
    }
    ~ShortPath() {
        if (folder_ >= 0) ::close(folder_);
    }
    ShortPath(const ShortPath&) = delete;
    ShortPath& operator=(const ShortPath&) = delete;
    LocalEndpoint endpoint() const {
        return LocalEndpoint(text_.size() > kLongestPath ? std::string("/nonexistent") : text_);
    }

  private:
    std::string text_;
    int folder_ = -1;
};

// One answer: writes the document, then closes. Keeps itself alive until that is done or took too long.
class Answer : public std::enable_shared_from_this<Answer> {
  public:
    Answer(LocalSocket socket, std::string text)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), text_(std::move(text)) {}
    void start() {
        timer_.expires_after(kWriteTimeout);
        timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (!error) self->socket_.close(error);
        });
        asio::async_write(socket_, asio::buffer(text_),
                          [self = shared_from_this()](boost::system::error_code, std::size_t) {
                              boost::system::error_code ignored;
                              self->timer_.cancel(ignored);
                              self->socket_.shutdown(LocalSocket::shutdown_both, ignored);
                              self->socket_.close(ignored);
                          });
    }

  private:
    LocalSocket socket_;
    asio::steady_timer timer_;
    std::string text_;
};

}  // namespace

class StatusServer::Impl {
  public:
    Impl(std::filesystem::path path, std::function<Status()> status)
        : path_(std::move(path)), status_(std::move(status)), acceptor_(io_) {}

    ~Impl() {
        io_.stop();
        if (thread_.joinable()) thread_.join();
        if (bound_) ::unlink(path_.c_str());
    }

    Result<void> start() {
        if (query_status(path_, std::chrono::milliseconds(300))) {
            return fail(ErrorKind::kUnavailable,
                        "another chairside service answers at " + path_.string() + "; stop it first");
        }
        ::unlink(path_.c_str());  // left behind by a crash
        const ShortPath address(path_);
        boost::system::error_code error;
        acceptor_.open(LocalEndpoint().protocol(), error);
        if (!error) acceptor_.bind(address.endpoint(), error);
        if (!error) {
            bound_ = true;
            if (::chmod(path_.c_str(), S_IRUSR | S_IWUSR) != 0)
                error.assign(errno, boost::system::system_category());
        }
        if (!error) acceptor_.listen(16, error);
        if (error)
            return fail(ErrorKind::kIo,
                        "cannot open the status socket " + path_.string() + ": " + error.message());
        accept();
        thread_ = std::thread([this] { io_.run(); });
        return {};
    }

  private:
    void accept() {
        acceptor_.async_accept([this](boost::system::error_code error, LocalSocket socket) {
            if (!error) {
                std::make_shared<Answer>(std::move(socket), to_json(status_()))->start();
                accept();
            } else if (error != asio::error::operation_aborted) {
                // No descriptors left, most likely, and whoever asks still waits: do not spin.
                pause_.expires_after(kAcceptAgain);
                pause_.async_wait([this](boost::system::error_code stopped) {
                    if (!stopped) accept();
                });
            }
        });
    }

    const std::filesystem::path path_;
    const std::function<Status()> status_;
    asio::io_context io_{1};
    asio::steady_timer pause_{io_};
    LocalAcceptor acceptor_;
    bool bound_ = false;
    std::thread thread_;
};

StatusServer::StatusServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StatusServer::~StatusServer() = default;

Result<std::unique_ptr<StatusServer>> StatusServer::start(const std::filesystem::path& socket,
                                                          std::function<Status()> status) {
    auto impl = std::make_unique<Impl>(socket, std::move(status));
    if (auto started = impl->start(); !started) return tl::unexpected(started.error());
    return std::unique_ptr<StatusServer>(new StatusServer(std::move(impl)));
}

Result<Status> query_status(const std::filesystem::path& path, Duration timeout) {
    asio::io_context io;
    LocalSocket socket(io);
    const ShortPath address(path);
    std::string answer;
    boost::system::error_code error = asio::error::timed_out;
    socket.async_connect(address.endpoint(), [&](boost::system::error_code connected) {
        error = connected;
        if (connected) return;
        error = asio::error::timed_out;
        asio::async_read(socket, asio::dynamic_buffer(answer, kLargestAnswer),
                         [&](boost::system::error_code read, std::size_t) { error = read; });
    });
    io.run_for(timeout);
    if (error != asio::error::eof) {
        return fail(ErrorKind::kUnavailable,
                    "no chairside service answers at " + path.string() + " (" + error.message() + ")");
    }
    return parse_status(answer);
}

}  // namespace chairside
