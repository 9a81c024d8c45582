// What happens now, once and as a stream.

#include <algorithm>
#include <random>

#include "serve/api.hpp"

namespace chairside {
namespace {

constexpr std::size_t kMostReaders = 800;
constexpr int kHeartbeatS = 15;

std::optional<Topics> topics_of(const std::string& text) {
    Topics out{false, false, false, false, {}};
    std::string_view rest = text;
    for (;;) {
        const auto end = std::min(rest.find(','), rest.size());
        const auto type = parse_update_type(rest.substr(0, end));
        if (!type) return std::nullopt;
        (*type == UpdateType::kStatus    ? out.status
         : *type == UpdateType::kEvent   ? out.event
         : *type == UpdateType::kSummary ? out.summary
                                         : out.tracks) = true;
        if (end == rest.size()) return out;
        rest.remove_prefix(end + 1);
    }
}

// Readers that lost the service come back spread over some seconds, not all at once.
int retry_ms() {
    thread_local std::minstd_rand random(std::random_device{}());
    return std::uniform_int_distribution<>(1000, 4000)(random);
}

std::string prologue(const ApiContext& api) {
    const Json hello{{"seq", 1},
                     {"epoch", api.broadcaster.epoch()},
                     {"heartbeat_s", kHeartbeatS},
                     {"version", CHAIRSIDE_VERSION},
                     {"build", api.build}};
    return "retry: " + std::to_string(retry_ms()) + "\nevent: hello\ndata: " + dumped(hello) + "\n\n";
}

}  // namespace

Answer get_status(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    WebResponse out;
    out.body = to_json(api.shop.now().status);
    return out;
}

Answer get_live(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    Json out{{"seq", 0}};
    out.update(api.view.live(api.shop.now()));
    return json_response(out);
}

Answer get_open_sessions(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    struct Open {
        const OpenSession* session;
        WallTime now;
    };
    const ShopNow shop = api.shop.now();
    const WallTime now = api.view.shop_time(shop);
    std::vector<Open> all;
    for (const ShopCamera& camera : shop.cameras)
        for (const OpenSession& session : camera.sessions)
            all.push_back({&session, camera.config.live ? now : camera.last_frame.value_or(now)});
    std::stable_sort(all.begin(), all.end(), [](const Open& a, const Open& b) {
        return a.session->start_wall < b.session->start_wall;
    });
    Json list = Json::array();
    for (const auto& [session, then] : all) {
        const OpenSession& s = *session;
        list.push_back({{"camera", s.camera},
                        {"session", s.session},
                        {"zone", s.zone},
                        {"type", to_string(s.type)},
                        {"start", format_utc(s.start_wall)},
                        {"dwell_s", to_milli(std::max(0.0, to_seconds(then - s.start_wall)))},
                        {"last_seen_s", to_milli(std::max(0.0, to_seconds(then - s.last_seen_wall)))},
                        {"counted", s.event.has_value()},
                        {"event", s.event ? Json(s.event->to_string()) : Json(nullptr)},
                        {"confidence", to_milli(s.confidence)},
                        {"at", {to_milli(s.anchor.x), to_milli(s.anchor.y)}}});
    }
    return json_response({{"time", format_utc(api.clock.wall_now())}, {"sessions", std::move(list)}});
}

Answer get_stream(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    const auto asked = query.text("topics", 100);
    const auto camera = query.text("camera", 64);
    auto topics = topics_of(asked.value_or("status,event,summary"));
    if (!topics)
        query.fault("topics",
                    "found '" + *asked + "'; allowed: status, event, summary, tracks, with commas between");
    const std::string_view last = call.request.header("last-event-id");
    if (last.size() > 64) query.fault("Last-Event-ID", "is longer than 64 bytes");
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    if (api.broadcaster.counters().subscribers >= kMostReaders) {
        Problem full = problem(503, "Too many pages are open; close some.").value();
        full.headers.emplace_back("Retry-After", "30");
        return tl::unexpected(std::move(full));
    }
    topics->camera = camera.value_or("");
    // An id that is none of ours is that of an earlier run.
    std::optional<EventMark> after;
    if (!last.empty()) after = EventMark::parse(last).value_or(EventMark{"?", 0});
    WebResponse out;
    out.type = "text/event-stream";
    out.headers = {{"X-Accel-Buffering", "no"}};
    out.stream = std::make_shared<WebResponse::Stream>();
    out.stream->prologue = prologue(api);
    out.stream->epoch = api.broadcaster.epoch();
    out.stream->open = [&broadcaster = api.broadcaster, topics = *topics, after](std::function<void()> wake) {
        return broadcaster.subscribe(topics, std::move(wake), after);
    };
    out.stream->allowed = [&access = api.access, request = call.request] {
        return access.visitor(request).role != Role::kNone;
    };
    return out;
}

}  // namespace chairside
