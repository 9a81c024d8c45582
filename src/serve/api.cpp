#include "serve/api.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "base/log.hpp"

namespace chairside {
namespace {

constexpr std::string_view kBase = "/api/v1";

// Names under which this machine may be asked. Any other name may be a stranger's that points here (DNS rebinding).
bool is_own_name(std::string_view host, const std::string& also) {
    if (host.starts_with('[')) return host.find(']') != std::string_view::npos;  // IPv6
    host = host.substr(0, host.rfind(':'));
    const bool numbers = !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
    if (numbers || host == "localhost") return true;
    if (!also.empty() && host == also) return true;
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return false;
    const std::string own(name.data());
    return host == own || host == own + ".local";
}

// Whether the path fits the pattern; what stands for its {} goes into `parts`.
bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& parts) {
    parts.clear();
    while (!pattern.empty()) {
        const auto gap = pattern.find("{}");
        if (!path.starts_with(pattern.substr(0, gap))) return false;
        if (gap == std::string_view::npos) return path.size() == pattern.size();
        path.remove_prefix(gap);
        pattern.remove_prefix(gap + 2);
        const auto end = std::min(path.find(pattern.empty() ? '/' : pattern.front()), path.size());
        if (end == 0) return false;
        parts.emplace_back(path.substr(0, end));
        if (parts.back().find('/') != std::string::npos) return false;
        path.remove_prefix(end);
    }
    return path.empty();
}

void add_headers(WebResponse& response) {
    // Of what may stand here before, ours is the stricter; a function that says its own policy keeps it.
    const auto add = [&](const char* name, const char* value) {
        const bool there = std::any_of(response.headers.begin(), response.headers.end(),
                                       [&](const auto& header) { return header.first == name; });
        if (!there) response.headers.emplace_back(name, value);
    };
    add("Cache-Control", "no-store");
    add("Content-Security-Policy",
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors "
        "'none'; "
        "form-action 'self'");
    add("X-Content-Type-Options", "nosniff");
    add("Referrer-Policy", "no-referrer");
    add("Cross-Origin-Opener-Policy", "same-origin");
    add("Cross-Origin-Resource-Policy", "same-origin");
    add("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
}

}  // namespace

std::vector<Api::Route> Api::routes() {
    return {
        {"GET", "/session", Role::kNone, get_session},
        {"POST", "/session", Role::kNone, log_in, false},
        {"DELETE", "/session", Role::kNone, log_out},
        {"PUT", "/passwords/{}", Role::kAdmin, set_password},
        {"GET", "/status", Role::kViewer, get_status},
        {"GET", "/live", Role::kViewer, get_live},
        {"GET", "/sessions", Role::kViewer, get_open_sessions},
        {"GET", "/stream", Role::kViewer, get_stream},
        {"GET", "/events", Role::kViewer, get_events},
        {"GET", "/events.csv", Role::kViewer, get_events_csv},
        {"GET", "/events/{}", Role::kViewer, get_event},
        {"PUT", "/events/{}/review", Role::kAdmin, review_event},
        {"GET", "/summaries", Role::kViewer, get_summaries},
        {"GET", "/reports", Role::kViewer, get_reports},
        {"GET", "/reports/{}.{}", Role::kViewer, get_report},
        {"GET", "/cameras", Role::kViewer, get_cameras},
        {"POST", "/cameras", Role::kAdmin, add_camera},
        {"POST", "/cameras/test", Role::kAdmin, test_camera},
        {"PATCH", "/cameras/{}", Role::kAdmin, change_camera},
        {"DELETE", "/cameras/{}", Role::kAdmin, remove_camera},
        {"GET", "/cameras/{}/picture", Role::kViewer, get_picture},
        {"GET", "/plan", Role::kViewer, get_plan},
        {"PUT", "/plan", Role::kAdmin, save_plan},
        {"GET", "/zones", Role::kViewer, get_zones},
        {"PUT", "/zones", Role::kAdmin, save_zones},
        {"POST", "/zones/validate", Role::kViewer, validate_zones},
        {"POST", "/zones/try", Role::kViewer, try_zones},
        {"GET", "/zones/history", Role::kViewer, get_zone_history},
        {"POST", "/zones/undo", Role::kAdmin, undo_zones},
        {"GET", "/health", Role::kViewer, get_health},
        {"GET", "/logs", Role::kAdmin, get_logs},
        {"GET", "/audit", Role::kAdmin, get_audit},
        {"GET", "/config", Role::kAdmin, get_config},
        {"POST", "/config/reload", Role::kAdmin, reload_config},
    };
}

Api::Api(ApiContext context, Pages pages)
    : context_(std::move(context)), pages_(std::move(pages)), routes_(routes()) {}

WebResponse Api::handle(const WebRequest& request) {
    WebResponse response;
    try {
        Answer got = answer(request);
        response = got ? std::move(*got) : as_response(got.error());
    } catch (const std::exception& e) {
        log_error("", "the dashboard could not answer", {{"path", request.path}, {"why", e.what()}});
        response = as_response(problem(500, "The service could not answer this; its log says why.").value());
    }
    add_headers(response);
    return response;
}

Answer Api::answer(const WebRequest& request) {
    if (!is_own_name(request.header("host"), context_.config.dashboard.name))
        return problem(
            421,
            "This service answers under its address, localhost and its host's name only; another name is "
            "allowed by dashboard.name in the configuration.");
    if (request.path == "/metrics") return metrics(request);
    if (request.path != kBase && !request.path.starts_with(std::string(kBase) + "/")) return pages_(request);
    const std::string_view path = std::string_view(request.path).substr(kBase.size());
    std::string allowed;
    std::vector<std::string> parts;
    for (const Route& route : routes_) {
        if (!fits(route.path, path, parts)) continue;
        if (route.method == request.method) return call(route, request, std::move(parts));
        allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
    }
    if (allowed.empty())
        return problem(404, "There is nothing at this path; schema/openapi.yaml lists what there is.");
    Problem wrong = problem(405, "Allowed here: " + allowed + ".").value();
    wrong.headers.emplace_back("Allow", allowed);
    return tl::unexpected(std::move(wrong));
}

// Prometheus' place for it, outside the API. For this machine, who has the token, and whoever may look.
Answer Api::metrics(const WebRequest& request) const {
    if (request.method != "GET") {
        Problem wrong = problem(405, "Allowed here: GET.").value();
        wrong.headers.emplace_back("Allow", "GET");
        return tl::unexpected(std::move(wrong));
    }
    if (!request.local && !has_bearer(request, context_.config.dashboard.metrics_token) &&
        context_.access.visitor(request).role == Role::kNone) {
        Problem wrong =
            problem(401,
                    "Beyond this machine the metrics need the header 'Authorization: Bearer …' with "
                    "dashboard.metrics_token of the configuration.",
                    "/problems/login")
                .value();
        wrong.headers.emplace_back("WWW-Authenticate", "Bearer");
        return tl::unexpected(std::move(wrong));
    }
    const ShopNow shop = context_.shop.now();
    const auto& storage = context_.config.storage;
    WebResponse out;
    out.type = "text/plain; version=0.0.4; charset=utf-8";
    out.body = metrics_text({shop, context_.ended.counts(), context_.broadcaster.counters(),
                             context_.counters(), own_use(), disk_of(storage.path), bytes_of(storage.path),
                             static_cast<std::int64_t>(storage.max_bytes)});
    return out;
}

Answer Api::call(const Route& route, const WebRequest& request, std::vector<std::string> parts) {
    Visitor who = context_.access.visitor(request);
    if (route.needs != Role::kNone && who.role == Role::kNone)
        return problem(401, "This needs a session: GET /api/v1/session says how to get one.",
                       "/problems/login");
    if (who.role < route.needs) return problem(403, "Only the admin may do this.");
    if (route.method != "GET" && route.csrf && who.role != Role::kNone &&
        !context_.access.csrf_is_right(request, who))
        return problem(403, "The header X-CSRF-Token is missing or is not this session's.", "/problems/csrf");
    return route.function(context_, {request, std::move(who), std::move(parts)});
}

}  // namespace chairside
