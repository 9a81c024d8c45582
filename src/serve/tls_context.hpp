#pragma once
// The owner's certificate and key as the dashboard's server uses them. Part of http_server.cpp: nobody else sees sockets.

#include <boost/asio/ssl/context.hpp>

#include "base/result.hpp"
#include "serve/http_server.hpp"

namespace chairside {

// kInvalid: they cannot be used, and in words why. A certificate that is not valid now is used, and the log says so.
Result<boost::asio::ssl::context> make_tls_context(const TlsFiles& files);

}  // namespace chairside
