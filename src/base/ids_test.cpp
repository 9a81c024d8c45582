#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <set>

namespace chairside {
namespace {

const WallTime kNow{Duration(1'790'000'000'123'456)};

TEST(EventIds, TextFormGoesThereAndBack) {
    auto source = make_random_id_source();
    const EventId id = source->next(kNow);
    const auto text = id.to_string();
    ASSERT_EQ(text.size(), 36u);
    EXPECT_EQ(text[14], '7');                                          // version
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);  // variant
    EXPECT_EQ(EventId::parse(text), id);
}

TEST(EventIds, WrongTextIsRefused) {
    EXPECT_FALSE(EventId::parse(""));
    EXPECT_FALSE(EventId::parse("0193-not-an-id"));
    EXPECT_FALSE(EventId::parse("zzzzzzzz-0000-7000-8000-000000000000"));
    EXPECT_FALSE(EventId::parse("00000000x0000-7000-8000-000000000000"));
}

TEST(EventIds, GrowEvenWhenTheClockStepsBack) {
    auto source = make_random_id_source();
    EventId last = source->next(kNow);
    for (int i = 0; i < 10000; ++i) {
        const EventId id = source->next(kNow - std::chrono::seconds(i));
        ASSERT_GT(id, last);
        last = id;
    }
}

TEST(EventIds, SeededSourceRepeats) {
    auto a = make_seeded_id_source(7), b = make_seeded_id_source(7), c = make_seeded_id_source(8);
    for (int i = 0; i < 100; ++i) {
        const EventId id = a->next(kNow);
        EXPECT_EQ(id, b->next(kNow));
        EXPECT_NE(id, c->next(kNow));
    }
}

TEST(EventIds, TwoSourcesNeverMeet) {
    std::set<EventId> seen;
    for (int s = 0; s < 10; ++s) {
        auto source = make_random_id_source();
        for (int i = 0; i < 1000; ++i)
            EXPECT_TRUE(seen.insert(source->next(kNow)).second);
    }
}

}  // namespace
}  // namespace chairside
