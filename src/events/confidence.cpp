#include "events/confidence.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace chairside {
namespace {

constexpr double kPlattScale = 0.95, kPlattShift = 2.3;
constexpr double kAttendanceWidth = 0.35;  // of ln(share / limit)
constexpr double kWorthSaying = 0.9;

double logistic(double x) {
    return 1 / (1 + std::exp(-x));
}
double logit(double p) {
    return std::log(p / (1 - p));
}
double normal_cdf(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

struct Factors {
    double unsplit = 1, start = 1, end = 1, length = 1, attended = 1;
};

Factors factors(const SeatSession& session, const ConfidenceInput& in, const AttendanceSettings& settings) {
    Factors f;
    if (session.worst_gap.score > -1e8) f.unsplit = logistic(-session.worst_gap.score);
    if (session.start_score != 0) f.start = logistic(session.start_score);
    if (session.end_score != 0) f.end = logistic(session.end_score);
    f.length = normal_cdf((in.dwell_s - in.threshold_s) / (1 + in.gap_mean_s));
    if (in.attendance_counts) {
        const double share = std::max(session.attendance.share(), 1e-3);
        f.attended = logistic(std::log(share / settings.unattended) / kAttendanceWidth);
    }
    return f;
}

}  // namespace

double seat_confidence(const SeatSession& session, const ConfidenceInput& in,
                       const AttendanceSettings& settings) {
    const Factors f = factors(session, in, settings);
    const double raw = std::clamp(f.unsplit * f.start * f.end * f.length * f.attended, 0.005, 0.995);
    return logistic(kPlattScale * logit(raw) + kPlattShift);
}

std::string number(double value, int decimals) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

Notes seat_notes(const SeatSession& session, const ConfidenceInput& in, const AttendanceSettings& settings) {
    const Factors f = factors(session, in, settings);
    Notes notes;
    if (session.attendance.watched_s() > 0) notes["attended"] = number(session.attendance.share(), 2);
    if (session.longest_gap_s > 0) notes["longest_unseen_s"] = number(session.longest_gap_s);
    if (session.hidden_s > 0) notes["unseen_s"] = number(session.hidden_s);
    if (session.outage_s > 0) notes["camera_blind_s"] = number(session.outage_s);
    std::string doubts;
    const auto doubt = [&](double factor, const std::string& text) {
        if (factor < kWorthSaying) doubts += (doubts.empty() ? "" : "; ") + text;
    };
    const SeatGap& gap = session.worst_gap;
    doubt(f.unsplit, "possible change of clients " + number(gap.begin - session.stay.start) +
                         " s after the start (unseen " + number(gap.length()) + " s, size " +
                         number(100 * gap.size_change, 0) + " %)");
    doubt(f.start, "start from a change of clients");
    doubt(f.end, "end from a change of clients");
    doubt(f.length, "near the dwell threshold");
    doubt(f.attended, "hardly attended");
    if (!session.start_seen) notes["start"] = "first seen";
    if (!doubts.empty()) notes["doubts"] = doubts;
    return notes;
}

}  // namespace chairside
