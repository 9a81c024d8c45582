#include "serve/machine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chairside {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kOwnHeap = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kOwnHeap = false;
#else
constexpr bool kOwnHeap = true;
#endif
#else
constexpr bool kOwnHeap = true;
#endif

TEST(Machine, WhatWasFreedGoesBackToTheComputer) {
    if (!kOwnHeap) GTEST_SKIP() << "sanitizers have a heap of their own";
    constexpr std::size_t kBlocks = 30000, kBlock = 2000;  // small ones: from the heap
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < kBlocks; ++i)
        kept.emplace_back(kBlock, 'x');
    const auto full = own_use().memory_bytes;
    for (std::size_t i = 0; i + 1 < kBlocks; ++i)
        std::string().swap(kept[i]);  // the last one stays on top
    give_back_free_memory();
    EXPECT_LT(own_use().memory_bytes, full - static_cast<std::int64_t>(kBlocks * kBlock / 2));
}

}  // namespace
}  // namespace chairside
