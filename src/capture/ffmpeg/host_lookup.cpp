#include "capture/ffmpeg/host_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <memory>
#include <optional>
#include <thread>

#include "base/locked.hpp"
#include "capture/ffmpeg/av.hpp"
#include "capture/ffmpeg/input_error.hpp"

namespace chairside::av {
namespace {

constexpr Duration kPoll = std::chrono::milliseconds(5);

// What getaddrinfo() returned, 0 if the host is known.
int known(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (code == 0) ::freeaddrinfo(found);
    return code;
}

bool is_numeric(const std::string& host) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
    ::freeaddrinfo(found);
    return true;
}

}  // namespace

std::string host_of(const std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return {};
    std::string authority = url.substr(scheme + 3);
    authority.resize(std::min(authority.size(), authority.find_first_of("/?#")));
    if (const auto at = authority.rfind('@'); at != std::string::npos) authority.erase(0, at + 1);
    if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
    return authority.substr(0, authority.find(':'));
}

Result<void> look_up(const std::string& host, const std::string& name, Interrupt& interrupt) {
    if (host.empty()) return fail(ErrorKind::kInvalid, name + ": the address names no host");
    if (is_numeric(host)) return {};
    auto answer = std::make_shared<Locked<std::optional<int>>>();
    std::thread([host, answer] {
        const int code = known(host);
        answer->with([&](auto& value) { value = code; });
    }).detach();
    while (true) {
        const auto code = answer->with([](const auto& value) { return value; });
        if (code && *code == 0) return {};
        if (code)
            return fail(ErrorKind::kUnavailable,
                        name + ": the host \"" + host + "\" is not known (" + ::gai_strerror(*code) + ")");
        if (interrupt.due()) return tl::unexpected(input_error(AVERROR_EXIT, name, true, interrupt));
        interrupt.sleep(kPoll);
    }
}

}  // namespace chairside::av
