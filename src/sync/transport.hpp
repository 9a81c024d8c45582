#pragma once
// One HTTP request and what came of it: the seam between what is said (pure) and how it travels (libcurl).

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace chairside {

struct HttpRequest {
    std::string method = "POST";
    std::string path;  // behind the project's address, with its query
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Duration timeout = std::chrono::seconds(60);  // Supabase's API gives up after 60 s itself
};

struct HttpAnswer {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case; of repeated ones the last
    std::string body;
};

enum class TransportFault {
    kNone,  // the answer is whole, whatever its status
    kDns,
    kConnect,
    kProxy,
    kTls,
    kTimeout,
    kBroken,  // reset, or ended before its end: the server may have done what was asked, or not
    kCancelled,
};

struct HttpOutcome {
    TransportFault fault = TransportFault::kNone;
    std::string words;  // what the library says; no secrets
    HttpAnswer answer;
};

// Threads: one at a time. Failure: as a value. Returns within the request's timeout.
class Transport {
  public:
    virtual ~Transport() = default;
    virtual HttpOutcome send(const HttpRequest& request) = 0;
};

}  // namespace chairside
