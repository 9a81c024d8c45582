#include "events/confidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace chairside {
namespace {

struct Weights {
    double seat, area;  // log odds of an event that nothing speaks against
    double split, start, end, length, attended, hidden, edge, identity, unseen, rule;
};
// Fitted by bench/calibrate_confidence.py (logistic regression over the simulator's salons, weights not below 0), then made surer
// for sound stays and stricter by the rule, to the reliability that docs/accuracy.md shows.
constexpr Weights kWeights{5.3, 2.0, 0.0, 1.4, 1.1, 2.8, 2.6, 0.55, 0.60, 0.3, 1.5, 1.83};
constexpr double kLeast = 0.005, kMost = 0.995;  // nobody is surer than the data that this was learned from

constexpr double kNearSplit = -4;  // log odds of a split from which on it is a doubt
constexpr double kSplitScale = 4;
constexpr double kSureSplit = 2;  // log odds from which on a change of clients is sure
constexpr double kLongestLength = 3;
constexpr double kAttendanceWidth = 0.35;  // of ln(share / limit)
constexpr double kLongGap = 8;             // s; shorter ones are ordinary misses
// From which on a doubt is worth saying.
constexpr double kSayHidden = 20, kSaySplit = 0.55, kSayEdgeOfSplit = 0.3, kSayLength = 0.4,
                 kSayAttended = 0.7, kSayBlind = 2, kSayUnseen = 0.3;

double normal_cdf(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double softplus(double x) {
    return x > 30 ? x : std::log1p(std::exp(x));
}

double length_doubt(double dwell_s, double threshold_s, double spread_s, bool open) {
    const double p = normal_cdf((dwell_s - threshold_s) / spread_s + (open ? 1 : 0));
    return std::min(kLongestLength, -std::log(std::max(p, 1e-9)));
}

double attendance_doubt(double share, double limit) {
    constexpr double kMostDoubt = 4;
    return std::min(kMostDoubt, softplus(-std::log(std::max(share, 1e-3) / limit) / kAttendanceWidth));
}

// Of a change of clients at an end of the session; 0: there was none.
double split_end_doubt(double score) {
    return score == 0 ? 0 : std::clamp(1 - score / kSureSplit, 0.0, 1.0);
}

class Reasons {
  public:
    void add_if(bool so, const std::string& text) {
        if (so) text_ += (text_.empty() ? "" : "; ") + text;
    }
    void into(Notes& notes) const {
        if (!text_.empty()) notes["reasons"] = text_;
    }

  private:
    std::string text_;
};

std::string evidence_text(const Doubts& d) {
    const std::array<std::pair<const char*, double>, 10> named{{{"split", d.split},
                                                                {"start", d.start},
                                                                {"end", d.end},
                                                                {"length", d.length},
                                                                {"attended", d.attended},
                                                                {"hidden", d.hidden},
                                                                {"edge", d.edge},
                                                                {"identity", d.identity},
                                                                {"unseen", d.unseen},
                                                                {"rule", d.rule}}};
    std::string out = d.area ? "area" : "seat";
    for (const auto& [name, value] : named)
        if (value >= 0.005) out += std::string(" ") + name + " " + number(value, 2);
    return out;
}

}  // namespace

Doubts seat_doubts(const SeatSession& session, const ConfidenceInput& in) {
    Doubts d;
    if (session.worst_gap.score > kNearSplit)
        d.split = std::min(1.4, (session.worst_gap.score - kNearSplit) / kSplitScale);
    d.start = split_end_doubt(session.start_score);
    d.end = split_end_doubt(session.end_score);
    d.length = length_doubt(in.dwell_s, in.threshold_s, 1 + in.gap_mean_s, in.open);
    if (in.attendance_limit > 0 && session.attendance.watched_s() > 0)
        d.attended = attendance_doubt(in.attended, in.attendance_limit);
    d.rule = session.stay.verdict == Verdict::kCounted ? 0 : 1;
    if (in.dwell_s > 0 && session.longest_gap_s > kLongGap)
        d.hidden = std::clamp(session.hidden_s / in.dwell_s, 0.0, 1.0);
    d.edge = session.start_seen ? 0 : 1;
    return d;
}

Doubts area_doubts(const AreaEvidence& e) {
    Doubts d;
    d.area = true;
    d.length = length_doubt(e.dwell_s, e.threshold_s, 1 + 0.05 * e.threshold_s, e.open);
    d.identity = std::log1p(std::max(0, e.merges));
    d.unseen = std::clamp(1 - e.seen_share, 0.0, 1.0);
    d.rule = e.enough ? 0 : 1;
    return d;
}

double confidence_of(const Doubts& d) {
    const Weights& w = kWeights;
    const double odds = (d.area ? w.area : w.seat) - w.split * d.split - w.start * d.start - w.end * d.end -
                        w.length * d.length - w.attended * d.attended - w.hidden * d.hidden -
                        w.edge * d.edge - w.identity * d.identity - w.unseen * d.unseen - w.rule * d.rule;
    return std::clamp(1 / (1 + std::exp(-odds)), kLeast, kMost);
}

double seat_confidence(const SeatSession& session, const ConfidenceInput& in) {
    return confidence_of(seat_doubts(session, in));
}

void turn_down_unattended(Stay& stay, double share, double limit) {
    stay.verdict = Verdict::kRejected;
    stay.notes["rejected"] = "unattended";
    const double doubt = attendance_doubt(share, limit);
    const double odds =
        std::log(stay.confidence / (1 - stay.confidence)) - kWeights.attended * doubt - kWeights.rule;
    stay.confidence = std::clamp(1 / (1 + std::exp(-odds)), kLeast, kMost);
    std::string& evidence = stay.notes["evidence"];
    if (const auto known = evidence.find(" attended "); known != std::string::npos)
        evidence.erase(known, evidence.find(' ', known + 10) - known);
    evidence += " attended " + number(doubt, 2) + " rule 1.00";
}

double area_confidence(const AreaEvidence& evidence) {
    return confidence_of(area_doubts(evidence));
}

std::string number(double value, int decimals) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

Notes seat_notes(const SeatSession& session, const ConfidenceInput& in) {
    const Doubts d = seat_doubts(session, in);
    Notes notes;
    notes["evidence"] = evidence_text(d);
    if (session.attendance.watched_s() > 0) notes["attended"] = number(session.attendance.share(), 2);
    if (session.longest_gap_s > 0) notes["longest_unseen_s"] = number(session.longest_gap_s);
    if (session.hidden_s > 0) notes["unseen_s"] = number(session.hidden_s);
    if (session.outage_s > 0) notes["camera_blind_s"] = number(session.outage_s);
    if (!session.start_seen) notes["start"] = "first seen";
    const SeatGap& gap = session.worst_gap;
    Reasons reasons;
    reasons.add_if(session.longest_gap_s >= kSayHidden,
                   "occluded " + number(session.longest_gap_s, 0) + " s");
    reasons.add_if(session.outage_s >= kSayBlind, "camera blind " + number(session.outage_s, 0) + " s");
    reasons.add_if(d.split >= kSaySplit, "possible change of clients " +
                                             number(gap.begin - session.stay.start, 0) +
                                             " s after the start (unseen " + number(gap.length()) +
                                             " s, size " + number(100 * gap.size_change, 0) + " %)");
    reasons.add_if(d.start >= kSayEdgeOfSplit, "start from an unsure change of clients");
    reasons.add_if(d.end >= kSayEdgeOfSplit, "end from an unsure change of clients");
    reasons.add_if(d.length >= kSayLength, "near the threshold");
    reasons.add_if(d.attended >= kSayAttended, "hardly attended");
    reasons.add_if(!session.start_seen, "arrival not seen");
    reasons.into(notes);
    return notes;
}

Notes area_notes(const AreaEvidence& e) {
    const Doubts d = area_doubts(e);
    Notes notes;
    notes["evidence"] = evidence_text(d);
    if (e.merges > 0) notes["identity_changes"] = number(e.merges, 0);
    Reasons reasons;
    reasons.add_if(e.merges > 0, e.merges == 1   ? std::string("identity merged once")
                                 : e.merges == 2 ? std::string("identity merged twice")
                                                 : "identity merged " + number(e.merges, 0) + " times");
    reasons.add_if(d.unseen >= kSayUnseen, "hardly seen");
    reasons.add_if(d.length >= kSayLength, "near the threshold");
    reasons.into(notes);
    return notes;
}

bool is_fact(const Notes& notes) {
    const auto why = notes.find("rejected");
    return why != notes.end() && why->second != "unattended" && why->second != "hardly seen";
}

Verdict judged(const Stay& stay, const CountingLimits& limits) {
    if (stay.verdict == Verdict::kRejected && (is_fact(stay.notes) || !stay.closed))
        return Verdict::kRejected;
    const Verdict most = stay.verdict == Verdict::kCounted ? Verdict::kCounted : Verdict::kReview;
    if (stay.confidence >= limits.count_from) return most;
    return stay.confidence >= limits.review_from ? Verdict::kReview : Verdict::kRejected;
}

}  // namespace chairside
