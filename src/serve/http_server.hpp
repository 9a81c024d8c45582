#pragma once
// HttpServer: HTTP/1.1 on Boost's Asio and Beast, with streams of server-sent events. One thread does all input and
// output, two more run the handler.
//
// Limits: the header within kHeaderTimeout and kMostHeaderBytes, the body within kBodyTimeout and most_body; as many
// connections in all and per address, as many requests a second and address, as the options say. Who sends too much or too
// often is answered with a problem document, who sends slowly is cut off.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "serve/message.hpp"

namespace chairside {

struct HttpLimits {
    Duration header_timeout = std::chrono::seconds(10), body_timeout = std::chrono::seconds(20);
    Duration idle_timeout = std::chrono::seconds(60);   // between two requests of a connection
    Duration write_timeout = std::chrono::seconds(30);  // of one answer, or one step of a stream
    Duration heartbeat = std::chrono::seconds(15);      // of a stream
    std::size_t header_bytes = 16u << 10, body_bytes = 1u << 20;
    std::size_t connections = 1024, connections_per_address = 64;  // the latter not for this machine
    double requests_per_s = 100;                                   // and address
    double burst = 300;
};

struct HttpCounters {
    std::uint64_t requests = 0, refused = 0;  // refused: 401, 403, 421, 429
    std::uint64_t connections = 0;            // now
};

// The owner's certificate; empty: plain HTTP.
struct TlsFiles {
    std::string certificate, key;  // PEM
};

class HttpServer {
  public:
    // Called in a worker thread; several at a time. Must not throw.
    using Handler = std::function<WebResponse(const WebRequest&)>;

    static Result<std::unique_ptr<HttpServer>> start(Handler handler, const HttpLimits& limits = {},
                                                     const TlsFiles& tls = {});
    ~HttpServer();  // stops
    // Ends all connections and waits for the handlers that run. The subscriptions of streams end here, so the broadcaster must
    // still be there.
    void stop();

    // Listens on one more address, "127.0.0.1", "::", at a port; 0: one that is free. Gives the port.
    Result<int> listen(const std::string& address, int port);
    // Takes no new connections; those that are there go on.
    void stop_listening();
    HttpCounters counters() const;
    // About once a second: gives each thread something small to do, and so learns which does not get to it (base/pulse.hpp).
    void check_turning();

  private:
    class Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
