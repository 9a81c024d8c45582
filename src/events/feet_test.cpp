#include "events/feet.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

Figure figure(double x, bool seated, bool standing, std::int64_t track = 0) {
    Figure f;
    f.box = {x - 10, 50, 20, 40};
    f.foot = f.box.foot();
    f.seated = seated;
    f.standing = standing;
    f.track = {track};
    return f;
}

View view(double dt) {
    View v;
    v.dt = dt;
    v.width = 200;
    v.height = 100;
    return v;
}

TEST(Feet, EachFigureCountsForWhatItsOwnerDoes) {
    View v = view(0.2);
    Person walker;
    walker.track = {7};
    walker.walking = true;
    v.people = {walker};
    v.figures = {figure(20, true, false), figure(60, false, true), figure(100, false, true, 7),
                 figure(140, false, false)};
    FootMap feet;
    note_feet(v, feet);
    EXPECT_NEAR(feet.seconds(FootKind::kSeated), 0.2, 1e-6);
    EXPECT_NEAR(feet.seconds(FootKind::kStanding), 0.2, 1e-6);
    EXPECT_NEAR(feet.seconds(FootKind::kWalking), 0.2, 1e-6) << "the one too small to be a person is nowhere";
    const FootCell& cell = feet.cell(FootMap::cell_at({0.1, 0.9}));
    EXPECT_NEAR(cell.width_s[0] / cell.seconds[0], 0.1, 1e-6);
}

TEST(Feet, AGapInTheFramesIsNotTimeWatched) {
    View v = view(30);
    v.figures = {figure(20, true, false)};
    FootMap feet;
    note_feet(v, feet);
    EXPECT_DOUBLE_EQ(feet.watched_s(), 1);
    EXPECT_NEAR(feet.seconds(FootKind::kSeated), 1, 1e-6);
}

}  // namespace
}  // namespace chairside
