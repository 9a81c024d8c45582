#include "zones/foot_map.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace chairside {
namespace {

constexpr auto kSeated = static_cast<std::size_t>(FootKind::kSeated);

TEST(FootMap, AddsUpTimesAndWidthsWhereTheFeetWere) {
    FootMap map;
    EXPECT_TRUE(map.empty());
    map.watch(0.2, 1280, 720);
    map.add(FootKind::kSeated, {0.5, 0.5}, 0.1, 2);
    map.add(FootKind::kSeated, {0.5, 0.5}, 0.2, 2);
    map.add(FootKind::kWalking, {0.5, 0.5}, 0.05, 1);
    const FootCell& cell = map.cell(FootMap::cell_at({0.5, 0.5}));
    EXPECT_FLOAT_EQ(cell.seconds[kSeated], 4);
    EXPECT_FLOAT_EQ(cell.width_s[kSeated] / cell.seconds[kSeated], 0.15F);
    EXPECT_DOUBLE_EQ(map.seconds(FootKind::kSeated), 4);
    EXPECT_DOUBLE_EQ(map.seconds(FootKind::kStanding), 0);
    EXPECT_DOUBLE_EQ(map.watched_s(), 0.2);
    EXPECT_EQ(map.width(), 1280);
}

TEST(FootMap, FeetOutsideThePictureCountAtItsEdgeAndNonsenseNowhere) {
    FootMap map;
    map.add(FootKind::kSeated, {1.2, -3}, 0.1, 1);
    EXPECT_FLOAT_EQ(map.cell(FootMap::kColumns - 1).seconds[kSeated], 1);
    map.add(FootKind::kSeated, {std::nan(""), 0.5}, 0.1, 1);
    map.add(FootKind::kSeated, {0.5, 0.5}, 0, 1);
    map.add(FootKind::kSeated, {0.5, 0.5}, 0.1, -1);
    EXPECT_DOUBLE_EQ(map.seconds(FootKind::kSeated), 1);
}

TEST(FootMap, TheSumOfTwoMapsHoldsBoth) {
    FootMap a, b;
    a.watch(10, 640, 480);
    b.watch(5, 1280, 720);
    b.add(FootKind::kStanding, {0.1, 0.9}, 0.1, 3);
    a.add(b);
    EXPECT_DOUBLE_EQ(a.watched_s(), 15);
    EXPECT_EQ(a.width(), 1280);
    EXPECT_DOUBLE_EQ(a.seconds(FootKind::kStanding), 3);
    a.add(FootMap());
    EXPECT_EQ(a.height(), 720) << "an empty map does not take the picture's size away";
}

TEST(FootMap, EachCellsCentreLiesInIt) {
    for (int cell = 0; cell < FootMap::kCells; ++cell)
        ASSERT_EQ(FootMap::cell_at(FootMap::center_of(cell)), cell);
}

}  // namespace
}  // namespace chairside
