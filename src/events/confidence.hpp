#pragma once
// How sure we are that a session is one service and one only, why not, and what that makes of it. Pure.
// Source: docs/decisions/0206-confidence.md; bench/calibrate_confidence.py fits the constants.

#include <string>

#include "events/seat_session.hpp"

namespace chairside {

// What speaks against an event being one true service: 0 where nothing does, larger is worse, each on a scale of its
// own. The confidence falls with each of them.
struct Doubts {
    double split = 0;     // a change of clients inside: how near the split test came, 0..1.4
    double start = 0;     // it begins with a change of clients that was not sure, 0..1
    double end = 0;       // it ends with one, 0..1
    double length = 0;    // near the dwell threshold, 0..3
    double attended = 0;  // attended less than clients here are, 0..4
    double hidden = 0;    // share of the time in which the person was hidden for long, 0..1
    double edge = 0;      // ends that nobody was seen to make: 0, 1, 2
    double identity = 0;  // ln(1 + times an identity was merged)
    double unseen = 0;    // share of the time in which the person was only predicted, 0..1
    double rule = 0;      // 1: a rule of the engine speaks against it (unattended, hardly seen)
    bool area = false;    // of a zone where people stand and walk: other evidence, another base rate
};

struct ConfidenceInput {
    double dwell_s = 0, threshold_s = 0;
    double gap_mean_s = 1.5;  // uncertainty of the edges, as the zone's gaps
    double attendance_limit =
        0;                // below this share clients here are not attended; 0: nobody knows, or none is
    bool open = false;    // the dwell can only grow
    double attended = 0;  // share_with()
};
// Of a session in a zone where people stand and walk.
struct AreaEvidence {
    double dwell_s = 0, threshold_s = 0;
    double seen_share = 1;  // of its frames
    int merges = 0;         // times another identity went on with it
    bool enough = true;     // seen enough for the engine's own rule
    bool open = false;
};

Doubts seat_doubts(const SeatSession& session, const ConfidenceInput& input);
Doubts area_doubts(const AreaEvidence& evidence);
// 0..1; of the events given 0.8 about 80 % are true.
double confidence_of(const Doubts& doubts);

double seat_confidence(const SeatSession& session, const ConfidenceInput& input);
// A stay that was counted before anybody knew that clients are attended here for more than this share of it.
void turn_down_unattended(Stay& stay, double share, double limit);
double area_confidence(const AreaEvidence& evidence);

// Numbers as text, the same everywhere: "12.5".
std::string number(double value, int decimals = 1);
// Reasons in the words of docs/formats/reasons.md, and the doubts as "evidence".
Notes seat_notes(const SeatSession& session, const ConfidenceInput& input);
Notes area_notes(const AreaEvidence& evidence);

// Why a stay was rejected is beyond doubt: too short, never seated, never moved.
bool is_fact(const Notes& notes);
// What a stay counts as. Facts (too short, never seated, never moved) reject it whatever the confidence; what the
// engine doubts is never counted, but is shown for review if it may well be true.
Verdict judged(const Stay& stay, const CountingLimits& limits);

}  // namespace chairside
