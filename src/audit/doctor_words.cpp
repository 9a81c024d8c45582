#include "audit/doctor_words.hpp"

#include <cmath>
#include <cstdio>

namespace chairside {
namespace {

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    std::string out = text;
    while (out.ends_with('0'))
        out.pop_back();
    return out.ends_with('.') ? out + "0" : out;
}

std::string polygon_text(const Polygon& polygon) {
    std::string out;
    for (const Point p : polygon)
        out += (out.empty() ? "[" : ", [") + number(p.x) + ", " + number(p.y) + "]";
    return "[" + out + "]";
}

// A YAML scalar in a flow mapping that needs no thought.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string yaml_of(const ZoneExam& exam) {
    const ZoneConfig& zone = exam.zone;
    std::string out = "      - {name: " + quoted(zone.name) + ", type: " + to_string(zone.type);
    if (zone.capacity != 1) out += ", capacity: " + std::to_string(zone.capacity);
    if (zone.anchor != ZoneAnchor::kFoot) out += std::string(", anchor: ") + to_string(zone.anchor);
    return out + ",\n         polygon: " + polygon_text(exam.suggestion) + "}\n";
}

std::string hours_text(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f hours", seconds / 3600);
    return text;
}

std::string zone_text(const ZoneExam& exam) {
    std::string out = exam.zone.name + " (" + to_string(exam.zone.type) + ")\n";
    const double all = exam.inside_s + exam.outside_s;
    if (!exam.has_problem() && all > 0)
        out += "  fits: " + std::to_string(std::lround(100 * exam.inside_s / all)) + " % of the " +
               std::to_string(std::lround(all / 60)) + " min that people sat here, they were in it\n";
    for (const ZoneFinding& finding : exam.findings)
        out += std::string(finding.problem ? "  PROBLEM  " : "  note: ") + finding.text + "\n";
    if (exam.has_problem() && !exam.why_none.empty()) out += "  " + exam.why_none + "\n";
    return out;
}

bool shown(const ZoneExam& exam, bool suggest_all) {
    return !exam.suggestion.empty() && (suggest_all || exam.has_problem());
}

}  // namespace

std::string exams_as_text(const std::vector<CameraExam>& exams, bool suggest_all) {
    std::string out;
    for (const CameraExam& exam : exams) {
        out += "Camera " + exam.camera + ": watched for " + hours_text(exam.watched_s) + "; people sat for " +
               hours_text(exam.seated_s) + " together\n\n";
        if (!exam.too_little.empty()) {
            out += exam.too_little + "\n\n";
            continue;
        }
        std::string yaml;
        for (const ZoneExam& zone : exam.zones) {
            out += zone_text(zone);
            if (!shown(zone, suggest_all)) continue;
            yaml += "      # holds " + std::to_string(std::lround(100 * zone.suggestion_held)) +
                    " % of the feet of its people\n" + yaml_of(zone);
        }
        if (!yaml.empty())
            out += "\nTo paste into the configuration (keep your own dwell_time and grace):\n  - id: " +
                   exam.camera + "\n    zones:\n" + yaml;
        out += "\n";
    }
    return out;
}

}  // namespace chairside
