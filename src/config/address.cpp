#include "config/address.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "config/config_keys.hpp"

namespace chairside {
namespace {

constexpr std::string_view kMark = "://";
constexpr std::array<std::string_view, 4> kStreamSchemes{"rtsp", "rtsps", "http", "https"};
constexpr std::string_view kAllowedSources =
    "allowed: rtsp://, rtsps://, http:// or https:// addresses, a file, or /dev/videoN";
constexpr int kMaxPort = 65535;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool valid_scheme(std::string_view text) {
    return !text.empty() && text.size() <= 16 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '+' || c == '-';
    });
}

bool valid_host(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == ':' || c >= 0x80;
    });
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                             hex_digit(text[i + 2]) >= 0;
        out += escaped ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
        if (escaped) i += 2;
    }
    return out;
}

// "host:port" or "[v6]:port" into url; why not, otherwise.
std::optional<std::string> read_host(std::string_view text, Url& url) {
    std::string_view port;
    bool has_port = false;
    if (!text.empty() && text.front() == '[') {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return "the address of the host has no closing ']'";
        url.host = text.substr(1, close - 1);
        has_port = close + 1 < text.size();
        if (has_port && text[close + 1] != ':') return "after ']' only a port can follow";
        if (has_port) port = text.substr(close + 2);
    } else {
        const auto colon = text.rfind(':');
        has_port = colon != std::string_view::npos;
        url.host = text.substr(0, colon);
        if (has_port) port = text.substr(colon + 1);
        if (url.host.find(':') != std::string::npos)
            return "more than one ':' in the host; write IPv6 addresses in [ ], and special characters of a "
                   "password as %XX";
    }
    if (!valid_host(url.host))
        return url.host.empty() ? "the host is missing" : "the host's name holds characters that no host has";
    if (!has_port) return std::nullopt;
    const bool good = is_digits(port) && port.size() <= 5 && std::stoi(std::string(port)) >= 1 &&
                      std::stoi(std::string(port)) <= kMaxPort;
    if (!good)
        return "the port is not a number from 1 to 65535 (if a password holds '/', '?' or '#', write it as "
               "%XX or as ${NAME})";
    url.port = std::stoi(std::string(port));
    return std::nullopt;
}

// "rtsp:/camera", "rtsp//camera": an address, but not quite.
bool nearly_stream(std::string_view source) {
    const auto end = source.find_first_of(":/");
    if (end == std::string_view::npos || end == 0) return false;
    const std::string word = lower(source.substr(0, end));
    const bool known = std::find(kStreamSchemes.begin(), kStreamSchemes.end(), word) != kStreamSchemes.end();
    return known && (source[end] == ':' || source.substr(end, 2) == "//");
}

// Keys and tokens known by how they begin, wherever a word begins.
std::string without_tokens(std::string text) {
    for (const std::string_view beginning : {"sb_secret_", "sb_publishable_", "eyJ"}) {
        for (std::size_t at = 0; (at = text.find(beginning, at)) != std::string::npos;) {
            const bool inside_word = at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1]));
            const std::size_t from = at + beginning.size();
            at = from;
            if (inside_word) continue;
            const std::size_t end = std::min(text.find_first_of(" \t\n\"',", from), text.size());
            text.replace(from, end - from, "***");
        }
    }
    return text;
}

bool looks_like_credential(std::string_view name) {
    const std::string word = lower(name);
    for (const std::string_view part : {"pass", "pwd", "pw", "token", "key", "auth", "secret", "sig"})
        if (word.find(part) != std::string::npos) return true;
    return false;
}

}  // namespace

