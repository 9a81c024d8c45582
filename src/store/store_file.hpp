#pragma once
// The store's file as a file: its folder, the lock that keeps a second service out, and what becomes of
// damaged ones. Private to src/store.

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chairside {

// Held by the service that writes: <file>.lock, with the holder's process id in it. The system releases it
// when the process ends, however it ends.
class StoreLock {
  public:
    static Result<StoreLock> take(const std::filesystem::path& store);
    ~StoreLock();
    StoreLock(StoreLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    StoreLock& operator=(StoreLock&&) = delete;

  private:
    explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

// Creates the folder if it is missing; says in words what stands in the way of a store there.
Result<void> prepare_store_folder(const std::filesystem::path& store);

enum class FileState {
    kMissing,
    kEmpty,     // zero bytes: nothing in it to lose
    kOrphaned,  // no or empty main file beside a write-ahead log that holds something
    kForeign,   // does not begin as an SQLite file does
    kPresent,
};
FileState state_of(const std::filesystem::path& store);

// Renames the store with its -wal and -shm to <file>.bad-<UTC time>…; nothing is ever overwritten. Gives the
// new name.
Result<std::filesystem::path> set_store_aside(const std::filesystem::path& store, WallTime now);

}  // namespace chairside
