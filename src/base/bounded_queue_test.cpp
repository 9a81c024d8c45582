#include "base/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace chairside {
namespace {

TEST(BoundedQueue, KeepsOrder) {
    BoundedQueue<int> queue(4);
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(queue.push(i));
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(queue.pop(), i);
}

TEST(BoundedQueue, PushNewestDropsTheOldestAndSaysSo) {
    BoundedQueue<int> queue(2);
    EXPECT_EQ(queue.push_newest(1), 0u);
    EXPECT_EQ(queue.push_newest(2), 0u);
    EXPECT_EQ(queue.push_newest(3), 1u);
    EXPECT_EQ(queue.pop(), 2);
    EXPECT_EQ(queue.pop(), 3);
}

TEST(BoundedQueue, ClosedQueueGivesWhatIsInAndTakesNoMore) {
    BoundedQueue<int> queue(2);
    ASSERT_TRUE(queue.push(1));
    queue.close();
    EXPECT_FALSE(queue.push(2));
    EXPECT_EQ(queue.pop(), 1);
    EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, PopGivesUpAfterItsTimeout) {
    BoundedQueue<int> queue(1);
    EXPECT_EQ(queue.pop(std::chrono::milliseconds(1)), std::nullopt);
    EXPECT_FALSE(queue.closed());
}

TEST(BoundedQueue, EveryItemOfManyThreadsArrivesOnce) {
    constexpr int kEach = 2000;
    BoundedQueue<int> queue(8);
    std::vector<std::thread> producers;
    for (int p = 0; p < 3; ++p) {
        producers.emplace_back([&, p] {
            for (int i = 0; i < kEach; ++i)
                queue.push(p * kEach + i);
        });
    }
    std::vector<int> seen(3 * kEach, 0);
    for (int i = 0; i < 3 * kEach; ++i)
        ++seen[static_cast<std::size_t>(queue.pop().value())];
    for (auto& t : producers)
        t.join();
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 3 * kEach);
}

TEST(BoundedQueue, CloseWakesAWaitingProducer) {
    BoundedQueue<int> queue(1);
    ASSERT_TRUE(queue.push(1));
    bool taken = true;
    std::thread producer([&] { taken = queue.push(2); });
    queue.close();
    producer.join();
    EXPECT_FALSE(taken);
}

}  // namespace
}  // namespace chairside
