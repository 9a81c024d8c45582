// redacted(): an address without what must not be read by others.

#include <algorithm>
#include <string>
#include <string_view>

#include "capture/frame_source.hpp"

namespace chairside {
namespace {

constexpr std::string_view kSecretNames[] = {"password", "passwd", "pass", "pwd",  "token", "auth",
                                             "key",      "secret", "sig",  "user", "usr"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_secret_name(std::string_view name) {
    std::string text(name);
    std::transform(text.begin(), text.end(), text.begin(), lower);
    return std::any_of(std::begin(kSecretNames), std::end(kSecretNames),
                       [&](std::string_view secret) { return text.find(secret) != std::string::npos; });
}

// "a=1&password=x" -> "a=1&password=***"
std::string redacted_query(std::string_view query) {
    std::string out;
    while (true) {
        const auto end = query.find_first_of("&;");
        const auto pair = query.substr(0, end);
        const auto equals = pair.find('=');
        const bool secret = equals != std::string_view::npos && is_secret_name(pair.substr(0, equals));
        out += secret ? std::string(pair.substr(0, equals + 1)) + "***" : std::string(pair);
        if (end == std::string_view::npos) return out;
        out += query[end];
        query.remove_prefix(end + 1);
    }
}

}  // namespace

std::string redacted(const std::string& source) {
    const auto scheme = source.find("://");
    if (scheme == std::string::npos) return source;
    const auto begin = scheme + 3;
    // A password may hold '/', '?', '#' or '@' unescaped by mistake, so the last '@' counts; where it comes
    // after a
    // '?' it cannot be told where the secret ends.
    const auto at = source.find('@', begin) == std::string::npos ? std::string::npos : source.rfind('@');
    const bool has_user = at != std::string::npos;
    if (has_user && source.find('?', begin) < at) return source.substr(0, begin) + "***";
    const auto rest = has_user ? at : begin;
    const auto query = source.find('?', rest);
    std::string out = source.substr(0, begin);
    if (has_user) out += "***";
    out += source.substr(rest, query == std::string::npos ? std::string::npos : query - rest);
    if (query != std::string::npos) out += "?" + redacted_query(std::string_view(source).substr(query + 1));
    return out;
}

}  // namespace chairside
