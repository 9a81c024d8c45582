#include "detect/tiles.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

constexpr int kWidth = 1000, kHeight = 500;
constexpr double kIou = 0.6;

// A view of 100x100 pixels, all of it content.
ViewBoxes view(Box region, std::vector<ScoredBox> boxes) {
    return {region, {0, 0, 100, 100}, std::move(boxes)};
}

// A box of the source picture, as the view sees it.
ScoredBox seen(const Box& region, double x0, double y0, double x1, double y1, float score) {
    const auto vx = [&](double x) { return static_cast<float>((x / kWidth - region.x) / region.w * 100); };
    const auto vy = [&](double y) { return static_cast<float>((y / kHeight - region.y) / region.h * 100); };
    return {vx(x0), vy(y0), vx(x1), vy(y1), score};
}

TEST(ViewRegions, OneTileIsTheWholePictureOnly) {
    EXPECT_EQ(view_regions({1, 1}), (std::vector<Box>{{0, 0, 1, 1}}));
}

TEST(ViewRegions, TilesCoverThePictureAndOverlapTheirNeighbours) {
    const auto regions = view_regions({2, 1});
    ASSERT_EQ(regions.size(), 3u);
    EXPECT_EQ(regions[0], (Box{0, 0, 1, 1}));
    EXPECT_DOUBLE_EQ(regions[1].x, 0);
    EXPECT_DOUBLE_EQ(regions[2].right(), 1);
    EXPECT_GT(regions[1].right(), 0.55);
    EXPECT_LT(regions[2].x, 0.45);
    for (const auto& r : regions)
        EXPECT_DOUBLE_EQ(r.h, 1);
    EXPECT_EQ(view_regions({3, 2}).size(), 7u);
}

TEST(MergeViews, BoxesComeOutInPixelsOfTheSource) {
    const auto people = merge_views({view({0, 0, 1, 1}, {{10, 20, 20, 60, 0.5f}})}, kWidth, kHeight, kIou);
    ASSERT_EQ(people.size(), 1u);
    EXPECT_NEAR(people[0].box.x, 100, 1e-3);
    EXPECT_NEAR(people[0].box.y, 100, 1e-3);
    EXPECT_NEAR(people[0].box.w, 100, 1e-3);
    EXPECT_NEAR(people[0].box.h, 200, 1e-3);
}

TEST(MergeViews, TheMarginsOfALetterboxAreTakenOff) {
    const ViewBoxes letterboxed{{0, 0, 1, 1}, {0, 25, 100, 50}, {{0, 25, 50, 75, 0.5f}}};
    const auto people = merge_views({letterboxed}, kWidth, kHeight, kIou);
    ASSERT_EQ(people.size(), 1u);
    EXPECT_EQ(people[0].box, (Box{0, 0, 500, 500}));
}

TEST(MergeViews, APersonSeenWholeInTwoViewsIsOne) {
    const auto r = view_regions({2, 1});
    const auto people = merge_views({view(r[0], {seen(r[0], 100, 100, 200, 400, 0.6f)}),
                                     view(r[1], {seen(r[1], 105, 98, 202, 405, 0.9f)}), view(r[2], {})},
                                    kWidth, kHeight, kIou);
    ASSERT_EQ(people.size(), 1u);
    EXPECT_FLOAT_EQ(people[0].score, 0.9f);
}

TEST(MergeViews, ABoxCutByATileGivesWayToTheWholeOneEvenIfItsScoreIsHigher) {
    const auto r = view_regions({2, 1});
    const double edge = r[1].right() * kWidth;
    const auto people =
        merge_views({view(r[0], {seen(r[0], edge - 60, 100, edge + 60, 400, 0.4f)}),
                     view(r[1], {seen(r[1], edge - 60, 100, edge, 400, 0.9f)}), view(r[2], {})},
                    kWidth, kHeight, kIou);
    ASSERT_EQ(people.size(), 1u);
    EXPECT_NEAR(people[0].box.w, 120, 0.1);
}

TEST(MergeViews, ACutBoxThatNothingCoversStays) {
    const auto r = view_regions({2, 1});
    const double edge = r[1].right() * kWidth;
    const auto people = merge_views(
        {view(r[0], {}), view(r[1], {seen(r[1], edge - 60, 100, edge, 400, 0.9f)}), view(r[2], {})}, kWidth,
        kHeight, kIou);
    EXPECT_EQ(people.size(), 1u);
}

TEST(MergeViews, APersonAtThePicturesOwnEdgeIsNotCut) {
    const auto r = view_regions({2, 1});
    // The taller box at the left edge holds the smaller one mostly, but both are people of the same view.
    const auto people =
        merge_views({view(r[0], {seen(r[0], 0, 0, 100, 400, 0.8f), seen(r[0], 0, 250, 100, 480, 0.7f)}),
                     view(r[1], {}), view(r[2], {})},
                    kWidth, kHeight, kIou);
    EXPECT_EQ(people.size(), 2u);
}

TEST(MergeViews, TwoPeopleCloseTogetherInOneViewAreNotMerged) {
    const auto r = view_regions({1, 1});
    const auto people = merge_views(
        {view(r[0], {seen(r[0], 100, 100, 200, 400, 0.9f), seen(r[0], 120, 100, 220, 400, 0.8f)})}, kWidth,
        kHeight, kIou);
    EXPECT_EQ(people.size(), 2u);
}

}  // namespace
}  // namespace chairside
