// Sums and reports.

#include <algorithm>
#include <array>
#include <set>

#include "report/report_generator.hpp"
#include "serve/api.hpp"

namespace chairside {
namespace {

constexpr int kMostDaysByHour = 92, kMostDays = 3660, kMostReports = 400;
constexpr std::array kReported = {ZoneType::kChair, ZoneType::kWash, ZoneType::kWait};

// The first business date of the store; nothing if it is empty.
std::optional<std::string> first_date(ApiContext& api) {
    const auto first = api.reads.events({.limit = 1});
    if (!first || first->empty()) return std::nullopt;
    return api.view.reports().business_date(first->front().event.start);
}

std::string today_of(ApiContext& api) {
    return api.view.reports().business_date(api.view.shop_time(api.shop.now()));
}

int days_between(const std::string& from, const std::string& to) {
    const TimeZone utc = TimeZone::utc();
    const auto a = utc.start_of_day(from), b = utc.start_of_day(to);
    return a && b ? static_cast<int>((*b - *a) / std::chrono::hours(24)) + 1 : 0;
}

Json empty_row(const std::string& label, const std::string& date, WallTime from, WallTime to) {
    Json out{{"label", label}, {"date", date}, {"from", format_utc(from)}, {"to", format_utc(to)}};
    for (const char* member : {"counts", "mean_dwell_s"})
        for (const ZoneType type : kReported)
            out[member][to_string(type)] = nullptr;
    out["to_review"] = 0;
    out["coverage"] = "known";
    out["unknown_s"] = 0;
    for (const char* member : {"camera", "zone", "busy_s", "watched_s"})
        out[member] = nullptr;
    return out;
}

// A count of a time that nobody watched is null, not 0.
void set_counts(Json& row, const std::map<ZoneType, int>& counts, Coverage coverage, double unknown_s) {
    const bool unknown = coverage == Coverage::kUnknown && counts.empty();
    for (const ZoneType type : kReported) {
        const auto count = counts.find(type);
        row["counts"][to_string(type)] =
            unknown ? Json(nullptr) : Json(count == counts.end() ? 0 : count->second);
    }
    row["coverage"] = to_string(coverage);
    row["unknown_s"] = to_milli(unknown_s);
}

// Mean times and what is to review, of the events that begin within the row.
void set_dwell(Json& row, const std::map<ZoneType, TypeFigures>& by_type) {
    int to_review = 0;
    for (const auto& [type, figures] : by_type) {
        if (figures.finished > 0) row["mean_dwell_s"][to_string(type)] = to_milli(figures.mean_dwell_s);
        to_review += figures.to_review;
    }
    row["to_review"] = to_review;
}

struct Sums {
    double dwell_s = 0;
    int finished = 0, to_review = 0;
};

// By time of the start, for rows shorter than a summary: events come in order.
class DwellOfRows {
  public:
    explicit DwellOfRows(const std::vector<StoredEvent>& events) : events_(events) {}
    void set(Json& row, WallTime to) {
        std::array<Sums, 3> sums{};
        int to_review = 0;
        for (; at_ < events_.size() && events_[at_].event.start < to; ++at_) {
            const Event& e = events_[at_].event;
            if (e.verdict == Verdict::kReview) ++to_review;
            if (!is_service(e) || e.state == EventState::kOpen) continue;
            Sums& one = sums[static_cast<std::size_t>(e.type)];
            one.dwell_s += to_seconds(e.dwell);
            ++one.finished;
        }
        for (const ZoneType type : kReported) {
            const Sums& one = sums[static_cast<std::size_t>(type)];
            if (one.finished > 0) row["mean_dwell_s"][to_string(type)] = to_milli(one.dwell_s / one.finished);
        }
        row["to_review"] = to_review;
    }

