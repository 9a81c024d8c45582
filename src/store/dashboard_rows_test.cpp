#include "store/dashboard_rows.hpp"

#include <gtest/gtest.h>

#include "store/store_test_support.hpp"
#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;
using namespace store_test;

class DashboardRowsTest : public ::testing::Test {
  protected:
    TempFolder folder;
    testing::ManualClock clock;
    std::unique_ptr<Store> store = open();
    DashboardRows rows{*store};

    std::unique_ptr<Store> open() {
        StoreOptions options = folder.options();
        options.clock = &clock;
        return std::move(Store::open(options).value());
    }
    static TokenHash token(std::uint8_t first) {
        TokenHash out{};
        out[0] = first;
        return out;
    }
};

TEST_F(DashboardRowsTest, ANewPasswordEndsTheLogInsOfThatUserOnly) {
    ASSERT_TRUE(rows.set_password("admin", "one"));
    const WallTime later = clock.wall_now() + 1h;
    ASSERT_TRUE(rows.keep_login(token(1), {"admin", later}));
    ASSERT_TRUE(rows.keep_login(token(2), {"viewer", later}));
    EXPECT_EQ(rows.login(token(1)).value()->user, "admin");
    ASSERT_TRUE(rows.set_password("admin", "two"));
    EXPECT_FALSE(rows.login(token(1)).value());
    EXPECT_TRUE(rows.login(token(2)).value());
    EXPECT_EQ(rows.passwords().value(), (std::map<std::string, std::string>{{"admin", "two"}}));
    ASSERT_TRUE(rows.end_login(token(2)));
    EXPECT_FALSE(rows.login(token(2)).value());
}

TEST_F(DashboardRowsTest, ExpiredLogInsAreDropped) {
    ASSERT_TRUE(rows.keep_login(token(1), {"admin", clock.wall_now() + 1h}));
    clock.advance(2h);
    ASSERT_TRUE(rows.keep_login(token(2), {"admin", clock.wall_now() + 1h}));
    EXPECT_FALSE(rows.login(token(1)).value());
}

TEST_F(DashboardRowsTest, TheAuditLogIsReadNewestFirst) {
    for (const char* what : {"login", "zones"})
        ASSERT_TRUE(rows.audit({at(1), "admin", "10.0.0.2", what, "x"}));
    const auto got = take(rows.audit_entries(1));
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].what, "zones");
    EXPECT_EQ(got[0].time, at(1));
}

TEST_F(DashboardRowsTest, TheLastWordOfAReviewCounts) {
    Review review{id_of(7), ReviewDecision::kConfirmed, Verdict::kReview, 0.4, "admin", "note", at(2)};
    ASSERT_TRUE(rows.add_review(review));
    review.decision = ReviewDecision::kUndecided;
    ASSERT_TRUE(rows.add_review(review));
    const auto got = take(rows.reviews({id_of(6), id_of(7)}));
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got.at(id_of(7)).decision, ReviewDecision::kUndecided);
    EXPECT_EQ(got.at(id_of(7)).verdict, Verdict::kReview);
}

TEST_F(DashboardRowsTest, OfTwoWhoSaveTheSameZonesTheSecondIsRefused) {
    const auto first = rows.save_zones({0, at(1), "admin", "a", "[]"}, 0);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->revision, 1);
    EXPECT_EQ(rows.save_zones({0, at(1), "admin", "b", "[]"}, 0).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(rows.save_zones({0, at(1), "admin", "c", "[]"}, 1)->revision, 2);
    EXPECT_EQ(take(rows.zone_revisions(10)).front().note, "c");
    EXPECT_EQ(rows.zone_revision(1).value()->note, "a");
    EXPECT_FALSE(rows.zone_revision(9).value());
}

TEST_F(DashboardRowsTest, EventsArePagedBothWaysWithoutLossOrRepeat) {
    for (std::uint64_t n = 1; n <= 9; ++n) {
        Event event = event_of(n, static_cast<double>(n / 3));  // several begin at once
        if (n % 2 == 0) event.verdict = Verdict::kReview;
        ASSERT_TRUE(store->write({{event}, {}, {}}));
    }
    for (const bool newest : {true, false}) {
        std::vector<std::uint8_t> seen;
        EventQuery query{.limit = 2, .newest_first = newest};
        for (;;) {
            const auto page = take(store->events(query));
            if (page.empty()) break;
            for (const auto& stored : page)
                seen.push_back(stored.event.id.bytes[15]);
            query.beyond = {page.back().event.start, page.back().event.id};
        }
        std::vector<std::uint8_t> expected{1, 2, 3, 4, 5, 6, 7, 8, 9};
        if (newest) std::reverse(expected.begin(), expected.end());
        EXPECT_EQ(seen, expected);
    }
    EXPECT_EQ(take(store->events({.verdict = Verdict::kReview})).size(), 4u);
    EXPECT_TRUE(take(store->events({.state = EventState::kClosed})).empty());
}

}  // namespace
}  // namespace chairside
