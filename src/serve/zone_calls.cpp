// Zones: read, check, save, take back.

#include "base/log.hpp"
#include "serve/api.hpp"
#include "serve/zone_json.hpp"

namespace chairside {
namespace {

Json zone_set_json(const ZoneRevision& revision, const char* origin, Json cameras) {
    return {{"revision", revision.revision},
            {"saved", revision.revision > 0 ? Json(format_utc(revision.time)) : Json(nullptr)},
            {"by", revision.user},
            {"note", revision.note},
            {"origin", origin},
            {"cameras", std::move(cameras)}};
}

Json running_cameras(const ShopNow& shop) {
    Json out = Json::array();
    for (const ShopCamera& camera : shop.cameras)
        out.push_back(camera_zones_json(camera.config));
    return out;
}

WebResponse with_etag(WebResponse response, std::int64_t revision) {
    response.headers.emplace_back("ETag", "\"" + std::to_string(revision) + "\"");
    return response;
}

Result<ZoneRevision> newest_revision(ApiContext& api) {
    auto rows = api.access.rows().zone_revisions(1);
    if (!rows) return tl::unexpected(rows.error());
    return rows->empty() ? ZoneRevision{} : std::move(rows->front());
}

Answer current_set(ApiContext& api) {
    const auto newest = newest_revision(api);
    if (!newest) return problem(newest.error());
    const char* origin = newest->revision > 0 ? "dashboard" : "file";
    return with_etag(json_response(zone_set_json(*newest, origin, running_cameras(api.shop.now()))),
                     newest->revision);
}

Problem stale(const ZoneRevision& newest) {
    Problem out = problem(412, "Somebody saved other zones in between.", "/problems/stale").value();
    out.more = {{"revision", newest.revision}, {"by", newest.user}};
    if (newest.revision > 0) out.more["saved"] = format_utc(newest.time);
    return out;
}

// The revision of If-Match: "7".
std::optional<std::int64_t> based_on(const WebRequest& request) {
    const std::string_view text = request.header("if-match");
    if (text.size() < 3 || text.size() > 20 || !text.starts_with('"') || !text.ends_with('"'))
        return std::nullopt;
    std::int64_t out = 0;
    for (const char c : text.substr(1, text.size() - 2)) {
        if (c < '0' || c > '9') return std::nullopt;
        out = out * 10 + (c - '0');
    }
    return out;
}

// What is wrong with zones that have the right form.
std::vector<ApiFault> deeper_faults(ApiContext& api, const ZoneEdit& edit) {
    std::vector<ApiFault> out;
    const ShopNow shop = api.shop.now();
    for (const auto& [id, i] : edit.index) {
        const bool known = std::any_of(shop.cameras.begin(), shop.cameras.end(),
                                       [&](const ShopCamera& camera) { return camera.config.id == id; });
        if (!known)
            out.push_back({"cameras[" + std::to_string(i) + "].id", "there is no camera '" + id + "'"});
    }
    if (!out.empty()) return out;
    for (const auto& [key, words] : api.shop.zone_faults(settings_of(edit.cameras)))
        out.push_back({place_in_edit(key, edit), words});
    return out;
}

// Cameras that the edit leaves out keep their zones; the whole is kept, so that a revision stands for itself.
Json completed(ApiContext& api, const ZoneEdit& edit) {
    const ShopNow shop = api.shop.now();
    Json out = running_cameras(shop);
    for (Json& camera : out) {
        const auto found = edit.index.find(camera.at("id").get<std::string>());
        if (found == edit.index.end()) continue;
        const Json& wanted = edit.cameras[found->second];
        camera["zones"] = wanted.at("zones");
        if (wanted.contains("ignore")) camera["ignore"] = wanted["ignore"];
    }
    drop_defaults(out, shop.zone_defaults);
    return out;
}

Answer save(ApiContext& api, const ApiCall& call, std::int64_t revision, const Json& cameras,
            const std::string& note, const char* what) {
    DashboardRows& rows = api.access.rows();
    const WallTime now = api.clock.wall_now();
    if (revision == 0) {
        // The zones of the configuration become a revision too, so that there is something to go back to.
        const ShopNow shop = api.shop.now();
        Json configured = running_cameras(shop);
        drop_defaults(configured, shop.zone_defaults);
        const auto before = rows.save_zones({0, now, "", "as configured", dumped(configured)}, 0);
        if (before) revision = before->revision;
    }
    const auto saved = rows.save_zones({0, now, to_string(call.who.role), note, dumped(cameras)}, revision);
    if (!saved && saved.error().kind == ErrorKind::kInvalid)
        return tl::unexpected(stale(newest_revision(api).value_or(ZoneRevision{})));
    if (!saved) return problem(saved.error());
    if (const auto used = api.shop.use_zones(settings_of(cameras)); !used)
        return problem(500, used.error().message);
    api.access.note(call.request, call.who.role, what, "revision " + std::to_string(saved->revision));
    log_info("", "zones were saved in the dashboard", {{"revision", std::to_string(saved->revision)}});
    return current_set(api);
}

Json trial_json(const ZoneTrial& trial) {
    Json out = Json::array();
    for (const auto& [name, type, counted, to_review, stays] : trial.zones) {
        Json list = Json::array();
        for (const Event& stay : stays)
            list.push_back({{"start", format_utc(stay.start)},
                            {"dwell_s", to_milli(to_seconds(stay.dwell))},
                            {"verdict", to_string(stay.verdict)}});
        out.push_back({{"zone", name},
                       {"type", to_string(type)},
                       {"counted", counted},
                       {"to_review", to_review},
                       {"stays", std::move(list)}});
    }
    return out;
}

}  // namespace

Answer get_zones(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    return current_set(api);
}

Answer validate_zones(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    const ZoneEdit edit = read_zone_edit(*body, faults);
    std::vector<ApiFault> hints;
    if (faults.empty()) faults = deeper_faults(api, edit);
    if (faults.empty()) hints = zone_hints(edit.cameras);
    const auto list = [](const std::vector<ApiFault>& all) {
        Json out = Json::array();
        for (const auto& [at, words] : all)
            out.push_back({{"at", at}, {"words", words}});
        return out;
    };
    return json_response({{"valid", faults.empty()}, {"faults", list(faults)}, {"hints", list(hints)}});
}

Answer save_zones(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    const ZoneEdit edit = read_zone_edit(*body, faults);
    const auto revision = based_on(call.request);
    if (!revision)
        faults.push_back(
            {"If-Match", "is missing or is no revision; allowed: the ETag of GET /zones, like \"7\""});
    if (faults.empty()) faults = deeper_faults(api, edit);
    if (!faults.empty()) return faulty(std::move(faults));
    return save(api, call, *revision, completed(api, edit), edit.note, "zones");
}

Answer try_zones(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    ObjectReader object(*body, "", faults);
    const auto camera = object.text("camera", 1, 64, true);
    const Json* zones = object.list("zones", 100, true);
    const Json* ignore = object.list("ignore", 100, false);
    const auto minutes = object.integer("minutes", 1, 60).value_or(60);
    object.no_others();
    if (zones != nullptr) check_zone_list(*zones, "zones", faults);
    if (ignore != nullptr) check_region_list(*ignore, "ignore", faults);
    if (!faults.empty()) return faulty(std::move(faults));
    Json one{{"id", *camera}, {"zones", *zones}};
    if (ignore != nullptr) one["ignore"] = *ignore;
    const std::string settings = settings_of(Json::array({one}));
    for (const auto& [key, words] : api.shop.zone_faults(settings)) {
        const std::string before = "cameras." + *camera + ".";
        faults.push_back({key.starts_with(before) ? key.substr(before.size()) : key, words});
    }
    if (!faults.empty()) return faulty(std::move(faults));
    const auto trials = api.shop.try_zones(*camera, settings, std::chrono::minutes(minutes));
    if (!trials) return problem(trials.error());
    return json_response({{"from", time_or_null(trials->tried.from)},
                          {"to", time_or_null(trials->tried.to)},
                          {"frames", trials->tried.frames},
                          {"tried", trial_json(trials->tried)},
                          {"now", trial_json(trials->now)}});
}

Answer get_zone_history(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    const int limit = query.integer("limit", 1, 100, 20);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const auto rows = api.access.rows().zone_revisions(limit);
    if (!rows) return problem(rows.error());
    Json list = Json::array();
    for (const ZoneRevision& row : *rows)
        list.push_back(zone_set_json(row, "dashboard", Json::parse(row.body)));
    return json_response({{"revisions", std::move(list)}});
}

Answer undo_zones(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    ObjectReader object(*body, "", faults);
    const auto wanted = object.integer("revision", 1, INT64_MAX / 2);
    object.no_others();
    const auto revision = based_on(call.request);
    if (!revision)
        faults.push_back(
            {"If-Match", "is missing or is no revision; allowed: the ETag of GET /zones, like \"7\""});
    if (!faults.empty()) return faulty(std::move(faults));
    const std::int64_t target = wanted.value_or(*revision - 1);
    if (target < 1) return problem(409, "There is nothing before the first save to go back to.");
    const auto row = api.access.rows().zone_revision(target);
    if (!row) return problem(row.error());
    if (!*row) return problem(404, "There is no revision " + std::to_string(target) + ".");
    const Json cameras = Json::parse((*row)->body);
    if (auto wrong = api.shop.zone_faults(settings_of(cameras)); !wrong.empty())
        return problem(
            409, "Revision " + std::to_string(target) + " does not fit any more: " + wrong.front().second);
    return save(api, call, *revision, cameras, "back to revision " + std::to_string(target), "undo");
}

}  // namespace chairside
