// Log-in, log-out, passwords.

#include "serve/api.hpp"

namespace chairside {
namespace {

WebResponse session_response(ApiContext& api, const WebRequest& request, const Visitor& who,
                             bool set_cookie) {
    const bool known = who.role != Role::kNone;
    Json json{{"role", known ? Json(to_string(who.role)) : Json(nullptr)},
              {"csrf", known ? Json(Access::csrf_of(who.token)) : Json(nullptr)},
              {"first_run", api.access.first_run()},
              {"viewing", api.config.dashboard.open_viewing ? "open" : "login"},
              {"expires", time_or_null(who.expires)},
              {"version", CHAIRSIDE_VERSION},
              {"build", api.build}};
    json["passwords"] = {{"admin", api.access.has_password(Role::kAdmin)},
                         {"viewer", api.access.has_password(Role::kViewer)}};
    json["lan"] = api.on_lan();
    json["branch"] = {{"code", api.config.branch_code}, {"name", api.config.branch_name}};
    json["timezone"] = api.view.zone().name();
    json["now"] = format_utc(api.clock.wall_now());
    WebResponse out = json_response(json);
    if (set_cookie) out.headers.emplace_back("Set-Cookie", Access::cookie_of(who.token, request.secure));
    return out;
}

Problem too_often(const Error& error) {
    Problem out = problem(429, error.message).value();
    out.headers.emplace_back("Retry-After", "60");
    return out;
}

}  // namespace

Answer get_session(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const Visitor who = api.access.visit(call.request);
    return session_response(api, call.request, who, who.token != call.who.token);
}

Answer log_in(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    ObjectReader object(*body, "", faults);
    const auto user = object.choice("user", {"admin", "viewer"}, true);
    const auto password = object.text("password", 1, Access::kLongestPassword, true);
    object.no_others();
    if (!faults.empty()) return faulty(std::move(faults));
    const auto who = api.access.log_in(call.request, *parse_role(*user), *password);
    if (who) return session_response(api, call.request, *who, true);
    if (who.error().kind == ErrorKind::kUnavailable) return tl::unexpected(too_often(who.error()));
    if (who.error().kind == ErrorKind::kInvalid) return problem(401, who.error().message, "/problems/login");
    return problem(who.error());
}

Answer log_out(ApiContext& api, const ApiCall& call) {
    if (call.who.role != Role::kNone) api.access.note(call.request, call.who.role, "logout");
    api.access.log_out(call.who);
    WebResponse out;
    out.status = 204;
    out.headers.emplace_back("Set-Cookie", Access::cookie_of("", call.request.secure));
    return out;
}

Answer set_password(ApiContext& api, const ApiCall& call) {
    const auto role = parse_role(call.parts[0]);
    if (!role) return problem(404, "There are two users: admin and viewer.");
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    ObjectReader object(*body, "", faults);
    const auto password = object.text("password", Access::kShortestPassword, Access::kLongestPassword, true);
    const auto current = object.text("current", 0, Access::kLongestPassword, false);
    object.no_others();
    if (!faults.empty()) return faulty(std::move(faults));
    const bool first = api.access.first_run();
    if (first && *role != Role::kAdmin)
        return problem(409, "Set the admin's password first.", "/problems/first_run");
    const auto who = api.access.set_password(call.request, call.who, *role, *password, current);
    if (!who && who.error().kind == ErrorKind::kUnavailable) return tl::unexpected(too_often(who.error()));
    if (!who && who.error().kind == ErrorKind::kInvalid) return problem(403, who.error().message);
    if (!who) return problem(who.error());
    if (first) api.password_set();
    WebResponse out;
    out.status = 204;
    if (who->token != call.who.token)
        out.headers.emplace_back("Set-Cookie", Access::cookie_of(who->token, call.request.secure));
    return out;
}

}  // namespace chairside
