#include "detect/decode/nms.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace chairside {
namespace {

float iou(const ScoredBox& a, const ScoredBox& b) {
    const float w = std::min(a.x1, b.x1) - std::max(a.x0, b.x0),
                h = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
    if (w <= 0 || h <= 0) return 0;
    return w * h / ((a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0) - w * h);
}

TEST(Suppress, KeepsTheBestOfAHeapAndAllThatStandApart) {
    std::vector<ScoredBox> boxes{{0, 0, 10, 10, 0.5f}, {1, 0, 11, 10, 0.9f}, {50, 50, 60, 60, 0.3f}};
    suppress(boxes, 0.6f, 100);
    ASSERT_EQ(boxes.size(), 2u);
    EXPECT_EQ(boxes[0].score, 0.9f);
    EXPECT_EQ(boxes[1].score, 0.3f);
}

TEST(Suppress, AnOverlapOfExactlyTheThresholdStays) {
    std::vector<ScoredBox> boxes{{0, 0, 10, 10, 0.9f}, {0, 0, 10, 5, 0.8f}};
    suppress(boxes, 0.5f, 100);
    EXPECT_EQ(boxes.size(), 2u);
}

TEST(Suppress, ABoxSuppressedByASuppressedBoxStays) {
    std::vector<ScoredBox> boxes{{0, 0, 10, 10, 0.9f}, {3, 0, 13, 10, 0.8f}, {6, 0, 16, 10, 0.7f}};
    suppress(boxes, 0.5f, 100);
    ASSERT_EQ(boxes.size(), 2u);
    EXPECT_EQ(boxes[1].score, 0.7f);
}

TEST(Suppress, StopsAtTheLimit) {
    std::vector<ScoredBox> boxes;
    for (int i = 0; i < 50; ++i)
        boxes.push_back({float(i * 20), 0, float(i * 20 + 10), 10, float(i) / 50});
    suppress(boxes, 0.5f, 7);
    ASSERT_EQ(boxes.size(), 7u);
    EXPECT_EQ(boxes.front().score, 49.0f / 50);
}

TEST(Suppress, WhatIsLeftIsSortedApartAndCoversTheRest) {
    rc::check([] {
        const auto raw = *rc::gen::container<std::vector<std::tuple<int, int, int, int, int>>>(
            rc::gen::tuple(rc::gen::inRange(0, 40), rc::gen::inRange(0, 40), rc::gen::inRange(1, 30),
                           rc::gen::inRange(1, 30), rc::gen::inRange(0, 1000)));
        std::vector<ScoredBox> all;
        for (const auto& [x, y, w, h, s] : raw)
            all.push_back({float(x), float(y), float(x + w), float(y + h), float(s) / 1000});
        auto kept = all;
        suppress(kept, 0.45f, 1000);
        for (std::size_t i = 0; i < kept.size(); ++i) {
            if (i > 0) RC_ASSERT(kept[i - 1].score >= kept[i].score);
            for (std::size_t j = 0; j < i; ++j)
                RC_ASSERT(iou(kept[i], kept[j]) <= 0.4501f);
        }
        for (const auto& b : all) {
            RC_ASSERT(std::any_of(kept.begin(), kept.end(), [&](const ScoredBox& k) {
                const bool same = k.x0 == b.x0 && k.y0 == b.y0 && k.x1 == b.x1 && k.y1 == b.y1;
                return k.score >= b.score && (same || iou(k, b) > 0.4499f);
            }));
        }
    });
}

}  // namespace
}  // namespace chairside
