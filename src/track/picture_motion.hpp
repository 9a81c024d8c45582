#pragma once
// The picture's own motion: a camera that is bumped, re-aimed, zoomed or on a wobbling bracket moves all
// boxes at once. It is estimated from where the tracks were predicted and where detections are, so no picture
// is needed.
//
// Three regimes, each with its own evidence, so that a camera that stands still costs nothing:
//   jumps   no detections where they were predicted, but one shift explains most of them;
//   shakes  the common shift is larger than its own noise, in this frame or by habit (learned over memory_s);
//   pans    people change their velocities together (PanEvidence): a filter of the camera (PanFilter) moves
//           all, those out of sight with the picture's part; and where the common shift repeats from frame to
//           frame, the velocities lag behind, and all get the same push.
// Zoom is treated like the shift, with a much lower trust: people who walk look like a zoom.
// docs/decisions/0103 says what each part is worth.

#include <optional>
#include <span>
#include <vector>

#include "base/geometry.hpp"
#include "track/cost.hpp"
#include "track/pan_evidence.hpp"
#include "track/pan_filter.hpp"

namespace chairside {

struct PictureMotionOptions {
    double near_centre = 0.30;  // heights: a detection this near to a prediction may explain it
    double near_height = 0.18;  // the same for the logarithm of the heights' ratio
    double explained_min =
        0.5;                 // part of the predictions; if fewer have a detection near, a jump is looked for
    double jump_gain = 1.5;  // predictions that a jump must explain in addition, at least ...
    double jump_gain_part = 0.13;  // ... and this part of all
    double moving = 0.5;  // trust in the last shift from which on the picture is taken to be moving: then
    double near_moving = 0.7;      // ... this takes the place of explained_min,
    double gain_moving = 1;        // ... this that of both gains, and the last shift may repeat
    double outlier = 8;            // squared normalised distance at which a pair's weight is halved
    double noise = 2.5;            // the shift's variance is this times what independent errors would give
    double zoom_noise = 24;        // the same for the zoom, in addition
    double certain = 20;           // times its noise: a single frame's shift is believed at once
    double memory_s = 1.0;         // of the habit
    double spread_memory_s = 1.5;  // of how well predictions fit in general
    double lag_min = 0.8;   // normalised product of successive shifts that starts a push to the velocities
    double lag_gain = 0.2;  // part of the shift that becomes velocity, per unit above lag_min
    double zoom_lag_min = 0.7;  // the same for the zoom; it then moves the boxes by
    double zoom_gain = 0.5;     // this part of the estimate
    double jolt = 0.95;         // trust in one frame's shift after which velocities are watched anew
    PanEvidenceOptions pan;
};

// A predicted track that was seen a moment ago. The variances are of the difference to its detection.
struct PictureAnchor {
    double x = 0, y = 0, h = 0, log_h = 0;
    double var_x = 0, var_y = 0, var_log_h = 0;
    double measurement_var = 0, acceleration_noise = 0, velocity_var = 0;  // of x; as in MeanInnovation
};

// p' = scale * p + shift for every point; `push` is added to every velocity (pixels per second). People who
// were not among the anchors have missed less: theirs are the second pair.
struct PictureMove {
    double scale = 1;
    Point shift, push;
    Point lost_shift, lost_push;
    friend bool operator==(const PictureMove&, const PictureMove&) = default;
};

// Threads: one. Memory: none on the heap. Time per frame grows with anchors, at most kAnchorsMax of them.
class PictureMotion {
  public:
    static constexpr std::size_t kAnchorsMax = 64;

    explicit PictureMotion(const PictureMotionOptions& options) : options_(options) {}

    // `detections` in order of x; dt_s > 0 since the frame before. nullopt: the picture stands still, or
    // nobody knows.
    std::optional<PictureMove> estimate(std::span<const PictureAnchor> anchors,
                                        std::span<const CostBox> detections, double dt_s);
    // Before estimate(): how the velocities of those seen in the frame before have changed.
    void watch(std::span<const VelocityChange> changes, double dt_s) { evidence_.learn(changes, dt_s); }
    // The picture has just jumped: velocities are not what they seem for a moment.
    bool jolted() const { return jolted_; }

  private:
    // x' = x + shift + zoom * (x - middle)
    struct Fit {
        Point shift;
        double zoom = 0;
    };
    struct Pair {
        double x = 0, y = 0;                // the anchor, from the middle
        double dx = 0, dy = 0, dlog_h = 0;  // what the fit leaves
    };
    // Least squares for a fit, weighted; and what the shift's variance would be if all errors were
    // independent.
    struct Normal {
        double xx = 0, yy = 0, xz = 0, yz = 0, zz = 0;
        double x = 0, y = 0, z = 0;
        double spread = 0, weight = 0, heights = 0;
        MeanInnovation mean;  // variances of a sum, not yet scaled
        int pairs = 0;
    };
    // How much something is used to move, against the noise of its estimate.
    struct Habit {
        double moved = 0, noise = 0;
        double trust(double value2, double variance, const PictureMotionOptions& options) const;
        void learn(double value2, double variance, double fade);
    };
    struct Lag {
        double before = 0, product = 0;
    };

    void choose(std::span<const PictureAnchor> anchors);
    std::optional<Pair> nearest(const PictureAnchor& anchor, const Fit& fit) const;
    double explained(const Fit& fit) const;
    Fit start() const;
    void try_jumps_of(const PictureAnchor& anchor, Fit& best, double& most) const;
    Normal normal(const Fit& fit) const;
    std::optional<PictureMove> refine(Fit fit, double dt_s);
    std::optional<PictureMove> conclude(const Fit& fit, double free_zoom, const Normal& last, double dt_s);
    double push_of(const Fit& fit, double free_zoom, const Normal& last, double dt_s);
    PictureMove moved(const Fit& fit, const Normal& last, double trust, double push, double dt_s);
    void forget();

    PictureMotionOptions options_;
    std::span<const CostBox> detections_;
    std::vector<PictureAnchor> anchors_;
    Point middle_;
    double spread_ = 0.2;  // squared misfit of a pair, in units of its variances: those are set to track well
    Habit shift_habit_, zoom_habit_;
    Point last_shift_;
    bool moving_ = false, jolted_ = false;
    double calm_ = 1;  // how little the picture jumps, by habit
    PanEvidence evidence_{options_.pan};
    PanFilter pan_;
    Lag lag_x_, lag_y_, lag_zoom_;
};

}  // namespace chairside
