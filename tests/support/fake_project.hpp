#pragma once
// A Supabase project in memory: log-in with rotating refresh tokens, upserts that never go back a revision, and
// every fault that a network or a server has. No sockets, no threads, no real time.

#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/manual_clock.hpp"
#include "sync/transport.hpp"

namespace chairside::testing {

enum class NetFault {
    kNone,
    kDns,            // nothing arrives
    kTimeout,        // nothing arrives, and it takes a minute to find out
    kReset,          // nothing arrives
    kDroppedReply,   // done, and the reply is lost
    kHalfReply,      // done, and half of the reply comes
    kTooMany,        // 429 with Retry-After
    kUnavailable,    // 503 with Retry-After
    kInternal,       // 500
    kStatementTime,  // 500 with 57014
    kTooLarge,       // 413
    kExpired,        // 401: the token ran out
    kLoginPage,      // 200 with HTML
    kNoMerge,        // a proxy drops Prefer: an upsert is an insert
};

class FakeProject final : public Transport {
  public:
    using Json = nlohmann::json;
    explicit FakeProject(ManualClock& clock) : clock_(clock) {}

    // Asked before each request.
    std::function<NetFault(const HttpRequest&)> fault = [](const HttpRequest&) { return NetFault::kNone; };
    std::set<std::string> bad_rows;        // ids that break a check constraint
    std::set<std::string> refused_rows;    // ids that row security refuses
    std::set<std::string> missing_tables;  // 404 PGRST205
    bool refuse_all = false;               // the device was disabled
    bool branch_unknown = false;           // 409 23503
    bool wrong_password = false, wrong_key = false, tokens_refused = false;
    Duration clock_ahead{0};  // of the server
    Json check = {{"branch_code", "DEMO"}, {"device_id", "pc-1"}};

    struct Row {
        int revision = 0;
        Json body;
    };
    std::map<std::string, Row> events;
    std::map<std::string, Json> gaps;  // by camera and start
    Json status;
    std::map<int, Json> configs;  // branch_config by revision
    std::vector<HttpRequest> requests;
    int logins = 0, refreshes = 0, heartbeats = 0;
    std::size_t largest_batch = 0;

    HttpOutcome send(const HttpRequest& request) override {
        requests.push_back(request);
        const NetFault f = fault(request);
        if (f == NetFault::kDns) return {TransportFault::kDns, "Could not resolve host", {}};
        if (f == NetFault::kReset)
            return {TransportFault::kBroken, "Recv failure: Connection reset by peer", {}};
        if (f == NetFault::kTimeout) {
            clock_.advance(request.timeout);
            return {TransportFault::kTimeout, "Operation timed out", {}};
        }
        if (const auto refused = server_fault(f)) return dated(*refused);
        HttpAnswer answer =
            request.path.starts_with("/auth/") ? auth(request) : rest(request, f == NetFault::kNoMerge);
        if (f == NetFault::kDroppedReply) return {TransportFault::kBroken, "Empty reply from server", {}};
        if (f == NetFault::kHalfReply)
            return {TransportFault::kBroken, "transfer closed with bytes remaining", {}};
        return dated(std::move(answer));
    }

    int sent(const std::string& part) const {
        int n = 0;
        for (const auto& r : requests)
            n += r.path.find(part) != std::string::npos;
        return n;
    }

  private:
    static HttpAnswer error(int status, const std::string& code, const std::string& message) {
        return {status,
                {},
                Json{{"code", code}, {"message", message}, {"details", nullptr}, {"hint", nullptr}}.dump()};
    }

    static std::optional<HttpAnswer> server_fault(NetFault f) {
        if (f == NetFault::kTooMany) return HttpAnswer{429, {{"retry-after", "7"}}, "{}"};
        if (f == NetFault::kUnavailable) return HttpAnswer{503, {{"retry-after", "20"}}, "busy"};
        if (f == NetFault::kInternal) return HttpAnswer{500, {}, "{}"};
        if (f == NetFault::kStatementTime)
            return error(500, "57014", "canceling statement due to statement timeout");
        if (f == NetFault::kTooLarge) return HttpAnswer{413, {}, ""};
        if (f == NetFault::kExpired) return error(401, "PGRST303", "JWT expired");
        if (f == NetFault::kLoginPage)
            return HttpAnswer{200, {{"content-type", "text/html"}}, "<html>Welcome"};
        return std::nullopt;
    }

    HttpOutcome dated(HttpAnswer answer) const {
        const std::time_t now =
            static_cast<std::time_t>(to_seconds((clock_.wall_now() + clock_ahead).time_since_epoch()));
        std::tm parts{};
        ::gmtime_r(&now, &parts);
        char text[64];
        std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        answer.headers["date"] = text;
        return {TransportFault::kNone, "", std::move(answer)};
    }

