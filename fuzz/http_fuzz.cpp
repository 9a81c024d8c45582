// What comes from the network, as the dashboard takes it apart: a target and a body, by the first line's break. Any bytes
// give values or faults with a place, never a crash or a hang.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "serve/answer.hpp"
#include "serve/dashboard_client.hpp"
#include "serve/message.hpp"
#include "serve/zone_json.hpp"

using namespace chairside;

static void take_body(const std::string& body) {
    WebRequest request;
    request.headers["content-type"] = "application/json";
    request.body = body;
    const auto json = read_json(request);
    if (!json) {
        if (json.error().detail.empty()) std::abort();
        return;
    }
    std::vector<ApiFault> faults;
    const ZoneEdit edit = read_zone_edit(*json, faults);
    if (!faults.empty()) return;
    settings_of(edit.cameras);
    if (edit.cameras.size() < 4) zone_hints(edit.cameras);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto target = parse_target(text.substr(0, end))) {
        if (target->path.empty() || target->path.find("/../") != std::string::npos) std::abort();
        QueryReader query(target->query);
        query.integer("limit", 1, 1000, 100);
        query.time("from");
        query.date("to");
        query.choice("type", {"CHAIR"});
        query.faults();
    }
    (void)EventMark::parse(text.substr(0, end));
    take_body(text.substr(std::min(end + 1, text.size())));
    SseParser().feed(text, [](const ClientUpdate&) {});
    return 0;
}
