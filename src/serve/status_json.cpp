#include <cmath>
#include <nlohmann/json.hpp>

#include "serve/status.hpp"

namespace chairside {
namespace {

using Json = nlohmann::ordered_json;

double rounded(double value) {
    return std::round(value * 100) / 100;
}

Json optional_number(const std::optional<double>& value) {
    return value ? Json(rounded(*value)) : Json(nullptr);
}

Json camera_json(const CameraStatus& c) {
    Json out{{"id", c.id}, {"state", c.state}, {"fps", rounded(c.fps)}};
    out["last_frame_age_s"] = c.last_frame_age_s ? Json(rounded(*c.last_frame_age_s)) : Json(nullptr);
    out["frames"] = c.frames;
    out["dropped"] = c.dropped;
    out["active_tracks"] = c.active_tracks;
    out["still_things"] = c.still_things;
    out["too_old"] = c.too_old;
    out["still"] = c.still;
    out["cropped"] = c.cropped;
    out["target_fps"] = rounded(c.target_fps);
    out["allowed_fps"] = rounded(c.allowed_fps);
    out["delay_p50_ms"] = optional_number(c.delay_p50_ms);
    out["delay_p99_ms"] = optional_number(c.delay_p99_ms);
    if (c.progress) out["progress"] = rounded(*c.progress);
    if (!c.error.empty()) out["error"] = c.error;
    return out;
}

Json cameras_json(const Status& s) {
    Json out = Json::array();
    for (const auto& camera : s.cameras)
        out.push_back(camera_json(camera));
    return out;
}

std::optional<double> seconds(const std::optional<Duration>& time) {
    return time ? std::optional(to_seconds(*time)) : std::nullopt;
}

Json sync_json(const Status& s) {
    Json out{{"state", s.sync.state}, {"queued", s.events_queued}};
    out["oldest_s"] = optional_number(s.oldest_queued_s);
    out["sent"] = s.sync.sent;
    out["dead"] = s.dead_letters;
    out["dropped"] = Json::object();
    for (const auto& [what, rows] : s.dropped)
        out["dropped"][what] = rows;
    out["last_success_s"] = optional_number(s.last_sent_s);
    if (!s.sync.last_error.empty()) out["last_error"] = s.sync.last_error;
    out["breaker"] = s.sync.breaker;
    out["next_try_s"] = optional_number(seconds(s.sync.next_try_in));
    out["clock_offset_s"] = optional_number(seconds(s.sync.clock_offset));
    return out;
}

Json config_json(const Status& s) {
    Json out{{"revision", s.config.revision}};
    out["refused"] = s.config.refused ? Json(*s.config.refused) : Json(nullptr);
    if (!s.config.error.empty()) out["error"] = s.config.error;
    if (!s.config.file_error.empty()) out["file_error"] = s.config.file_error;
    if (!s.config.restart.empty()) out["restart"] = s.config.restart;
    return out;
}

void read_config(const Json& json, Status& s) {
    s.config.revision = json.at("revision").get<int>();
    if (!json.at("refused").is_null()) s.config.refused = json.at("refused").get<int>();
    s.config.error = json.value("error", "");
    s.config.file_error = json.value("file_error", "");
    s.config.restart = json.value("restart", std::vector<std::string>{});
}

// Absent in the documents of older services.
void read_sync(const Json& json, Status& s) {
    const auto number = [&](const char* name) -> std::optional<double> {
        const auto at = json.find(name);
        return at != json.end() && at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
    };
    const auto time = [&](const char* name) -> std::optional<Duration> {
        const auto value = number(name);
        return value ? std::optional(from_seconds(*value)) : std::nullopt;
    };
    s.sync.state = json.at("state").get<std::string>();
    s.sync.breaker = json.at("breaker").get<std::string>();
    s.sync.sent = json.at("sent").get<std::int64_t>();
    s.sync.last_error = json.value("last_error", "");
    s.sync.next_try_in = time("next_try_s");
    s.sync.clock_offset = time("clock_offset_s");
    s.dead_letters = json.at("dead").get<std::int64_t>();
    s.oldest_queued_s = number("oldest_s");
    s.last_sent_s = number("last_success_s");
    for (const auto& [what, rows] : json.at("dropped").items())
        s.dropped[what] = rows.get<std::int64_t>();
}

// Absent in the documents of older services.
void read_rates(const Json& json, CameraStatus& c) {
    const auto number = [&](const char* name) -> std::optional<double> {
        const auto at = json.find(name);
        return at != json.end() && at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
    };
    c.too_old = json.value("too_old", std::uint64_t{0});
    c.still = json.value("still", std::uint64_t{0});
    c.cropped = json.value("cropped", std::uint64_t{0});
    c.target_fps = json.value("target_fps", 0.0);
    c.allowed_fps = json.value("allowed_fps", 0.0);
    c.delay_p50_ms = number("delay_p50_ms");
    c.delay_p99_ms = number("delay_p99_ms");
}

CameraStatus camera_of(const Json& json) {
    CameraStatus c;
    c.id = json.at("id").get<std::string>();
    c.state = json.at("state").get<std::string>();
    c.fps = json.at("fps").get<double>();
    if (!json.at("last_frame_age_s").is_null())
        c.last_frame_age_s = json.at("last_frame_age_s").get<double>();
    c.frames = json.at("frames").get<std::uint64_t>();
    c.dropped = json.at("dropped").get<std::uint64_t>();
    c.active_tracks = json.at("active_tracks").get<int>();
    c.still_things = json.value("still_things", 0);
    if (json.contains("progress")) c.progress = json.at("progress").get<double>();
    c.error = json.value("error", "");
    read_rates(json, c);
    return c;
}

}  // namespace

std::string cameras_to_json(const Status& s) {
    return cameras_json(s).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_json(const Status& s) {
    Json out{{"running", s.running}, {"branch", s.branch}, {"device", s.device}, {"version", s.version}};
    out["uptime_s"] = rounded(s.uptime_s);
    out["active_tracks"] = s.active_tracks;
    out["events_queued"] = s.events_queued;
    out["summary"] = {{"active_people", s.summary.active_people},
                      {"haircuts", s.summary.haircuts},
                      {"washes", s.summary.washes},
                      {"waits", s.summary.waits}};
    if (!s.load.empty()) out["load"] = s.load;
    out["sync"] = sync_json(s);
    out["config"] = config_json(s);
    if (s.mqtt.state != "off") {
        out["mqtt"] = {{"state", s.mqtt.state}, {"waiting", s.mqtt.waiting}, {"given_up", s.mqtt.given_up}};
        if (!s.mqtt.last_error.empty()) out["mqtt"]["last_error"] = s.mqtt.last_error;
    }
    if (!s.alarm.empty()) out["alarm"] = s.alarm;
    for (const Trouble& problem : s.problems)
        out["problems"].push_back({{"what", problem.what}, {"words", problem.words}});
    out["cameras"] = cameras_json(s);
    return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<Status> parse_status(const std::string& text) {
    try {
        const Json json = Json::parse(text);
        Status s;
        s.running = json.at("running").get<bool>();
        s.branch = json.at("branch").get<std::string>();
        s.device = json.at("device").get<std::string>();
        s.version = json.at("version").get<std::string>();
        s.uptime_s = json.at("uptime_s").get<double>();
        s.active_tracks = json.at("active_tracks").get<int>();
        s.events_queued = json.at("events_queued").get<std::int64_t>();
        const auto& summary = json.at("summary");
        s.summary = {summary.at("active_people").get<int>(), summary.at("haircuts").get<int>(),
                     summary.at("washes").get<int>(), summary.at("waits").get<int>()};
        s.load = json.value("load", "");
        if (json.contains("sync")) read_sync(json.at("sync"), s);
        if (json.contains("config")) read_config(json.at("config"), s);
        if (json.contains("mqtt")) {
            const auto& mqtt = json.at("mqtt");
            s.mqtt = {mqtt.at("state").get<std::string>(), mqtt.value("last_error", ""),
                      mqtt.at("waiting").get<std::int64_t>(), mqtt.at("given_up").get<std::int64_t>()};
        }
        s.alarm = json.value("alarm", "");
        for (const auto& problem : json.value("problems", Json::array()))
            s.problems.push_back(
                {problem.at("what").get<std::string>(), problem.at("words").get<std::string>()});
        for (const auto& camera : json.at("cameras"))
            s.cameras.push_back(camera_of(camera));
        return s;
    } catch (const Json::exception& e) {
        return fail(ErrorKind::kCorrupt,
                    std::string("the service's answer is not a status document: ") + e.what());
    }
}

}  // namespace chairside
