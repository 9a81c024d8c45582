#pragma once
// Dashboard: everything that a browser sees of the service, put together: access, API, pages, stream, HTTP.
//
// Listens on this machine; on the network only where the configuration says so and an admin password is set, and from the
// moment on that it is. A port that is taken does not keep the service from counting: it is logged and tried again.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "serve/http_server.hpp"
#include "serve/shop.hpp"
#include "store/store.hpp"
#include "track/track.hpp"

namespace chairside {

// Threads: start and the destructor from one; the rest from any.
class Dashboard {
  public:
    // Of the network's cards; the first must work, the others may be missing (IPv6).
    using Addresses = std::vector<std::string>;
    // All of these must outlive it. Failure: the store cannot be read, or the certificate not be used.
    static Result<std::unique_ptr<Dashboard>> start(const Config& config, Shop& shop, Store& store,
                                                    const Clock& clock, const HttpLimits& limits = {},
                                                    Addresses network = {"0.0.0.0", "::"});
    ~Dashboard();

    // From the pipeline: an event was stored; who sits where has changed. They return at once.
    void event_stored(const Event& event);
    void changed();
    void tracks(const std::string& camera, const Tracks& tracks);
    // About once a second: tries again to listen where it could not.
    void tick();

    int port() const;         // 0: it listens nowhere yet
    std::string url() const;  // on this machine; empty: it listens nowhere yet
    bool on_network() const;

  private:
    class Impl;
    explicit Dashboard(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside
