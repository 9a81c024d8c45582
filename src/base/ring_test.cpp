#include "base/ring.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chairside {
namespace {

template <typename T>
std::vector<T> in(const Ring<T>& ring) {
    std::vector<T> out;
    for (std::size_t i = 0; i < ring.size(); ++i)
        out.push_back(ring.at(i));
    return out;
}

TEST(Ring, KeepsTheNewestOldestFirst) {
    Ring<int> ring(3);
    EXPECT_EQ(ring.size(), 0u);
    for (int i = 1; i <= 3; ++i)
        ring.push() = i;
    EXPECT_TRUE(ring.full());
    EXPECT_EQ(in(ring), (std::vector{1, 2, 3}));
    for (int i = 4; i <= 8; ++i)
        ring.push() = i;
    EXPECT_EQ(in(ring), (std::vector{6, 7, 8}));
    EXPECT_EQ(ring.room(), 3u);
}

TEST(Ring, DropsTheOldest) {
    Ring<int> ring(4);
    for (int i = 1; i <= 6; ++i)
        ring.push() = i;
    ring.drop(3);
    EXPECT_FALSE(ring.full());
    EXPECT_EQ(in(ring), (std::vector{6}));
    ring.push() = 7;
    EXPECT_EQ(in(ring), (std::vector{6, 7}));
    ring.drop(2);
    EXPECT_EQ(ring.size(), 0u);
}

TEST(Ring, ASlotKeepsItsRoom) {
    Ring<std::string> ring(2);
    for (int i = 0; i < 2; ++i)
        ring.push().reserve(500);
    ring.drop(2);
    for (int i = 0; i < 5; ++i) {
        std::string& slot = ring.push();
        EXPECT_GE(slot.capacity(), 500u) << i;
        slot.assign("short");
    }
}

}  // namespace
}  // namespace chairside
