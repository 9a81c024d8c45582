#include "sync/requests.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "config/address.hpp"

namespace chairside {
namespace {

using Json = nlohmann::json;

constexpr auto kAuthTimeout = std::chrono::seconds(30);
constexpr auto kStatusTimeout = std::chrono::seconds(20);
constexpr std::size_t kLongestError = 1000;  // device_status.last_error
// The server fills the others, and takes no offence at further members of a body.
constexpr const char* kEventFields =
    "branch_code,event_id,revision,device_id,boot_id,camera,zone,type,person,started_at,ended_at,dwell_s,"
    "state,"
    "verdict,confidence,metadata,visit_id,part_of";
constexpr const char* kGapFields = "branch_code,device_id,camera,started_at,ended_at,reason";
constexpr const char* kStatusFields =
    "branch_code,device_id,boot_id,uptime_s,reported_at,version,active_tracks,active_people,haircuts,washes,"
    "waits,"
    "events_queued,oldest_queued_s,events_dead,events_dropped,last_error,cameras,config_revision,config_"
    "refused,"
    "config_error";

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

HttpRequest auth_request(const SupabaseAccess& access, const char* grant, const Json& body) {
    return {"POST",
            std::string("/auth/v1/token?grant_type=") + grant,
            {{"apikey", access.key}, {"Content-Type", "application/json"}},
            dump(body),
            kAuthTimeout};
}

HttpRequest rest_request(const SupabaseAccess& access, const std::string& token, std::string path,
                         std::string body) {
    return {"POST",
            "/rest/v1/" + std::move(path),
            {{"apikey", access.key},
             {"Authorization", "Bearer " + token},
             {"Content-Type", "application/json"},
             {"Accept", "application/json"}},
            std::move(body)};
}

// One statement, one transaction: all rows or none. `missing=default`: rows of older stores lack newer columns.
HttpRequest upsert(const SupabaseAccess& access, const std::string& token, const std::string& table,
                   const char* key, const char* columns, std::string body) {
    auto request =
        rest_request(access, token, table + "?on_conflict=" + key + "&columns=" + columns, std::move(body));
    request.headers.emplace_back("Prefer", "resolution=merge-duplicates,return=minimal,missing=default");
    return request;
}

std::string join_bodies(std::span<const OutboxRow> rows) {
    std::size_t size = 2;
    for (const auto& row : rows)
        size += row.body.size() + 1;
    std::string out;
    out.reserve(size);
    for (const auto& row : rows)
        (out += out.empty() ? "[" : ",") += row.body;
    return out + (rows.empty() ? "[]" : "]");
}

constexpr const char* kEventKey = "branch_code,event_id";
constexpr const char* kGapKey = "branch_code,device_id,camera,started_at";
constexpr const char* kStatusKey = "branch_code,device_id";

}  // namespace

HttpRequest login_request(const SupabaseAccess& access) {
    return auth_request(access, "password", {{"email", access.email}, {"password", access.password}});
}

HttpRequest refresh_request(const SupabaseAccess& access, const std::string& refresh_token) {
    return auth_request(access, "refresh_token", {{"refresh_token", refresh_token}});
}

std::optional<Tokens> read_tokens(const std::string& body, WallTime now) {
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    const auto access = json.find("access_token"), refresh = json.find("refresh_token"),
               life = json.find("expires_in");
    if (access == json.end() || !access->is_string() || access->get_ref<const std::string&>().empty())
        return std::nullopt;
    Tokens out{access->get<std::string>(), {}, now, std::chrono::hours(1)};
    if (refresh != json.end() && refresh->is_string()) out.refresh = refresh->get<std::string>();
    if (life != json.end() && life->is_number()) {
        constexpr double kLongest = 86400.0 * 365;
        const double seconds = life->get<double>();
        if (seconds > 0 && seconds < kLongest) out.life = from_seconds(seconds);
    }
    return out;
}

HttpRequest events_request(const SupabaseAccess& access, const std::string& token,
                           std::span<const OutboxRow> rows) {
    return upsert(access, token, "events", kEventKey, kEventFields, join_bodies(rows));
}

HttpRequest revise_request(const SupabaseAccess& access, const std::string& token, const OutboxRow& row) {
    auto request = rest_request(access, token,
                                "events?branch_code=eq." + percent_encoded(access.branch) + "&event_id=eq." +
                                    row.event.to_string() + "&columns=" + kEventFields,
                                row.body);
    request.method = "PATCH";
    request.headers.emplace_back("Prefer", "return=minimal");
    return request;
}

HttpRequest gaps_request(const SupabaseAccess& access, const std::string& token, std::span<const Gap> gaps) {
    Json rows = Json::array();
    for (const Gap& gap : gaps) {
        rows.push_back({{"branch_code", access.branch},
                        {"device_id", access.device},
                        {"camera", gap.camera},
                        {"started_at", format_utc(gap.start)},
                        {"ended_at", gap.end ? Json(format_utc(*gap.end)) : Json(nullptr)},
                        {"reason", gap.reason}});
    }
    return upsert(access, token, "gaps", kGapKey, kGapFields, dump(rows));
}

HttpRequest status_request(const SupabaseAccess& access, const std::string& token, const DeviceStatus& s,
                           WallTime now) {
    Json cameras = Json::parse(s.cameras_json, nullptr, false);
    if (!cameras.is_array()) cameras = Json::array();
    const Json row{
        {"branch_code", access.branch},
        {"device_id", access.device},
        {"boot_id", s.boot},
        {"uptime_s", s.uptime_s},
        {"reported_at", format_utc(now)},
        {"version", s.version},
        {"active_tracks", s.active_tracks},
        {"active_people", s.active_people},
        {"haircuts", s.haircuts},
        {"washes", s.washes},
        {"waits", s.waits},
        {"events_queued", s.events_queued},
        {"oldest_queued_s", s.oldest_queued_s ? Json(*s.oldest_queued_s) : Json(nullptr)},
        {"events_dead", s.events_dead},
        {"events_dropped", s.events_dropped},
        {"last_error", s.last_error.empty() ? Json(nullptr) : Json(s.last_error.substr(0, kLongestError))},
        {"cameras", std::move(cameras)},
        {"config_revision", s.config_revision},
        {"config_refused", s.config_refused ? Json(*s.config_refused) : Json(nullptr)},
        {"config_error",
         s.config_error.empty() ? Json(nullptr) : Json(s.config_error.substr(0, kLongestError))},
    };
    auto request = upsert(access, token, "device_status", kStatusKey, kStatusFields, dump(row));
    request.timeout = kStatusTimeout;
    return request;
}

namespace {

HttpRequest newest_config(const SupabaseAccess& access, const std::string& token, const char* columns) {
    auto request = rest_request(access, token,
                                std::string("branch_config?select=") + columns + "&branch_code=eq." +
                                    percent_encoded(access.branch) + "&order=revision.desc&limit=1",
                                "");
    request.method = "GET";
    request.timeout = kStatusTimeout;
    return request;
}

}  // namespace

HttpRequest config_number_request(const SupabaseAccess& access, const std::string& token) {
    return newest_config(access, token, "revision");
}

HttpRequest config_request(const SupabaseAccess& access, const std::string& token) {
    return newest_config(access, token, "revision,settings");
}

std::optional<ConfigAnswer> read_config_answer(const std::string& body) {
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_array() || json.size() > 1) return std::nullopt;
    if (json.empty()) return ConfigAnswer{};
    const Json& row = json.front();
    const auto revision = row.is_object() ? row.find("revision") : row.end();
    if (!row.is_object() || revision == row.end() || !revision->is_number_integer()) return std::nullopt;
    const auto number = revision->get<std::int64_t>();
    if (number < 1 || number > std::numeric_limits<int>::max()) return std::nullopt;
    const auto settings = row.find("settings");
    return ConfigAnswer{static_cast<int>(number), settings == row.end() ? "" : dump(*settings)};
}

