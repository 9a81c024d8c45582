#include <cmath>
#include <nlohmann/json.hpp>

#include "audit/doctor_words.hpp"

namespace chairside {
namespace {

using Json = nlohmann::ordered_json;

double rounded(double value) {
    return std::round(value * 1e4) / 1e4;
}

Json polygon_json(const Polygon& polygon) {
    Json out = Json::array();
    for (const Point p : polygon)
        out.push_back({p.x, p.y});
    return out;
}

Json zone_json(const ZoneExam& exam) {
    Json findings = Json::array();
    for (const ZoneFinding& f : exam.findings) {
        Json finding = {{"kind", to_string(f.kind)},
                        {"problem", f.problem},
                        {"share", rounded(f.share)},
                        {"text", f.text}};
        if (!f.other.empty()) finding["other"] = f.other;
        findings.push_back(std::move(finding));
    }
    return {{"name", exam.zone.name},
            {"type", to_string(exam.zone.type)},
            {"polygon", polygon_json(exam.zone.polygon)},
            {"inside_s", rounded(exam.inside_s)},
            {"outside_s", rounded(exam.outside_s)},
            {"standing_s", rounded(exam.standing_s)},
            {"walking_s", rounded(exam.walking_s)},
            {"findings", findings},
            {"suggestion", exam.suggestion.empty() ? Json() : polygon_json(exam.suggestion)},
            {"suggestion_held", rounded(exam.suggestion_held)},
            {"why_none", exam.why_none.empty() ? Json() : Json(exam.why_none)}};
}

}  // namespace

std::string exams_as_json(const std::vector<CameraExam>& exams) {
    Json cameras = Json::array();
    for (const CameraExam& exam : exams) {
        Json zones = Json::array();
        for (const ZoneExam& zone : exam.zones)
            zones.push_back(zone_json(zone));
        cameras.push_back({{"camera", exam.camera},
                           {"watched_s", rounded(exam.watched_s)},
                           {"seated_s", rounded(exam.seated_s)},
                           {"too_little", exam.too_little.empty() ? Json() : Json(exam.too_little)},
                           {"zones", zones}});
    }
    const Json out = {{"format", "chairside-zones-doctor"}, {"version", 1}, {"cameras", cameras}};
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chairside
