#pragma once
// How sure we are that a session is one service and one only, and why not. Pure.
// Source: docs/decisions/0201-seat-sessions.md; factors are combined as odds and calibrated once (Platt).

#include "events/seat_session.hpp"

namespace chairside {

struct ConfidenceInput {
    double dwell_s = 0, threshold_s = 0;
    double gap_mean_s = 1.5;         // uncertainty of the edges, as the zone's gaps
    bool attendance_counts = false;  // the type is attended, and it is known what is usual
};

double seat_confidence(const SeatSession& session, const ConfidenceInput& input,
                       const AttendanceSettings& settings);
// Numbers as text, the same everywhere: "12.5".
std::string number(double value, int decimals = 1);
Notes seat_notes(const SeatSession& session, const ConfidenceInput& input,
                 const AttendanceSettings& settings);

}  // namespace chairside
