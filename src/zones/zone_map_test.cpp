#include "zones/zone_map.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

namespace chairside {
namespace {

constexpr int kWidth = 1000, kHeight = 500;

Polygon rectangle(double x0, double y0, double x1, double y1) {
    return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

ZoneConfig zone(const std::string& name, Polygon polygon, ZoneAnchor anchor = ZoneAnchor::kFoot) {
    ZoneConfig z;
    z.name = name;
    z.polygon = std::move(polygon);
    z.anchor = anchor;
    return z;
}

// A person of 40x100 pixels whose foot is at the point.
Track person(std::int64_t id, double foot_x, double foot_y, bool coasted = false) {
    Track t;
    t.id = {id};
    t.box = {foot_x - 20, foot_y - 100, 40, 100};
    t.score = 0.9F;
    t.coasted = coasted;
    return t;
}

Tracks frame(std::vector<Track> people) {
    Tracks t;
    t.frame.width = kWidth;
    t.frame.height = kHeight;
    t.people = std::move(people);
    return t;
}

TEST(ZoneMap, PlacesByFootWhereOnlyTheFootIsInside) {
    ZoneMap map({zone("chair", rectangle(0.2, 0.4, 0.4, 0.6))});  // x 200..400, y 200..300
    const Occupancy& seen = map.place(frame({person(1, 300, 250), person(2, 300, 350)}));
    ASSERT_EQ(seen.zones[0].inside.size(), 1U);  // the second one's centre would be inside, the foot is not
    EXPECT_EQ(seen.zones[0].inside[0].track.value, 1);
    EXPECT_DOUBLE_EQ(seen.zones[0].inside[0].anchor.x, 0.3);
    EXPECT_DOUBLE_EQ(seen.zones[0].inside[0].anchor.y, 0.5);
    EXPECT_EQ(seen.everyone.size(), 2U);
    EXPECT_TRUE(seen.any_detection);
}

TEST(ZoneMap, PlacesByCentreAndByOverlapWhenAsked) {
    ZoneMap centre({zone("chair", rectangle(0.2, 0.4, 0.4, 0.6), ZoneAnchor::kCenter)});
    const Occupancy& seen = centre.place(frame({person(1, 300, 220), person(2, 300, 320)}));
    ASSERT_EQ(seen.zones[0].inside.size(), 1U);
    EXPECT_EQ(seen.zones[0].inside[0].track.value, 2);
    EXPECT_DOUBLE_EQ(seen.zones[0].inside[0].anchor.y, 270.0 / kHeight);

    ZoneConfig by_overlap = zone("chair", rectangle(0.2, 0.4, 0.4, 0.6), ZoneAnchor::kOverlap);
    by_overlap.overlap = 0.6;
    ZoneMap overlap({by_overlap});
    const Occupancy& covered = overlap.place(frame({person(1, 300, 270), person(2, 300, 240)}));
    ASSERT_EQ(covered.zones[0].inside.size(), 2U);  // the second, 40 % inside, is in the margin
    EXPECT_NEAR(covered.zones[0].inside[0].depth, 0.1, 1e-9);
    EXPECT_NEAR(covered.zones[0].inside[1].depth, -0.2, 1e-9);
}

TEST(ZoneMap, DepthIsInBoxWidthsAndNegativeInTheMargin) {
    ZoneMap map({zone("chair", rectangle(0.2, 0.4, 0.4, 0.6))});
    const Occupancy& seen = map.place(frame({person(1, 220, 250), person(2, 192, 250), person(3, 180, 250)}));
    ASSERT_EQ(seen.zones[0].inside.size(), 2U);  // the third is half a width outside
    EXPECT_NEAR(seen.zones[0].inside[0].depth, 0.5, 1e-9);
    EXPECT_NEAR(seen.zones[0].inside[1].depth, -0.2, 1e-9);
}

TEST(ZoneMap, OnlyTheNearestOfOverlappingZonesHasThePerson) {
    ZoneMap map({zone("left", rectangle(0.1, 0.2, 0.5, 0.8)), zone("right", rectangle(0.3, 0.2, 0.7, 0.8))});
    const Occupancy& seen = map.place(frame({person(1, 380, 250), person(2, 420, 250)}));
    ASSERT_EQ(seen.zones[0].inside.size(), 1U);
    ASSERT_EQ(seen.zones[1].inside.size(), 1U);
    EXPECT_EQ(seen.zones[0].inside[0].track.value, 1);
    EXPECT_EQ(seen.zones[1].inside[0].track.value, 2);
}

TEST(ZoneMap, InsideOneZoneBeatsTheMarginOfAnother) {
    // The foot is 4 pixels right of the shared border; the small zone's centroid is nearer.
    ZoneMap map(
        {zone("small", rectangle(0.38, 0.4, 0.4, 0.6)), zone("large", rectangle(0.4, 0.0, 1.0, 1.0))});
    const Occupancy& seen = map.place(frame({person(1, 404, 250)}));
    EXPECT_TRUE(seen.zones[0].inside.empty());
    EXPECT_EQ(seen.zones[1].inside.size(), 1U);
}

TEST(ZoneMap, APointOnASharedBorderBelongsToOneZone) {
    ZoneMap map({zone("a", rectangle(0.2, 0.2, 0.4, 0.8)), zone("b", rectangle(0.4, 0.2, 0.6, 0.8))});
    const Occupancy& seen = map.place(frame({person(1, 400, 250)}));
    EXPECT_TRUE(seen.zones[0].inside.empty());
    ASSERT_EQ(seen.zones[1].inside.size(), 1U);
    EXPECT_GE(seen.zones[1].inside[0].depth, 0);
}

TEST(ZoneMap, CoastedPeopleArePlacedButAreNoDetection) {
    ZoneMap map({zone("chair", rectangle(0.2, 0.4, 0.4, 0.6))});
    const Occupancy& seen = map.place(frame({person(1, 300, 250, true)}));
    ASSERT_EQ(seen.zones[0].inside.size(), 1U);
    EXPECT_TRUE(seen.zones[0].inside[0].coasted);
    EXPECT_FALSE(seen.any_detection);
}

TEST(ZoneMap, IgnoresBoxesWithoutSizeAndFramesWithoutPicture) {
    ZoneMap map({zone("chair", rectangle(0, 0, 1, 1))});
    Tracks none = frame({person(1, 300, 250)});
    none.frame.width = 0;
    EXPECT_TRUE(map.place(none).everyone.empty());
    Tracks flat = frame({person(1, 300, 250)});
    flat.people[0].box.w = 0;
    EXPECT_TRUE(map.place(flat).everyone.empty());
}

TEST(ZoneMap, FollowsAChangeOfThePictureSize) {
    ZoneMap map({zone("chair", rectangle(0.2, 0.4, 0.4, 0.6))});
    EXPECT_EQ(map.place(frame({person(1, 300, 250)})).zones[0].inside.size(), 1U);
    Tracks doubled = frame({person(1, 600, 500), person(2, 300, 250)});
    doubled.frame.width = 2 * kWidth;
    doubled.frame.height = 2 * kHeight;
    const Occupancy& seen = map.place(doubled);
    ASSERT_EQ(seen.zones[0].inside.size(), 1U);
    EXPECT_EQ(seen.zones[0].inside[0].track.value, 1);
}

RC_GTEST_PROP(ZoneMapProperty, EachPersonIsInAtMostOneZoneWhateverTheOrder, ()) {
    ZoneMap map({zone("a", rectangle(0.1, 0.1, 0.5, 0.7)), zone("b", rectangle(0.3, 0.2, 0.8, 0.9)),
                 zone("c", rectangle(0.5, 0.1, 0.9, 0.5), ZoneAnchor::kCenter)});
    const int n = *rc::gen::inRange(0, 12);
    std::vector<Track> people;
    for (int i = 0; i < n; ++i)
        people.push_back(person(i, *rc::gen::inRange(0, kWidth), *rc::gen::inRange(0, kHeight)));
    const Occupancy first = map.place(frame(people));
    std::size_t placed = 0;
    std::vector<std::int64_t> ids;
    for (const auto& z : first.zones)
        for (const auto& o : z.inside)
            ids.push_back(o.track.value), ++placed;
    std::sort(ids.begin(), ids.end());
    RC_ASSERT(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
    std::reverse(people.begin(), people.end());
    const Occupancy& second = map.place(frame(people));
    for (std::size_t i = 0; i < first.zones.size(); ++i) {
        RC_ASSERT(first.zones[i].inside.size() == second.zones[i].inside.size());
        for (std::size_t k = 0; k < first.zones[i].inside.size(); ++k)
            RC_ASSERT(first.zones[i].inside[k].track == second.zones[i].inside[k].track);
    }
}

}  // namespace
}  // namespace chairside
