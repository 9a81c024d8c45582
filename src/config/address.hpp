#pragma once
// Addresses of cameras and servers. Whatever is said about one hides user, password and query.

#include <string>
#include <string_view>
#include <vector>

#include "config/units.hpp"

namespace chairside {

struct Url {
    std::string scheme;          // lower case
    std::string user, password;  // as written, maybe with %XX
    std::string host;            // without the [] of IPv6
    int port = 0;                // 0: none given
    std::string path, query;     // with '/', without '?'
};

// scheme://[user[:password]@]host[:port][/path][?query]. The failure never repeats a part of the text.
Parsed<Url> parse_url(std::string_view text);
// 127.0.0.0/8, ::1, localhost.
bool is_loopback(const Url& url);

enum class SourceKind { kStream, kDevice, kFile };
// What a camera's source is, by its look alone; or why it is none of them.
Parsed<SourceKind> classify_source(std::string_view source);

// For messages: "rtsp://***@host/path?***", "sb_secret_***", "eyJ***" (a token); other text as it is.
std::string without_secrets(std::string_view text);
// Password, as written and decoded, and the values of a query that look like credentials.
std::vector<std::string> secrets_in_url(std::string_view text);

// Characters other than letters, digits and -._~ as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace chairside
