#pragma once
// FaultyDisk: SQLite's files on a disk that fails when a test says so. A VFS of our own in front of the system's: it
// counts every change (write, truncation, sync, deletion), fails the ones that are chosen, and remembers all of them, so
// that any moment of a power cut can be rebuilt afterwards.
//
// What a power cut leaves, per file: all up to its last good sync; of what came later nothing, everything, or any
// sectors of it, in any order. A sync that failed makes nothing safe that was written before it, also for later syncs
// (as Linux does: the pages count as written then). What is beside a write is never harmed: the promise that SQLite
// builds upon, SQLITE_IOCAP_POWERSAFE_OVERWRITE. Deletions and new names are safe at once.
//
// Threads: one test at a time; SQLite may call from any. Nothing is really synced to the disk below: tests are quick.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace chairside::testing {

enum class DiskFault {
    kNone,
    kFull,       // ENOSPC: nothing of it is written
    kFullShort,  // ENOSPC: half of it is written
    kIo,         // EIO: nothing
    kIoShort,    // EIO: half
};

enum class DiskLeft {
    kSynced,       // nothing after the last sync of each file
    kAll,          // everything: the process was killed, the system goes on
    kTorn,         // everything, but of the last write only its first half, in whole sectors
    kSectors512,   // any half of the unsynced sectors
    kSectors4096,  // the same with large ones
};

class FaultyDisk {
  public:
    struct Change {
        enum class Kind { kWrite, kTruncate, kSync, kDelete } kind = Kind::kWrite;
        std::int64_t number = 0;  // 1, 2, … since clear()
        std::string file;         // full path
    };
    FaultyDisk();   // SQLite's default from now on
    ~FaultyDisk();  // … until now; no connection may be open
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;

    // Asked before each change; kNone if not set.
    void fail_when(std::function<DiskFault(const Change&)> fault);
    std::int64_t changes() const;  // so far
    // Forgets all changes: files are taken as they are, and safe.
    void clear();
    // Off: changes go through unseen, and cost nothing.
    void record(bool on);

    // Writes what the files of `from` (a folder) would be after a power cut right behind change number `after` into the
    // empty folder `to`. The seed chooses sectors.
    void power_cut(const std::filesystem::path& from, const std::filesystem::path& to, std::int64_t after,
                   DiskLeft left, unsigned seed) const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace chairside::testing