  private:
    const std::vector<StoredEvent>& events_;
    std::size_t at_ = 0;
};

using Rows = tl::expected<Json, Problem>;

Rows rows_by_hour(ApiContext& api, const std::string& from, const std::string& to) {
    Json rows = Json::array();
    for (std::string date = from; date <= to; date = TimeZone::add_days(date, 1).value()) {
        const auto day = api.view.reports().summarize(date, date);
        if (!day) return tl::unexpected(problem(day.error()).value());
        const auto events = api.reads.events({.from = day->from, .to = day->to});
        if (!events) return tl::unexpected(problem(events.error()).value());
        DwellOfRows dwell(*events);
        WallTime at = day->from;
        for (std::size_t i = 0; i < day->by_hour.size(); ++i) {
            const WallTime end = std::min(at + std::chrono::hours(1), day->to);
            Json row = empty_row(day->hour_labels[i], date, at, end);
            set_counts(row, day->by_hour[i].counts, day->by_hour[i].coverage, day->by_hour[i].unknown_s);
            dwell.set(row, end);
            rows.push_back(std::move(row));
            at = end;
        }
    }
    return rows;
}

// The dates [first, last] of each row: days, weeks from Monday, months.
struct Period {
    std::string label, first, last;
};

std::string week_of(const TimeZone& utc, const std::string& date) {
    return utc.format(utc.start_of_day(date).value(), "%G-W%V");
}

std::vector<Period> periods_of(const std::string& by, const std::string& from, const std::string& to) {
    const TimeZone utc = TimeZone::utc();
    std::vector<Period> out;
    for (std::string date = from; date <= to; date = TimeZone::add_days(date, 1).value()) {
        const std::string label = by == "day" ? date : by == "week" ? week_of(utc, date) : date.substr(0, 7);
        if (out.empty() || out.back().label != label) out.push_back({label, date, date});
        out.back().last = date;
    }
    return out;
}

Rows rows_by_period(ApiContext& api, const std::string& by, const std::string& from, const std::string& to) {
    Json rows = Json::array();
    for (const Period& period : periods_of(by, from, to)) {
        const auto s = api.view.reports().summarize(period.first, period.last);
        if (!s) return tl::unexpected(problem(s.error()).value());
        Json row = empty_row(period.label, period.first, s->from, s->to);
        std::map<ZoneType, int> counts;
        double unknown_s = 0;
        std::size_t unknown_days = 0, known_days = 0;
        for (const DayFigures& day : s->by_day) {
            for (const auto& [type, n] : day.counts)
                counts[type] += n;
            unknown_s += day.unknown_s;
            if (day.coverage == Coverage::kUnknown) ++unknown_days;
            if (day.coverage == Coverage::kKnown) ++known_days;
        }
        const Coverage coverage = unknown_days == s->by_day.size() ? Coverage::kUnknown
                                  : known_days == s->by_day.size() ? Coverage::kKnown
                                                                   : Coverage::kPartly;
        set_counts(row, counts, coverage, unknown_s);
        set_dwell(row, s->by_type);
        rows.push_back(std::move(row));
    }
    return rows;
}

// How long each zone's camera saw it, until now.
double watched_seconds(const DailySummary& s, const std::string& camera, WallTime now) {
    const WallTime end = std::max(s.from, std::min({s.to, now, s.seen_until.value_or(s.to)}));
    double out = to_seconds(end - s.from);
    for (const Gap& gap : s.gaps) {
        if (gap.camera != camera) continue;
        const WallTime a = std::max(gap.start, s.from), b = std::min(gap.end.value_or(end), end);
        if (b > a) out -= to_seconds(b - a);
    }
    return std::max(0.0, out);
}

Rows rows_by_zone(ApiContext& api, const std::string& from, const std::string& to) {
    const auto s = api.view.reports().summarize(from, to);
    if (!s) return tl::unexpected(problem(s.error()).value());
    const auto events = api.reads.events({.from = s->from, .to = s->to});
    if (!events) return tl::unexpected(problem(events.error()).value());
    std::map<std::string, double> busy;
    for (const StoredEvent& stored : *events)
        if (stored.event.verdict == Verdict::kCounted)
            busy[stored.event.camera + "/" + stored.event.zone] += to_seconds(stored.event.dwell);
    auto zones = s->by_zone;
    auto cameras = s->cameras_of;
    const ShopNow shop = api.shop.now();
    for (const ShopCamera& camera : shop.cameras) {
        for (const ZoneConfig& zone : camera.config.zones) {
            const std::string key = camera.config.id + "/" + zone.name;
            zones[key][zone.type];
            cameras[key] = camera.config.id;
        }
    }
    const WallTime now = api.view.shop_time(shop);
    const double all_s = to_seconds(std::max(s->from, std::min(s->to, now)) - s->from);
    Json rows = Json::array();
    for (const auto& [key, by_type] : zones) {
        const std::string camera = cameras.at(key), zone = key.substr(camera.size() + 1);
        const double watched_s = watched_seconds(*s, camera, now);
        Json row = empty_row(zone, s->from_date, s->from, s->to);
        std::map<ZoneType, int> counts;
        for (const auto& [type, figures] : by_type)
            if (figures.count > 0) counts[type] = figures.count;
        const double unknown_s = std::max(0.0, all_s - watched_s);
        set_counts(row, counts,
                   watched_s < 1     ? Coverage::kUnknown
                   : unknown_s >= 30 ? Coverage::kPartly
                                     : Coverage::kKnown,
                   unknown_s);
        set_dwell(row, by_type);
        row["camera"] = camera;
        row["zone"] = zone;
        row["busy_s"] = to_milli(busy[key]);
        row["watched_s"] = to_milli(watched_s);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

Answer get_summaries(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    const auto by = query.choice("by", {"hour", "day", "week", "month", "zone"});
    const auto from_asked = query.date("from"), to_asked = query.date("to");
    const bool no_by = !std::any_of(call.request.query.begin(), call.request.query.end(),
                                    [](const auto& q) { return q.first == "by"; });
    if (no_by) query.fault("by", "is missing; allowed: hour, day, week, month, zone");
    const std::string today = today_of(api);
    const std::string from = from_asked.value_or(to_asked ? std::min(today, *to_asked) : today);
    const std::string to = to_asked.value_or(std::max(from, today));
    const int days = days_between(from, to), most = by == "hour" ? kMostDaysByHour : kMostDays;
    if (to < from) query.fault("to", "is before `from`");
    if (days > most)
        query.fault("to",
                    "is " + std::to_string(days) + " days from `from`; allowed: " + std::to_string(most));
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    auto rows = by == "hour"   ? rows_by_hour(api, from, to)
                : by == "zone" ? rows_by_zone(api, from, to)
                               : rows_by_period(api, *by, from, to);
    if (!rows) return tl::unexpected(rows.error());
    const auto whole = api.view.reports().summarize(from, to);
    if (!whole) return problem(whole.error());
    Json gaps = Json::array();
    for (const Gap& gap : whole->gaps)
        gaps.push_back({{"camera", gap.camera},
                        {"start", format_utc(gap.start)},
                        {"end", time_or_null(gap.end)},
                        {"reason", gap.reason}});
    return json_response({{"by", *by},
                          {"from_date", from},
                          {"to_date", to},
                          {"timezone", api.view.zone().name()},
                          {"rows", std::move(*rows)},
                          {"gaps", std::move(gaps)}});
}

Answer get_reports(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const std::string today = today_of(api);
    Json dates = Json::array();
    if (const auto first = first_date(api)) {
        std::string date = today;
        for (int i = 0; i < kMostReports && date >= *first; ++i) {
            dates.push_back(date);
            date = TimeZone::add_days(date, -1).value();
        }
    }
    return json_response({{"today", today}, {"dates", std::move(dates)}});
}

Answer get_report(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const std::string &date = call.parts[0], &format = call.parts[1];
    const TextPairs as_query{{"date", date}};
    QueryReader check(as_query);
    const auto first = first_date(api);
    if (!check.date("date") || !first || date < *first || date > today_of(api))
        return problem(404, "There is no report of this day; GET /api/v1/reports lists those there are.");
    const ReportGenerator& reports = api.view.reports();
    const auto summary = reports.summarize(date, date);
    if (!summary) return problem(summary.error());
    WebResponse out;
    if (format == "html") {
        out.type = "text/html; charset=utf-8";
        out.body = reports.as_html(*summary);
        // The report carries its style in itself, and nothing else.
        out.headers = {{"Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri "
                        "'none'; sandbox"}};
    } else if (format == "txt") {
        out.type = "text/plain; charset=utf-8";
        out.body = reports.as_text(*summary);
    } else if (format == "json") {
        out.body = reports.as_json(*summary);
    } else if (format == "csv") {
        const auto events = api.reads.events({.from = summary->from, .to = summary->to});
        if (!events) return problem(events.error());
        out.type = "text/csv; charset=utf-8";
        out.body = reports.as_csv(*events);
    } else {
        return problem(404, "Reports come as html, txt, csv and json.");
    }
    return out;
}

}  // namespace chairside
