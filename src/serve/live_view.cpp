#include "serve/live_view.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "serve/answer.hpp"
#include "serve/expected_wait.hpp"

namespace chairside {
namespace {

using std::chrono::hours;

constexpr auto kSlowEvery = std::chrono::minutes(1);
constexpr auto kServiceMemory = hours(24) * 28;
constexpr auto kChairInUse = hours(1);
constexpr int kUsualWeeks = 8, kFewestUsualDays = 3;
constexpr double kMostBlind = 0.2;              // of a day that still tells what is usual
constexpr double kBlindSecondsThatMatter = 30;  // as in the reports
constexpr std::array kTypes = {ZoneType::kChair, ZoneType::kWash, ZoneType::kWait};

bool sees(const CameraStatus& camera) {
    return camera.state == "ok" || camera.state == "degraded";
}

Json person_json(const OpenSession& s, WallTime now) {
    return {{"session", s.session},
            {"start", format_utc(s.start_wall)},
            {"dwell_s", to_milli(std::max(0.0, to_seconds(now - s.start_wall)))},
            {"last_seen_s", to_milli(std::max(0.0, to_seconds(now - s.last_seen_wall)))},
            {"counted", s.event.has_value()},
            {"event", s.event ? Json(s.event->to_string()) : Json(nullptr)}};
}

Json zone_json(const ShopCamera& camera, const ZoneConfig& zone, WallTime now) {
    Json polygon = Json::array(), people = Json::array();
    for (const Point& p : zone.polygon)
        polygon.push_back({p.x, p.y});
    for (const OpenSession& s : camera.sessions)
        if (s.zone == zone.name) people.push_back(person_json(s, now));
    const char* state = !sees(camera.status) ? "unknown" : people.empty() ? "free" : "occupied";
    return {{"camera", camera.config.id},
            {"name", zone.name},
            {"type", to_string(zone.type)},
            {"capacity", zone.capacity},
            {"polygon", std::move(polygon)},
            {"threshold_s", to_milli(to_seconds(zone.dwell))},
            {"state", state},
            {"people", std::move(people)}};
}

// Seconds of [from, to) that each camera missed.
std::map<std::string, double> blind_seconds(const std::vector<Gap>& gaps, WallTime from, WallTime to) {
    std::map<std::string, double> out;
    for (const Gap& gap : gaps) {
        const WallTime begin = std::max(gap.start, from), end = std::min(gap.end.value_or(to), to);
        if (end > begin) out[gap.camera] += to_seconds(end - begin);
    }
    return out;
}

double most(const std::map<std::string, double>& seconds) {
    double out = 0;
    for (const auto& [camera, s] : seconds)
        out = std::max(out, s);
    return out;
}

Json band(std::vector<int> counts) {
    std::sort(counts.begin(), counts.end());
    const std::size_t n = counts.size();
    return {counts.front(), (counts[(n - 1) / 2] + counts[n / 2]) / 2.0, counts.back()};
}

int weekday_of(const std::string& date) {
    // 1970-01-01 was a Thursday.
    const auto days =
        std::chrono::floor<std::chrono::days>(TimeZone::utc().start_of_day(date).value_or(WallTime{}));
    return static_cast<int>((days.time_since_epoch().count() + 3) % 7) + 1;
}

}  // namespace

std::string words_of(const CameraStatus& camera, const TimeZone& zone, WallTime now) {
    if (camera.state == "ok" && camera.allowed_fps < camera.target_fps) {
        const auto rate = [](double fps) { return Json(to_milli(fps)).dump(); };
        return "Sees the shop, but only " + rate(camera.allowed_fps) + " times a second instead of " +
               rate(camera.target_fps) + ": the computer is too slow for all cameras.";
    }
    if (camera.state == "ok") return "Sees the shop.";
    if (camera.state == "starting") return "Is being opened.";
    if (camera.state == "degraded") return "Pictures come with pauses. Its network may be weak.";
    if (camera.state == "ended") return "The video has come to its end.";
    const std::string name = "Camera " + camera.id;
    if (camera.state == "failed") return name + " cannot be opened. Check its address in the configuration.";
    if (!camera.last_frame_age_s)
        return name +
               " has sent no picture since the start. Check its power, its network cable and its address.";
    return name + " has sent no picture since " +
           zone.format(now - from_seconds(*camera.last_frame_age_s), "%H:%M") +
           ". Check its power or network cable.";
}

std::string words_of_sync(const Status& s) {
    if (s.dead_letters > 0)
        return std::to_string(s.dead_letters) +
               " services were refused by the centre; they wait for a person.";
    if (s.sync.state == "off") return "Sending to the centre is not set up; everything is kept here.";
    if (s.events_queued == 0) return "Everything is sent.";
    if (s.oldest_queued_s.value_or(0) < 300) return "Sending.";
    return std::to_string(s.events_queued) + " services wait to be sent; they are safe here.";
}

Json camera_status_json(const CameraStatus& c) {
    Json out{{"id", c.id},
             {"state", c.state},
             {"fps", to_milli(c.fps)},
             {"last_frame_age_s", or_null(c.last_frame_age_s)}};
    out["frames"] = c.frames;
    out["dropped"] = c.dropped;
    out["active_tracks"] = c.active_tracks;
    out["still_things"] = c.still_things;
    out["target_fps"] = to_milli(c.target_fps);
    out["allowed_fps"] = to_milli(c.allowed_fps);
    if (c.progress) out["progress"] = to_milli(*c.progress);
    if (!c.error.empty()) out["error"] = c.error;
    return out;
}

LiveView::LiveView(Store& reads, const Config& config, const Clock& clock)
    : reads_(reads),
      clock_(clock),
      zone_(TimeZone::find(config.timezone).value_or(TimeZone::utc())),
      reports_(reads, zone_, config.reports, config.branch_code, config.device_id) {}

WallTime LiveView::shop_time(const ShopNow& shop) const {
    std::optional<WallTime> latest;
    for (const ShopCamera& camera : shop.cameras)
        if (camera.last_frame) latest = std::max(latest.value_or(*camera.last_frame), *camera.last_frame);
    // Of live cameras it is the clock's, also when the last picture is old.
    const WallTime now = clock_.wall_now();
    const bool live =
        std::any_of(shop.cameras.begin(), shop.cameras.end(), [](const auto& c) { return c.config.live; });
    return live || !latest ? now : *latest;
}

Json LiveView::live(const ShopNow& shop) {
    const WallTime now = shop_time(shop);
    const std::string date = reports_.business_date(now);
    Json zones = Json::array(), cameras = Json::array();
    std::set<std::pair<std::string, std::int64_t>> people;
    std::size_t seeing = 0;
    for (const ShopCamera& camera : shop.cameras) {
        const WallTime camera_now = camera.config.live ? now : camera.last_frame.value_or(now);
        for (const ZoneConfig& zone : camera.config.zones)
            zones.push_back(zone_json(camera, zone, camera_now));
        for (const OpenSession& s : camera.sessions)
            people.emplace(camera.config.id, s.person.value);
        Json one = camera_status_json(camera.status);
        one["words"] = words_of(camera.status, zone_, clock_.wall_now());
        cameras.push_back(std::move(one));
        if (sees(camera.status)) ++seeing;
    }
    Json sync = Json::parse(to_json(shop.status)).at("sync");
    sync["words"] = words_of_sync(shop.status);
    const Slow slow = slow_.with([&](Slow& s) {
        if (!s.at || clock_.mono_now() - *s.at >= kSlowEvery) s = look_up(date, now);
        return s;
    });
    Json out{{"time", format_utc(clock_.wall_now())}, {"business_date", date}};
    out["state"] = seeing == shop.cameras.size() ? "ok" : seeing > 0 ? "partly" : "blind";
    out["zones"] = std::move(zones);
    out["people"] = people.size();
    out["waiting"] = waiting(shop, slow);
    out["today"] = today(shop);
    out["usual"] = slow.usual;
    out["cameras"] = std::move(cameras);
    out["sync"] = std::move(sync);
    return out;
}

Json LiveView::today(const ShopNow& shop) {
    const WallTime now = shop_time(shop);
    const std::string date = reports_.business_date(now);
    Json out{{"haircuts", 0},
             {"washes", 0},
             {"waits", 0},
             {"to_review", 0},
             {"mean_dwell_s", Json::object()},
             {"coverage", "unknown"},
             {"unknown_s", 0}};
    Json& dwell = out["mean_dwell_s"];
    for (const ZoneType type : kTypes)
        dwell[to_string(type)] = nullptr;
    const auto summary = reports_.summarize(date, date);
    if (!summary) return out;
    constexpr std::array kNames = {"haircuts", "washes", "waits"};
    for (const auto& [type, figures] : summary->by_type) {
        out[kNames[static_cast<std::size_t>(type)]] = figures.count;
        if (figures.finished > 0) dwell[to_string(type)] = to_milli(figures.mean_dwell_s);
    }
    out["to_review"] = summary->to_review;
    const auto blind = blind_seconds(summary->gaps, summary->from, now);
    const double unknown_s = most(blind), all_s = to_seconds(now - summary->from);
    const bool nothing_seen =
        !shop.cameras.empty() &&
        std::all_of(shop.cameras.begin(), shop.cameras.end(), [&](const ShopCamera& camera) {
            const auto seconds = blind.find(camera.config.id);
            return seconds != blind.end() && all_s - seconds->second < 1;
        });
    out["coverage"] = nothing_seen ? "unknown" : unknown_s >= kBlindSecondsThatMatter ? "partly" : "known";
    out["unknown_s"] = to_milli(unknown_s);
    return out;
}

Json LiveView::waiting(const ShopNow& shop, const Slow& slow) const {
    WaitInput input{slow.services_s, {}, 0};
    bool wait_seen = false, wait_blind = false;
    for (const ShopCamera& camera : shop.cameras) {
        for (const ZoneConfig& zone : camera.config.zones) {
            const auto there = std::count_if(camera.sessions.begin(), camera.sessions.end(),
                                             [&](const OpenSession& s) { return s.zone == zone.name; });
            if (zone.type == ZoneType::kWait) {
                (sees(camera.status) ? wait_seen : wait_blind) = true;
                input.waiting += static_cast<int>(there);
            }
            if (zone.type != ZoneType::kChair) continue;
            const auto s = std::find_if(camera.sessions.begin(), camera.sessions.end(),
                                        [&](const OpenSession& one) { return one.zone == zone.name; });
            const bool used =
                std::find(slow.chairs.begin(), slow.chairs.end(), zone.name) != slow.chairs.end();
            if (there > 0)
                input.elapsed_s.push_back(
                    std::max(0.0, to_seconds(camera.last_frame.value_or(clock_.wall_now()) - s->start_wall)));
            else if (used)
                input.elapsed_s.push_back(-1);
        }
    }
    const std::size_t chairs = input.elapsed_s.size(), services = input.services_s.size();
    const auto wait = expected_wait(input);
    Json out{{"count", wait_seen ? Json(input.waiting) : Json(nullptr)}};
    out["next_s"] = wait && !wait_blind ? Json(to_milli(wait->mean_s)) : Json(nullptr);
    out["next_p90_s"] = wait && !wait_blind ? Json(to_milli(wait->p90_s)) : Json(nullptr);
    if (services < kFewestServices)
        out["basis"] = "too few haircuts are known: " + std::to_string(services) + " of the last 28 days";
    else if (chairs == 0)
        out["basis"] = "no chair was used in the last hour";
    else if (wait_blind)
        out["basis"] = "a waiting area is not seen now";
    else
        out["basis"] = std::to_string(services) + " haircuts of the last 28 days, " + std::to_string(chairs) +
                       (chairs == 1 ? " chair in use" : " chairs in use");
    return out;
}

LiveView::Slow LiveView::look_up(const std::string& date, WallTime now) const {
    Slow out;
    out.at = clock_.mono_now();
    out.usual = usual(date, now);
    const auto events = reads_.events({.from = now - kServiceMemory, .type = ZoneType::kChair});
    if (!events) return out;
    std::map<EventId, double> services;  // with their parts
    std::set<std::string> chairs;
    for (const auto& [event, branch, device, boot] : *events) {
        if (event.end > now - kChairInUse || event.start > now - kChairInUse) chairs.insert(event.zone);
        if (event.verdict != Verdict::kCounted || event.state != EventState::kClosed) continue;
        services[event.part_of.value_or(event.id)] += to_seconds(event.dwell);
    }
    for (const auto& [id, seconds] : services)
        out.services_s.push_back(seconds);
    out.chairs.assign(chairs.begin(), chairs.end());
    return out;
}

Json LiveView::usual(const std::string& date, WallTime now) const {
    const auto today = reports_.summarize(date, date);
    const auto first = reads_.events({.limit = 1});
    if (!today || !first || first->empty()) return nullptr;
    const Duration elapsed = now - today->from;
    std::array<std::vector<int>, kTypes.size()> counts;
    for (int week = 1; week <= kUsualWeeks; ++week) {
        const auto then = TimeZone::add_days(date, -7 * week);
        const auto before = then ? reports_.end_of(TimeZone::add_days(*then, -1).value_or(*then))
                                 : tl::unexpected(then.error());
        if (!before || *before < first->front().event.start - hours(24)) break;
        const WallTime from = *before, to = from + elapsed;
        const auto gaps = reads_.gaps(from, to);
        if (!gaps || most(blind_seconds(*gaps, from, to)) > kMostBlind * to_seconds(elapsed)) continue;
        const auto events = reads_.events({.from = from, .to = to});
        if (!events) continue;
        for (const ZoneType type : kTypes)
            counts[static_cast<std::size_t>(type)].push_back(
                static_cast<int>(std::count_if(events->begin(), events->end(), [&](const StoredEvent& e) {
                    return e.event.type == type && is_service(e.event);
                })));
    }
    if (counts[0].size() < kFewestUsualDays) return nullptr;
    return {{"weekday", weekday_of(date)}, {"until", zone_.format(now, "%H:%M")}, {"days", counts[0].size()},
            {"haircuts", band(counts[0])}, {"washes", band(counts[1])},           {"waits", band(counts[2])}};
}

}  // namespace chairside
