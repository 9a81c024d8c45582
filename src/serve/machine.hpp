#pragma once
// This process and its disk, as the kernel tells it.

#include <cstdint>
#include <filesystem>
#include <optional>

namespace chairside {

struct OwnUse {
    std::int64_t memory_bytes = 0;  // resident
    std::int64_t threads = 0;
    std::int64_t open_files = 0, most_open_files = 0;  // open_files is 0 where not one more can be opened
    double cpu_s = 0;
};
OwnUse own_use();

// One heap for all threads, and no large block in it, so that what was freed is used again
// (docs/decisions/0702-staying-alive.md). Before the first thread.
void keep_one_heap();
// Memory that was freed but is kept for later goes back to the computer. Takes milliseconds. Threads: any.
void give_back_free_memory();

// What the computer could still give to programs; nullopt: it does not say.
std::optional<std::int64_t> memory_left_bytes();

struct DiskRoom {
    std::int64_t free_bytes = 0, total_bytes = 0;  // total 0: it could not be asked
};
DiskRoom disk_of(const std::filesystem::path& file);

// 0 where there is none.
std::int64_t bytes_of(const std::filesystem::path& file);

}  // namespace chairside