HttpRequest check_request(const SupabaseAccess& access, const std::string& token) {
    return rest_request(access, token, "rpc/device_check", "{}");
}

std::optional<CheckAnswer> read_check(const std::string& body) {
    Json json = Json::parse(body, nullptr, false);
    if (json.is_array() && json.size() == 1) json = Json(json.front());
    if (!json.is_object() || !json.contains("branch_code")) return std::nullopt;
    const auto text = [&](const char* name) {
        const auto at = json.find(name);
        return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    return CheckAnswer{text("branch_code"), text("device_id")};
}

std::vector<HttpRequest> empty_writes(const SupabaseAccess& access, const std::string& token) {
    return {upsert(access, token, "events", kEventKey, kEventFields, "[]"),
            upsert(access, token, "gaps", kGapKey, kGapFields, "[]"),
            upsert(access, token, "device_status", kStatusKey, kStatusFields, "[]")};
}

std::string tokens_to_text(const SupabaseAccess& access, const Tokens& tokens) {
    return dump({{"url", access.url},
                 {"email", access.email},
                 {"access_token", tokens.access},
                 {"refresh_token", tokens.refresh},
                 {"obtained_us", tokens.obtained.time_since_epoch().count()},
                 {"expires_in", to_seconds(tokens.life)}});
}

std::optional<Tokens> tokens_from_text(const SupabaseAccess& access, const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || json.value("url", Json()) != Json(access.url) ||
        json.value("email", Json()) != Json(access.email))
        return std::nullopt;
    const auto obtained = json.find("obtained_us");
    if (obtained == json.end() || !obtained->is_number_integer()) return std::nullopt;
    return read_tokens(text, WallTime(Duration(obtained->get<std::int64_t>())));
}

}  // namespace chairside
