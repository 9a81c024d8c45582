#pragma once
// The numbers of the session engine. One setting serves all scenes: lengths are in box sizes, times in
// seconds, and whatever differs between cameras (standing height, gap lengths, walks, attendance) is learned,
// not set here. The values come from docs/decisions/0201-seat-sessions.md.

namespace chairside {

struct PostureSettings {
    double walk_window_s = 1.6;  // a walker's foot moved this long …
    double walk_distance = 0.5;  // … by this many own heights, …
    double walk_evenness = 0.2;  // … with the half-way point at 20-80 % of the distance
    double min_score = 0.5;      // detections that teach
    int min_samples = 50;        // walkers' boxes before the learned height is trusted
    double seated = 0.5;         // posture score from which on somebody sits
    double min_size = 0.68;      // of the standing size at that place; smaller ones are reflections
    double prior_aspect = 0.41;  // width/height of a standing person before it is learned
};

struct SeatSettings {
    double confirm_s = 1.2;           // seen this long …
    int confirm_boxes = 3;            // … in this many boxes: it is a session
    double tentative_s = 6;           // an unconfirmed one dies when its seat was clear this long, …
    double tentative_covered_s = 30;  // … or clear or covered this long
    double anchor_tau_s = 4;          // low-pass of the anchor
    double same_seat = 1.2;           // seated widths: gate around the anchor of a single seat …
    double same_size = 0.35;          // ln of the height: of a seated person to others in that seat
    double same_spot = 0.45;          // … and of one spot among several
    double covered = 0.35;            // part of the anchor box that another box hides
    double grace_factor_covered =
        1.5;                       // graces that a covered seat is kept after somebody was seen to leave, …
    double hold_covered_s = 300;   // … and how long if nobody was
    double cover_memory_s = 1;     // a seat that was covered this recently is covered
    double outage_s = 2;           // a picture without anybody for this long: the clocks stand still
    double outage_longest_s = 20;  // … but not for longer than this: then the shop is empty
    double near = 0.45;            // seated widths: at the seat …
    double away = 1.0;             // … and away from it, …
    double far = 3.0;              // … up to here
    double passer_s = 4;           // arrival and departure within this: somebody passed
    double hidden_walk = 1.4;      // seated widths: a walk may be hidden this far from the seat …
    double hidden_walk_s = 1.5;    // … for this long
    double walk_speed = 0.4;       // seated widths per second
    double trail_s = 4;
    double size_interval_s = 0.2;  // at most one box per this tells its size
    double size_sample_s = 0.9;    // boxes of this long are one sample
    int sizes_kept = 600;          // samples: ten minutes
};

struct SplitSettings {
    // Log odds, and what each term is worth beside the others: a logistic regression over recorded gaps
    // (docs/decisions/0209-changes-of-clients.md).
    double prior = -0.7;
    double gap_weight = 0.85, walk_weight = 0.70, other_size_weight = 0.5, same_size_weight = 2.4,
           same_shape_weight = 0.4;
    double min_gap_s = 1.6;
    double look_back_s = 180;   // gaps as old as this can still turn out to be an exchange
    double learn_after_s = 60;  // … and are taken for ordinary ones meanwhile
    double interval_s = 2, full_interval_s = 30;
    int min_before = 4, min_after = 6;  // boxes
    int most_samples = 300;             // compared on either side: the more, the smaller a difference tells
    int enough_after = 25;              // boxes after the gap, or …
    double enough_after_s = 20;         // … this long after it, before it is judged
    double same_size_noise = 0.02;  // ln size: one person before and after; where nothing is learned yet …
    double least_size_noise = 0.006;                         // … and at least
    double other_size_noise = 0.10;                          // two clients
    double other_aspect = 0.06, least_aspect_noise = 0.003;  // of ln(w / h) likewise, …
    double aspect_least = -3, aspect_most = 8;
    double size_floor = -3, size_ceiling = 9;
    double no_walk = 0.3;  // likelihood of no walk seen though clients changed
    double mu_prior_s = 1.5, mu_weight = 5, mu_window = 200, mu_floor_s = 0.7, mu_clip_s = 20;
    double near = 0.45;           // seated widths: as in SeatSettings …
    double closeness = 0.12;      // … and how close to the seat its client rises and sits down
    double other_stature = 0.09;  // ln size, between people
    double stature_most = 3;      // log odds that a wrong stature takes away
    double exchange_s = 15;       // length over which exchanges of clients spread
    double lomax_power = 3;
    double covered_weight = 0.5;  // of the time in a gap in which somebody stood before the seat
    double visitor_s = 6;         // somebody seen less than this between two clients is a visitor
};

struct AttendanceSettings {
    double recent_s = 5;  // counted while the seated person was seen this recently
    double reach_widths = 0.7, reach_heights = 0.2;
    double hidden = 0.4;       // part of a box behind others, from which on detectors miss it
    double unattended = 0.12;  // sessions with less say nothing of what is usual here
};

struct AreaSettings {
    double leave_s = 2;         // outside for this long: left
    double lost_walking_s = 2;  // a walker's session can be taken over this long …
    double gate_heights = 0.8;  // … within gate * (.5 + .5 gap) heights of the predicted foot
    double newborn_s = 1;       // only a track younger than this takes over
    double predict_s = 1.5;
    double still_speed = 0.15;  // heights per second: below, somebody stands or sits
    double still_gate = 0.5;    // heights
    double sitter_share = 0.3;  // of a stay in a seat zone, seen there: less is people who pass
    double seen_share = 0.3;    // of its frames
};

struct EngineSettings {
    PostureSettings posture;
    SeatSettings seat;
    SplitSettings split;
    AttendanceSettings attendance;
    AreaSettings area;
    int seat_capacity_max = 6;    // larger zones are areas
    double posture_proof_s = 20;  // somebody seen seated this long: this camera shows postures
};

}  // namespace chairside