Parsed<Url> parse_url(std::string_view text) {
    const auto mark = text.find(kMark);
    if (mark == std::string_view::npos || !valid_scheme(text.substr(0, mark)))
        return tl::unexpected(std::string("it must begin with a scheme such as https://"));
    if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; }))
        return tl::unexpected(std::string("there is white space in the address"));
    Url url;
    url.scheme = lower(text.substr(0, mark));
    const std::string_view rest = text.substr(mark + kMark.size());
    const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, authority_end);
    const std::string_view tail = rest.substr(authority_end);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        const std::string_view user = authority.substr(0, at);
        const auto colon = user.find(':');
        url.user = user.substr(0, colon);
        if (colon != std::string_view::npos) url.password = user.substr(colon + 1);
        authority.remove_prefix(at + 1);
    }
    if (auto fault = read_host(authority, url)) return tl::unexpected(std::move(*fault));
    const auto question = tail.find('?');
    url.path = tail.substr(0, question);
    if (question != std::string_view::npos) url.query = tail.substr(question + 1);
    return url;
}

bool is_loopback(const Url& url) {
    const std::string host = lower(url.host);
    const bool v4 = host.rfind("127.", 0) == 0 && std::all_of(host.begin(), host.end(), [](unsigned char c) {
                        return std::isdigit(c) || c == '.';
                    });
    return v4 || host == "localhost" || host == "::1";
}

Parsed<SourceKind> classify_source(std::string_view source) {
    constexpr std::string_view kDevices = "/dev/video";
    if (source.empty()) return tl::unexpected("it is empty; " + std::string(kAllowedSources));
    if (source.rfind(kDevices, 0) == 0) {
        if (!is_digits(source.substr(kDevices.size())))
            return tl::unexpected("after /dev/video a number must follow; " + std::string(kAllowedSources));
        return SourceKind::kDevice;
    }
    const auto mark = source.find(kMark);
    if (mark == std::string_view::npos) {
        if (nearly_stream(source))
            return tl::unexpected("after the scheme '://' must follow; " + std::string(kAllowedSources));
        return SourceKind::kFile;
    }
    const std::string scheme = lower(source.substr(0, mark));
    if (std::find(kStreamSchemes.begin(), kStreamSchemes.end(), scheme) == kStreamSchemes.end()) {
        const auto near = nearest(scheme, kStreamSchemes);
        return tl::unexpected("the scheme is not known; " +
                              (near ? "did you mean '" + *near + "://'? " : std::string()) +
                              std::string(kAllowedSources));
    }
    const auto url = parse_url(source);
    if (!url) return tl::unexpected(url.error());
    return SourceKind::kStream;
}

std::string without_secrets(std::string_view text) {
    const std::string masked = without_tokens(std::string(text));
    text = masked;
    const auto mark = text.find(kMark);
    if (mark == std::string_view::npos) return std::string(text);
    const std::size_t begin = mark + kMark.size();
    // The last '@' of all: a password may hold a '/' that should have been escaped.
    const auto at = text.rfind('@');
    const bool has_user = at != std::string_view::npos && at >= begin;
    std::string out(text.substr(0, begin));
    if (has_user) out += "***@";
    const std::string_view rest = text.substr(has_user ? at + 1 : begin);
    const auto question = rest.find('?');
    out += rest.substr(0, question);
    if (question != std::string_view::npos) out += "?***";
    return out;
}

std::vector<std::string> secrets_in_url(std::string_view text) {
    std::vector<std::string> secrets;
    const auto url = parse_url(text);
    if (!url) return secrets;
    const auto add = [&](std::string_view value) {
        if (value.empty()) return;
        secrets.emplace_back(value);
        if (std::string decoded = percent_decoded(value); decoded != value)
            secrets.push_back(std::move(decoded));
    };
    add(url->password);
    std::string_view query = url->query;
    while (!query.empty()) {
        const std::string_view field = query.substr(0, query.find('&'));
        const auto equals = field.find('=');
        if (equals != std::string_view::npos && looks_like_credential(field.substr(0, equals)))
            add(field.substr(equals + 1));
        query.remove_prefix(std::min(query.size(), field.size() + 1));
    }
    return secrets;
}

std::string percent_encoded(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain =
            (byte < 0x80 && std::isalnum(byte)) || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            out += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return out;
}

}  // namespace chairside
