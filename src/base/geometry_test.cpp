#include "base/geometry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace chairside {
namespace {

const Polygon kSquare{{0, 0}, {1, 0}, {1, 1}, {0, 1}};
const Polygon kArrow{{0, 0}, {4, 0}, {4, 4}, {2, 1}, {0, 4}};  // not convex

TEST(Geometry, IouOfHalfOverlappingBoxes) {
    EXPECT_DOUBLE_EQ(iou({0, 0, 2, 2}, {1, 0, 2, 2}), 1.0 / 3.0);
    EXPECT_DOUBLE_EQ(iou({0, 0, 1, 1}, {2, 2, 1, 1}), 0.0);
    EXPECT_DOUBLE_EQ(iou({0, 0, -1, 1}, {0, 0, 1, 1}), 0.0);
}

TEST(Geometry, NeighboursSharingAnEdgeNeverBothHoldAPoint) {
    const Polygon right{{1, 0}, {2, 0}, {2, 1}, {1, 1}};
    const Point border{1, 0.5};
    EXPECT_NE(contains(kSquare, border), contains(right, border));
}

TEST(Geometry, ConcaveCornersAreOutside) {
    EXPECT_FALSE(contains(kArrow, {2, 3}));
    EXPECT_TRUE(contains(kArrow, {0.5, 1}));
    EXPECT_LT(signed_distance(kArrow, {2, 0.5}), 0);
    EXPECT_GT(signed_distance(kArrow, {2, 3}), 0);
}

TEST(Geometry, OverlapFractionOfConcavePolygons) {
    EXPECT_NEAR(overlap_fraction({0, 0, 1, 1}, kSquare), 1.0, 1e-12);
    EXPECT_NEAR(overlap_fraction({0.5, 0.5, 1, 1}, kSquare), 0.25, 1e-12);
    EXPECT_NEAR(overlap_fraction({0, 0, 4, 4}, kArrow), std::abs(signed_area(kArrow)) / 16, 1e-12);
}

TEST(Geometry, FaultsAreNamed) {
    EXPECT_FALSE(polygon_fault(kSquare));
    EXPECT_FALSE(polygon_fault(kArrow));
    EXPECT_NE(polygon_fault({{0, 0}, {1, 1}})->find("at least 3"), std::string::npos);
    EXPECT_NE(polygon_fault({{0, 0}, {1, 1}, {1, 0}, {0, 1}})->find("crosses"), std::string::npos);
    EXPECT_NE(polygon_fault({{0, 0}, {0, 0}, {1, 0}, {1, 1}})->find("same point"), std::string::npos);
    EXPECT_TRUE(polygon_fault({{0, 0}, {1, 0}, {2, 0}}));
    EXPECT_NE(polygon_fault({{0, 0}, {2, 0}, {1, 0}, {1, 1}})->find("folds back"), std::string::npos);
    EXPECT_NE(polygon_fault({{0, 0}, {NAN, 0}, {1, 1}})->find("finite"), std::string::npos);
}

TEST(Geometry, GrownKeepsTheCentroid) {
    const Polygon big = grown(kArrow, 2.0);
    EXPECT_NEAR(centroid(big).x, centroid(kArrow).x, 1e-12);
    EXPECT_NEAR(signed_area(big), 4 * signed_area(kArrow), 1e-9);
}

RC_GTEST_PROP(Geometry, SignOfDistanceAgreesWithContains, ()) {
    const double x = *rc::gen::inRange(-100, 500) / 100.0, y = *rc::gen::inRange(-100, 500) / 100.0;
    const double d = signed_distance(kArrow, {x, y});
    if (std::abs(d) > 1e-9) RC_ASSERT((d < 0) == contains(kArrow, {x, y}));
}

RC_GTEST_PROP(Geometry, OrientationDoesNotMatter, ()) {
    const double x = *rc::gen::inRange(-100, 500) / 100.0 + 0.001,
                 y = *rc::gen::inRange(-100, 500) / 100.0 + 0.001;
    const Polygon reversed(kArrow.rbegin(), kArrow.rend());
    RC_ASSERT(contains(kArrow, {x, y}) == contains(reversed, {x, y}));
    RC_ASSERT(std::abs(overlap_fraction({x, y, 1, 1}, kArrow) - overlap_fraction({x, y, 1, 1}, reversed)) <
              1e-12);
}

}  // namespace
}  // namespace chairside
