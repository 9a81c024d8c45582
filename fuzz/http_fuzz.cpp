// What comes from the network, as the dashboard takes it apart: a target and a body, by the first line's break. Any bytes
// give values or faults in words, never a crash or a hang.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "serve/dashboard_client.hpp"
#include "serve/message.hpp"
#include "serve/zone_settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto target = chairside::parse_target(text.substr(0, end)))
        if (!target->path.starts_with('/') || target->path.find("/../") != std::string::npos) std::abort();
    (void)chairside::EventMark::parse(text.substr(0, end));
    const std::string body = text.substr(std::min(end + 1, text.size()));
    for (const std::string& fault : chairside::zone_edit_faults(body))
        if (fault.empty()) std::abort();
    (void)chairside::settings_of_revision(body);
    chairside::SseParser().feed(text, [](const chairside::ClientUpdate&) {});
    return 0;
}
