// Health, log, audit, configuration.

#include "base/log.hpp"
#include "config/address.hpp"
#include "serve/api.hpp"
#include "serve/machine.hpp"

namespace chairside {
namespace {

constexpr std::int64_t kLittleRoom = 500'000'000;       // bytes
constexpr double kLongUnsent = 3600, kWrongClock = 60;  // s

Json trouble(const char* what, const char* severity, std::string words, std::string details = {}) {
    return {{"what", what},
            {"camera", nullptr},
            {"severity", severity},
            {"words", std::move(words)},
            {"details", std::move(details)},
            {"since", nullptr}};
}

Json problems_of(const ApiContext& api, const ShopNow& shop, const DiskRoom& disk) {
    Json out = Json::array();
    const WallTime now = api.clock.wall_now();
    for (const CameraStatus& camera : shop.status.cameras) {
        if (camera.state == "ok" || camera.state == "ended" || camera.state == "starting") continue;
        Json one = trouble("camera", camera.state == "degraded" ? "warning" : "error",
                           words_of(camera, api.view.zone(), now), camera.error);
        one["camera"] = camera.id;
        if (camera.last_frame_age_s) one["since"] = format_utc(now - from_seconds(*camera.last_frame_age_s));
        out.push_back(std::move(one));
    }
    const Status& s = shop.status;
    if (!s.alarm.empty()) out.push_back(trouble("service", "error", s.alarm));
    if (!s.config.file_error.empty())
        out.push_back(trouble("config", "warning",
                              "The configuration's file was changed and is wrong; what ran before goes on.",
                              s.config.file_error));
    if (s.dead_letters > 0)
        out.push_back(trouble("sync", "error", words_of_sync(s) + " See 'chairside sync dead list'.",
                              s.sync.last_error));
    else if (s.sync.state != "off" && s.oldest_queued_s.value_or(0) > kLongUnsent)
        out.push_back(trouble("sync", "warning",
                              words_of_sync(s) + " Is the internet there? 'chairside sync test' says more.",
                              s.sync.last_error));
    if (s.sync.clock_offset && std::abs(to_seconds(*s.sync.clock_offset)) > kWrongClock)
        out.push_back(trouble("clock", "warning", "This PC's clock is wrong. Turn on automatic time.",
                              "off by " + std::to_string(to_seconds(*s.sync.clock_offset)) + " s"));
    for (const Trouble& problem : s.problems)
        out.push_back(trouble(problem.what.c_str(), "error", problem.words));
    if (disk.total_bytes > 0 && disk.free_bytes < kLittleRoom)
        out.push_back(trouble("disk", "warning", "The disk is nearly full. Delete what is not needed.",
                              std::to_string(disk.free_bytes) + " bytes are free"));
    return out;
}

}  // namespace

Answer get_health(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const ShopNow shop = api.shop.now();
    const DiskRoom disk = disk_of(api.config.storage.path);
    const OwnUse use = own_use();
    const auto readers = api.broadcaster.counters();
    const HttpCounters http = api.counters();
    Json problems = problems_of(api, shop, disk);
    Json out{{"ok", problems.empty()}, {"problems", std::move(problems)}, {"version", CHAIRSIDE_VERSION}};
    out["uptime_s"] = to_milli(shop.status.uptime_s);
    out["store"] = {{"bytes", bytes_of(api.config.storage.path)},
                    {"max_bytes", api.config.storage.max_bytes},
                    {"schema", api.reads.schema_version()}};
    out["disk"] = {{"free_bytes", disk.free_bytes}, {"total_bytes", disk.total_bytes}};
    out["memory_bytes"] = use.memory_bytes;
    out["threads"] = use.threads;
    out["queue"] = {{"queued", shop.status.events_queued},
                    {"dead", shop.status.dead_letters},
                    {"oldest_s", or_null(shop.status.oldest_queued_s)},
                    {"kept", shop.kept_batches}};
    out["dashboard"] = {{"readers", readers.subscribers},
                        {"removed", readers.removed},
                        {"resyncs", readers.resyncs},
                        {"requests", http.requests},
                        {"refused", http.refused}};
    return json_response(out);
}

Answer get_logs(ApiContext&, const ApiCall& call) {
    QueryReader query(call.request.query);
    const int lines = query.integer("lines", 1, static_cast<int>(kRecentLines), 200);
    const auto level = query.choice("level", {"debug", "info", "warning", "error"});
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    LogLevel least = LogLevel::kDebug;
    for (const LogLevel one : {LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError})
        if (level == to_string(one)) least = one;
    Json list = Json::array();
    for (const LogLine& line : recent_log(static_cast<std::size_t>(lines), least)) {
        Json fields = Json::object();
        for (const auto& [key, value] : line.fields)
            fields[key] = value;
        list.push_back({{"time", format_utc(line.time)},
                        {"level", to_string(line.level)},
                        {"camera", line.camera},
                        {"message", line.message},
                        {"fields", std::move(fields)}});
    }
    return json_response({{"lines", std::move(list)}});
}

Answer get_audit(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    const int limit = query.integer("limit", 1, 1000, 100);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const auto entries = api.access.rows().audit_entries(limit);
    if (!entries) return problem(entries.error());
    Json list = Json::array();
    for (const AuditEntry& entry : *entries)
        list.push_back({{"time", format_utc(entry.time)},
                        {"who", entry.user},
                        {"address", entry.address},
                        {"what", entry.what},
                        {"details", entry.details}});
    return json_response({{"entries", std::move(list)}});
}

Answer get_config(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const Config& c = api.config;
    // Named one by one: what is new in the configuration is not shown before somebody thought about it.
    Json out{{"file", c.file.string()}};
    out["branch"] = {{"code", c.branch_code}, {"name", c.branch_name}, {"timezone", api.view.zone().name()}};
    out["device"] = {{"id", c.device_id}};
    out["counting"] = {{"same_service_within_s", to_seconds(c.visits.same_service_within)}};
    out["detector"] = {{"model", c.detector.model},
                       {"device", c.detector.device},
                       {"score_threshold", c.detector.score_threshold},
                       {"target_fps", c.runtime.target_fps}};
    out["storage"] = {{"path", c.storage.path.string()},
                      {"retention_days", c.storage.retention_days},
                      {"max_bytes", c.storage.max_bytes}};
    out["reports"] = {{"dir", c.reports.dir.string()},
                      {"schedule", c.reports.schedule},
                      {"day_end_minutes", c.reports.day_end.count()},
                      {"archive_after_days", c.reports.archive_after_days},
                      {"delete_after_days", c.reports.delete_after_days}};
    out["supabase"] = {{"url", without_secrets(c.supabase.url)}, {"sends", c.supabase.can_send()}};
    out["dashboard"] = {{"listen", to_string(c.dashboard.listen)},
                        {"port", c.dashboard.port},
                        {"viewing", c.dashboard.open_viewing ? "open" : "login"},
                        {"picture", to_string(c.dashboard.picture)},
                        {"https", !c.dashboard.certificate.empty()}};
    return json_response(out);
}

}  // namespace chairside
