#include <cmath>
#include <nlohmann/json.hpp>

#include "report/text_report.hpp"
#include "report/words.hpp"

namespace chairside {
namespace {

using Json = nlohmann::ordered_json;

double to_milli(double seconds) {
    return std::round(seconds * 1000) / 1000;
}

Json json_of(const std::map<ZoneType, TypeFigures>& by_type) {
    Json out = Json::object();
    for (const auto& [type, f] : by_type) {
        const auto dwell = [&](double s) { return f.finished > 0 ? Json(to_milli(s)) : Json(nullptr); };
        out[to_string(type)] = {{"service", service_name(type)},
                                {"count", f.count},
                                {"finished", f.finished},
                                {"mean_dwell_s", dwell(f.mean_dwell_s)},
                                {"median_dwell_s", dwell(f.median_dwell_s)},
                                {"to_review", f.to_review}};
    }
    return out;
}

// A count of a time that nobody saw is null, not 0.
template <typename Figures>
void add_counts(Json& out, const Figures& figures) {
    const bool unknown = figures.coverage == Coverage::kUnknown && sum_of(figures.counts) == 0;
    for (const ZoneType type : kReportTypes) {
        out[to_string(type)] = unknown ? Json(nullptr) : Json(count_of(figures.counts, type));
    }
    out["coverage"] = to_string(figures.coverage);
    out["unknown_s"] = to_milli(figures.unknown_s);
}

Json hours_json(const DailySummary& s) {
    Json out = Json::array();
    for (std::size_t i = 0; i < s.by_hour.size(); ++i) {
        Json hour = {{"label", s.hour_labels[i]}};
        add_counts(hour, s.by_hour[i]);
        out.push_back(std::move(hour));
    }
    return out;
}

Json days_json(const DailySummary& s) {
    Json out = Json::array();
    for (const DayFigures& day : s.by_day) {
        Json one = {{"date", day.date}};
        add_counts(one, day);
        one["to_review"] = day.to_review;
        out.push_back(std::move(one));
    }
    return out;
}

Json gaps_json(const DailySummary& s, const TimeZone& zone) {
    Json out = Json::array();
    for (const Gap& gap : s.gaps) {
        out.push_back({{"camera", gap.camera},
                       {"start", zone.format_iso(gap.start)},
                       {"end", gap.end ? Json(zone.format_iso(*gap.end)) : Json(nullptr)},
                       {"reason", gap.reason}});
    }
    return out;
}

}  // namespace

std::string summary_as_json(const DailySummary& s, const TimeZone& zone) {
    Json cameras = Json::object(), zones = Json::object();
    for (const auto& [camera, figures] : s.by_camera)
        cameras[camera] = json_of(figures);
    for (const auto& [name, figures] : s.by_zone)
        zones[name] = json_of(figures);
    const Json out = {
        {"format", "chairside-report"},
        {"version", 1},
        {"branch", s.branch},
        {"device", s.device},
        {"timezone", s.timezone},
        {"from_date", s.from_date},
        {"to_date", s.to_date},
        {"from", zone.format_iso(s.from)},
        {"to", zone.format_iso(s.to)},
        {"unique_people", s.unique_people},
        {"open", s.open},
        {"to_review", s.to_review},
        {"rejected", s.rejected},
        {"seen_until", s.seen_until ? Json(zone.format_iso(*s.seen_until)) : Json(nullptr)},
        {"by_type", json_of(s.by_type)},
        {"by_camera", std::move(cameras)},
        {"by_zone", std::move(zones)},
        {"by_day", days_json(s)},
        {"by_hour", hours_json(s)},
        {"gaps", gaps_json(s, zone)},
    };
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chairside
