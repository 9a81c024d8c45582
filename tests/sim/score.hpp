#pragma once
// Counted services against the true ones, as the evaluation's score_events.py does: same zone, time spans that overlap by
// half of their union, best first.

#include <vector>

#include "events/event.hpp"
#include "events/settings.hpp"
#include "sim/salon.hpp"

namespace chairside::sim {

struct Score {
    int truths = 0, counted = 0, matched = 0;
    std::vector<double> start_errors, end_errors;  // s, of matched ones
    std::vector<Service> missed, wrong;
    double f1() const { return truths + counted == 0 ? 1 : 2.0 * matched / (truths + counted); }
};

Score score(const std::vector<Service>& truth, const std::vector<Service>& counted);
// The counted events as services; the wall clock starts at 0.
std::vector<Service> as_services(const std::vector<Event>& events, const std::vector<ZoneConfig>& zones);

struct LookOptions {
    double fps = 5;
    double irregular = 0;  // part of the frame interval by which times vary
    double gap_every_s = 0, gap_s = 0;
    double shift_x = 0, shift_y = 0, scale = 1;  // of the picture, into a larger one
    bool mirror = false;                         // left and right
    bool shuffle = false;                        // detections within a frame
    double miss = 0;                             // more misses than the scene's own
    double swap_ids_every_s = 0;                 // the tracker confuses two of those in the picture
    std::uint64_t seed = 1;
    EngineSettings engine;
};
// The whole chain from detections on: tracker, zones, sessions.
std::vector<Event> count_services(const Salon& salon, const LookOptions& options);

}  // namespace chairside::sim
