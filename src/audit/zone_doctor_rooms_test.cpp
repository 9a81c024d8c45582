// The doctor over whole simulated rooms: apart from zone_doctor_test.cpp, as unoptimised they take too long.

#include <gtest/gtest.h>

#include "audit/polygon_ops.hpp"
#include "audit/zone_doctor.hpp"
#include "events/event_tracker.hpp"
#include "sim/salon.hpp"
#include "track/tracker.hpp"
#include "zones/zone_map.hpp"

namespace chairside {
namespace {

// Three simulated hours, seen by the whole chain at 2 frames per second.
FootMap feet_of(sim::Room room) {
    sim::Settings settings;
    settings.room = room;
    settings.length_s = 3 * 3600;
    const sim::Salon salon(settings);
    const auto ids = make_seeded_id_source(1);
    Tracker tracker;
    ZoneMap zones(salon.zones());
    EventTracker events("camera", salon.zones(), *ids);
    for (std::uint64_t i = 0; static_cast<double>(i) / 2 < salon.length_s(); ++i) {
        const Detections seen = salon.look(static_cast<double>(i) / 2, i);
        events.update(zones.place(tracker.update(seen), seen));
    }
    return events.take_feet();
}

std::vector<ZoneConfig> zones_of(sim::Room room) {
    sim::Settings settings;
    settings.room = room;
    settings.length_s = 1;
    return sim::Salon(settings).zones();
}

// By parts of the zone's own width and height, as far as the picture goes.
ZoneConfig moved(ZoneConfig zone, double x, double y) {
    const Box box = bounds(zone.polygon);
    const double dx = std::clamp(x * box.w, -box.x, 1 - box.right()),
                 dy = std::clamp(y * box.h, -box.y, 1 - box.bottom());
    for (Point& p : zone.polygon)
        p = {p.x + dx, p.y + dy};
    return zone;
}

bool has(const ZoneExam& exam, ZoneFinding::Kind kind) {
    return std::any_of(exam.findings.begin(), exam.findings.end(),
                       [&](const ZoneFinding& f) { return f.kind == kind && f.problem; });
}

// One case per room: ctest runs each case in a process of its own, and the three hours are what takes long.
class DoctorInARoom : public ::testing::TestWithParam<sim::Room> {
  protected:
    void finds_nothing_wrong_with_zones_that_fit() const;
    void finds_a_zone_that_is_half_a_width_off() const;
    void suggestions_lie_in_the_picture_and_leave_neighbours_alone() const;
    std::vector<ZoneConfig> zones_ = zones_of(GetParam());
    FootMap feet_ = feet_of(GetParam());
};

void DoctorInARoom::finds_nothing_wrong_with_zones_that_fit() const {
    const CameraExam exam = examine_zones("camera", zones_, feet_);
    EXPECT_EQ(exam.too_little, "");
    for (const ZoneExam& zone : exam.zones) {
        for (const ZoneFinding& finding : zone.findings)
            EXPECT_FALSE(finding.problem) << zone.zone.name << " " << finding.text;
        EXPECT_GE(polygon_iou(zone.suggestion, zone.zone.polygon), 0.5) << zone.zone.name;
    }
}

// … and suggests where it belongs.
void DoctorInARoom::finds_a_zone_that_is_half_a_width_off() const {
    const auto& truth = zones_;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        for (const double way : {-0.5, 0.5}) {
            auto zones = truth;
            zones[i] = moved(zones[i], way, 0);
            if (polygon_iou(zones[i].polygon, truth[i].polygon) > 0.5)
                continue;  // there was no room to move it
            const CameraExam exam = examine_zones("camera", zones, feet_);
            const ZoneExam& found = exam.zones[i];
            EXPECT_TRUE(has(found, ZoneFinding::Kind::kMissesFeet) ||
                        has(found, ZoneFinding::Kind::kOverlaps))
                << truth[i].name << " " << way;
            EXPECT_GE(polygon_iou(found.suggestion, truth[i].polygon), 0.5) << truth[i].name << " " << way;
        }
    }
}

void DoctorInARoom::suggestions_lie_in_the_picture_and_leave_neighbours_alone() const {
    auto zones = zones_;
    zones[0] = moved(zones[0], 0.5, 0);
    const CameraExam exam = examine_zones("camera", zones, feet_);
    for (const ZoneExam& zone : exam.zones) {
        EXPECT_EQ(polygon_fault(zone.suggestion), std::nullopt) << zone.zone.name;
        EXPECT_LE(zone.suggestion.size(), 9u);
        for (const Point p : zone.suggestion)
            EXPECT_TRUE(p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1) << zone.zone.name;
        for (const ZoneExam& other : exam.zones) {
            if (&other == &zone) continue;
            EXPECT_LT(common_area(zone.suggestion, other.suggestion), 0.02 * area_of(zone.suggestion))
                << zone.zone.name << " and " << other.zone.name;
        }
    }
}

TEST_P(DoctorInARoom, FindsWhatIsWrongAndNothingElse) {
    finds_nothing_wrong_with_zones_that_fit();
    finds_a_zone_that_is_half_a_width_off();
    suggestions_lie_in_the_picture_and_leave_neighbours_alone();
}

INSTANTIATE_TEST_SUITE_P(Rooms, DoctorInARoom,
                         ::testing::Values(sim::Room::kRow, sim::Room::kDiagonal, sim::Room::kDeep));

}  // namespace
}  // namespace chairside
