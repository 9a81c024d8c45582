#pragma once
// HTTP by libcurl: certificates verified, TLS 1.2 or newer, proxies of the environment (https_proxy, no_proxy)
// honoured, connections kept open between requests, no redirects followed, time-outs on everything.

#include <atomic>
#include <memory>
#include <string>

#include "sync/transport.hpp"

namespace chairside {

// `base` is the project's address, without a '/' at its end. A request ends within a quarter of a second once
// `*stop` is true; `stop` must outlive the transport. SSL_CERT_FILE names another file of trusted authorities.
std::unique_ptr<Transport> make_curl_transport(std::string base, const std::atomic<bool>* stop);

}  // namespace chairside
