// Foot maps in the store: added up by hour, read over hours, kept for a while.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/raw_sql_test_support.hpp"
#include "store/store_test_support.hpp"
#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using store_test::at;
using store_test::TempFolder;

FootMap feet(double seconds, Point place = {0.5, 0.5}) {
    FootMap map;
    map.watch(seconds, 1280, 720);
    map.add(FootKind::kSeated, place, 0.1, seconds);
    map.add(FootKind::kWalking, {0.999, 0.999}, 0.05, 0.25);
    return map;
}

constexpr auto kSeated = static_cast<std::size_t>(FootKind::kSeated);

class StoredFeet : public ::testing::Test {
  protected:
    void SetUp() override { open(); }
    void open(const Clock* clock = nullptr) {
        store.reset();
        auto options = folder.options();
        options.clock = clock;
        auto opened = Store::open(options);
        ASSERT_TRUE(opened) << opened.error().message;
        store = std::move(*opened);
    }
    FootMap read(double from, double to, const std::string& camera = "cam-1") {
        return store_test::take(store->feet(camera, at(from), at(to)));
    }

    TempFolder folder;
    std::unique_ptr<Store> store;
};

TEST_F(StoredFeet, AddUpWithinAnHourAndOverHoursPerCamera) {
    ASSERT_TRUE(store->add_feet("cam-1", at(60), feet(10)));
    ASSERT_TRUE(store->add_feet("cam-1", at(700), feet(20)));
    open();  // also over a restart
    ASSERT_TRUE(store->add_feet("cam-1", at(1300), feet(5, {0.1, 0.9})));
    ASSERT_TRUE(store->add_feet("cam-1", at(3700), feet(40)));
    ASSERT_TRUE(store->add_feet("cam-2", at(60), feet(100)));
    const FootMap first = read(0, 3600), both = read(0, 7200);
    EXPECT_DOUBLE_EQ(first.watched_s(), 35);
    EXPECT_EQ(first.width(), 1280);
    EXPECT_FLOAT_EQ(first.cell(FootMap::cell_at({0.5, 0.5})).seconds[kSeated], 30);
    EXPECT_FLOAT_EQ(first.cell(FootMap::cell_at({0.5, 0.5})).width_s[kSeated], 3);
    EXPECT_FLOAT_EQ(first.cell(FootMap::cell_at({0.1, 0.9})).seconds[kSeated], 5);
    EXPECT_NEAR(first.seconds(FootKind::kWalking), 0.75, 1e-6);
    EXPECT_DOUBLE_EQ(both.watched_s(), 75);
    EXPECT_TRUE(read(0, 7200, "cam-3").empty());
}

TEST_F(StoredFeet, NothingSeenIsNoRow) {
    ASSERT_TRUE(store->add_feet("cam-1", at(0), FootMap()));
    store.reset();
    EXPECT_EQ(store_test::raw(folder.file(), "SELECT count(*) FROM feet"), "0");
}

TEST_F(StoredFeet, AreForgottenAfterThirtyDaysOrWithTheEvents) {
    const testing::ManualClock clock(at(0).time_since_epoch());
    open(&clock);
    const double day = 24 * 3600;
    for (const double ago : {70.0, 20.0, 5.0})
        ASSERT_TRUE(store->add_feet("cam-1", at(-ago * day), feet(ago)));
    ASSERT_TRUE(store->remove_older_than(at(-400 * day)));
    EXPECT_DOUBLE_EQ(read(-100 * day, 0).watched_s(), 25);
    ASSERT_TRUE(store->remove_older_than(at(-10 * day)));
    EXPECT_DOUBLE_EQ(read(-100 * day, 0).watched_s(), 5);
}

TEST_F(StoredFeet, ValuesThatCannotBeAreAnErrorToReadersAndReplacedByTheNext) {
    ASSERT_TRUE(store->add_feet("cam-1", at(0), feet(10)));
    store.reset();
    for (const char* wrong :
         {"zeroblob(26) || x''", "x'ffff' || zeroblob(24)", "x'0000' || x'0000c07f' || zeroblob(20)"}) {
        ASSERT_EQ(store_test::raw(folder.file(),
                                  std::string("UPDATE feet SET cells = CAST(") + wrong + " AS BLOB)"),
                  "");
        open();
        const auto read_back = store->feet("cam-1", at(0), at(3600));
        if (std::string(wrong).starts_with("zeroblob")) {
            EXPECT_TRUE(read_back) << "an empty cell is no harm";
        } else {
            ASSERT_FALSE(read_back) << wrong;
            EXPECT_EQ(read_back.error().kind, ErrorKind::kCorrupt);
        }
        ASSERT_TRUE(store->add_feet("cam-1", at(0), feet(10)));
        EXPECT_TRUE(store->feet("cam-1", at(0), at(3600)));
        store.reset();
    }
}

TEST(FrozenFeet, OfVersionThreeAreRead) {
    const TempFolder folder;
    const auto frozen = std::filesystem::path(CHAIRSIDE_SOURCE_DIR) / "tests/golden/store/v3.sql";
    ASSERT_EQ(store_test::raw(folder.file(), store_test::read_file(frozen)), "");
    const auto store = Store::open(folder.options());
    ASSERT_TRUE(store) << store.error().message;
    const FootMap map = store_test::take((*store)->feet("cam-1", at(0), at(3600)));
    EXPECT_DOUBLE_EQ(map.watched_s(), 600);
    EXPECT_EQ(map.width(), 1280);
    EXPECT_FLOAT_EQ(map.cell(4608).seconds[kSeated], 60);
    EXPECT_FLOAT_EQ(map.cell(4608).width_s[kSeated], 6);
    EXPECT_DOUBLE_EQ(map.seconds(FootKind::kStanding), 30);
}

}  // namespace
}  // namespace chairside
