#pragma once
// How tall people stand at each height of the picture, learned from those who walk, and who sits, judged by
// it. Scale free: nothing but the picture's own proportions and its walkers go in. Pure.

#include <deque>

#include "base/geometry.hpp"
#include "events/settings.hpp"
#include "track/track.hpp"

namespace chairside {

struct Posture {
    double score = 0;  // about 0 standing, about 1 seated
    bool seated = false;
    bool standing = false;
};

class PostureModel {
  public:
    explicit PostureModel(const PostureSettings& settings) : settings_(settings) {}

    // The box of a walking person; picture_height in pixels. Boxes of one track in a row are one person's.
    void learn(const Box& box, double picture_height, TrackId who);
    bool learned() const { return samples_ >= settings_.min_samples; }
    // cut_at_side: the picture's left or right edge cuts the box, so its width tells nothing.
    Posture judge(const Box& box, double picture_height, bool cut_at_side = false) const;
    // Of somebody who stands with the foot there, pixels; 0 while nothing is learned.
    double standing_height(double foot_y, double picture_height) const;
    // How large somebody is for the place: ln of the box size over the standing height there; NaN while nothing is
    // learned. One person keeps it on the way through the room.
    double stature(const Box& box, double picture_height) const;
    double standing_aspect() const { return aspect_; }  // width/height

  private:
    // Of one person's boxes, in picture heights: means, and sums of squares about them.
    struct Walker {
        TrackId who;
        double boxes = 0, y = 0, height = 0;
        double yy = 0, y_height = 0;
    };
    void add(TrackId who, double y, double height);
    void fit();
    void reset();

    PostureSettings settings_;
    // Height = offset_ + slope_ * foot_y, both in picture heights.
    double offset_ = 0, slope_ = 0;
    std::deque<Walker> walkers_;  // the last hundreds
    double aspect_ = 0;           // running median
    double misfit_ = 0;           // share of recent samples that the line rejects
    int samples_ = 0;
};

}  // namespace chairside
