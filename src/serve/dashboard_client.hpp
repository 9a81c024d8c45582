#pragma once
// DashboardClient: the dashboard's stream for programs: logs in, subscribes, comes back after a loss with the last event it
// had, and hands every update to a function. What a browser sees of a shop, a program sees too.

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chairside {

struct DashboardAddress {
    std::string host{"127.0.0.1"};
    int port{8090};
    std::string user{}, password{};  // empty: where no log-in is needed
    std::string topics{"status,event,summary"};
};

// "hello", "status", "event", "summary", "tracks", "resync", and the client's own "lost" (the connection ended; `data` is why).
struct ClientUpdate {
    std::string type, id, data;
};

// Threads: the function is called in the client's own thread. Plain HTTP only. Failure: the client tries again each
// retry_s; what went wrong comes as "lost".
class DashboardClient {
  public:
    using OnUpdate = std::function<void(const ClientUpdate&)>;
    DashboardClient(DashboardAddress address, OnUpdate on_update, Duration retry = std::chrono::seconds(2));
    ~DashboardClient();  // stops

    // One request with the client's session, for the rest of the API. The answer's body, whatever its status was.
    struct Reply {
        int status = 0;
        std::string body;
    };
    static Result<Reply> request(const DashboardAddress& address, const std::string& method,
                                 const std::string& target, const std::string& body = {});

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// Takes a stream of server-sent events apart, in whatever pieces it comes. Pure.
class SseParser {
  public:
    // The messages that are whole now.
    void feed(std::string_view piece, const std::function<void(const ClientUpdate&)>& on_message);

  private:
    void line(std::string_view text, const std::function<void(const ClientUpdate&)>& on_message);
    std::string rest_;
    ClientUpdate now_;
    bool has_data_ = false;
};

}  // namespace chairside