    HttpAnswer auth(const HttpRequest& request) {
        if (wrong_key) return {401, {}, R"({"message":"Invalid API key"})"};
        const Json body = Json::parse(request.body);
        if (request.path.find("grant_type=password") != std::string::npos) {
            ++logins;
            if (wrong_password || body.at("password") != "word")
                return {
                    400,
                    {},
                    R"({"code":400,"error_code":"invalid_credentials","msg":"Invalid login credentials"})"};
        } else {
            ++refreshes;
            if (body.at("refresh_token") != refresh_)
                return {
                    400, {}, R"({"error_code":"refresh_token_already_used","msg":"Invalid Refresh Token"})"};
        }
        ++serial_;
        access_ = "eyJhbGciOiJIUzI1NiJ9.access" + std::to_string(serial_) + ".sig";
        refresh_ = "refresh" + std::to_string(serial_);
        expires_ = clock_.mono_now() + std::chrono::hours(1);
        return {200,
                {},
                Json{{"access_token", access_}, {"refresh_token", refresh_}, {"expires_in", 3600}}.dump()};
    }

    HttpAnswer rest(const HttpRequest& request, bool no_merge) {
        std::map<std::string, std::string> headers(request.headers.begin(), request.headers.end());
        if (headers["apikey"] != "sb_publishable_k") return {401, {}, R"({"message":"Invalid API key"})"};
        if (tokens_refused || headers["Authorization"] != "Bearer " + access_ ||
            clock_.mono_now() >= expires_)
            return error(401, "PGRST301", "JWSError JWSInvalidSignature");
        if (request.path == "/rest/v1/rpc/device_check")
            return missing_tables.contains("device_check")
                       ? error(404, "PGRST202", "Could not find the function")
                       : HttpAnswer{200, {{"content-range", "0-0/*"}}, check.dump()};
        const auto from = request.path.rfind('/') + 1;
        const std::string table = request.path.substr(from, request.path.find('?') - from);
        if (missing_tables.contains(table))
            return error(404, "PGRST205", "Could not find the table 'public." + table + "'");
        if (refuse_all)
            return error(403, "42501",
                         "new row violates row-level security policy for table \"" + table + "\"");
        if (table == "branch_config") return newest_config(request);
        if (branch_unknown) return error(409, "23503", "insert or update violates foreign key constraint");
        const Json parsed = Json::parse(request.body);
        const Json rows = parsed.is_array() ? parsed : Json::array({parsed});
        if (table == "device_status") return keep_status(rows);
        if (table == "gaps") return keep_gaps(rows);
        return keep_events(request, rows, no_merge,
                           headers["Prefer"].find("resolution=merge-duplicates") != std::string::npos);
    }

    static HttpAnswer done(int status, bool merge) {
        HttpAnswer answer{status, {{"content-range", "*/*"}}, ""};
        if (merge)
            answer.headers["preference-applied"] =
                "resolution=merge-duplicates, return=minimal, missing=default";
        return answer;
    }

    HttpAnswer newest_config(const HttpRequest& request) const {
        if (request.method != "GET" || !request.body.empty() ||
            request.path.find("&order=revision.desc&limit=1") == std::string::npos)
            return error(400, "PGRST100", "failed to parse");
        Json rows = Json::array();
        if (!configs.empty()) {
            rows.push_back({{"revision", configs.rbegin()->first}});
            if (request.path.find("select=revision,settings&") != std::string::npos)
                rows[0]["settings"] = configs.rbegin()->second;
        }
        return {200, {{"content-range", rows.empty() ? "*/*" : "0-0/*"}}, rows.dump()};
    }

    HttpAnswer keep_status(const Json& rows) {
        if (rows.empty()) return done(201, true);
        ++heartbeats;
        status = rows.at(0);
        return done(200, true);
    }

    HttpAnswer keep_gaps(const Json& rows) {
        for (const auto& row : rows)
            gaps[row.at("camera").get<std::string>() + row.at("started_at").get<std::string>()] = row;
        return done(201, true);
    }

    // All or nothing, as one statement is.
    HttpAnswer keep_events(const HttpRequest& request, const Json& rows, bool no_merge, bool wants_merge) {
        const bool update = request.method == "PATCH";
        largest_batch = std::max(largest_batch, rows.size());
        std::set<std::string> ids;
        for (const auto& row : rows) {
            const std::string id = row.at("event_id");
            if (!ids.insert(id).second) return error(500, "21000", "cannot affect row a second time");
            if (refused_rows.contains(id))
                return error(403, "42501", "new row violates row-level security policy");
            if (bad_rows.contains(id)) return error(400, "23514", "violates check constraint");
            if ((no_merge || !wants_merge) && !update && events.contains(id))
                return error(409, "23505", "duplicate key value violates unique constraint");
        }
        for (const auto& row : rows) {
            Row& known = events[row.at("event_id").get<std::string>()];
            const int revision = row.at("revision");
            if (revision > known.revision) known = {revision, row};
        }
        return update ? done(204, false) : done(201, !no_merge);
    }

    ManualClock& clock_;
    int serial_ = 0;
    std::string access_ = "none", refresh_ = "none";
    MonoTime expires_{};
};

}  // namespace chairside::testing
