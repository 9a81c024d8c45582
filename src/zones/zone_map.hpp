#pragma once
// Places tracks in zones. Pure geometry: boxes in pixels in, zone membership out; nothing is remembered
// between frames.

#include <vector>

#include "config/zone.hpp"
#include "detect/detection.hpp"
#include "track/track.hpp"
#include "zones/occupancy.hpp"

namespace chairside {

// Threads: one. A person is in at most one zone at a time: where zones overlap, in the one whose centroid is
// nearest; someone inside one zone and in the margin of another belongs to the first.
class ZoneMap {
  public:
    explicit ZoneMap(std::vector<ZoneConfig> zones);
    // Frames without a picture size (0x0) place nobody. Valid until the next call.
    const Occupancy& place(const Tracks& tracks);
    // With the detections of the same frame, which seats are judged by: always better where they are at hand.
    const Occupancy& place(const Tracks& tracks, const Detections& detections);
    const std::vector<ZoneConfig>& zones() const { return zones_; }

  private:
    struct Placement {
        int zone = -1;
        double depth = 0;
    };
    void scale_to(int width, int height);
    double depth_in(const ZoneConfig& zone, const Polygon& polygon, const Box& box) const;
    Placement placement(const Box& box) const;
    void place_people(const Tracks& tracks);
    void add_sighting(const Box& box, float score);
    void sort();

    std::vector<ZoneConfig> zones_;
    std::vector<Polygon> polygons_;  // pixels, for the picture size below
    std::vector<Point> centroids_;   // pixels
    int width_ = 0, height_ = 0;
    Occupancy out_;
};

}  // namespace chairside
