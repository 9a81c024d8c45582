#pragma once
// A request and its answer as plain values: what the API's functions see of HTTP.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/dashboard_broadcaster.hpp"

namespace chairside {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

struct WebRequest {
    std::string method;                          // "GET", "PUT", …; HEAD comes as GET
    std::string path;                            // decoded; begins with '/'
    TextPairs query;                             // decoded, in order
    std::map<std::string, std::string> headers;  // names in lower case; repeated ones joined with ", "
    std::string body;
    std::string address;  // of the peer
    bool local = false;   // the peer is this machine
    bool secure = false;  // over TLS

    // Empty if it is not there.
    std::string_view header(const std::string& name) const;
    std::string_view cookie(std::string_view name) const;
};

struct WebResponse {
    int status = 200;
    std::string type = "application/json";
    TextPairs headers;
    std::string body;
    // Instead of the body, for what lives as long as the program.
    std::optional<std::string_view> fixed;

    // An endless answer of server-sent events; `open` is called once, with what wakes the writer.
    struct Stream {
        std::string prologue;  // sent before the updates, as it is
        std::string epoch;     // for the ids of events
        std::function<std::unique_ptr<Subscription>(std::function<void()> wake)> open;
        std::function<bool()> allowed;  // asked at each heartbeat; false ends it
    };
    std::shared_ptr<Stream> stream;
};

// Splits "/a%20b?x=1&y"; nullopt if it is no such target (bad %XX, control characters, "..", not beginning with '/').
struct Target {
    std::string path;
    TextPairs query;
};
std::optional<Target> parse_target(std::string_view text);

// One message of a stream: "id:", "event:", "data:".
std::string as_sse(const Update& update, const std::string& epoch);

}  // namespace chairside
