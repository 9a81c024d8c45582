#include "store/faulty_disk_test_support.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <random>
#include <utility>
#include <vector>

namespace chairside::testing {
namespace {

using Kind = FaultyDisk::Change::Kind;
using Bytes = std::vector<char>;

struct Entry {
    FaultyDisk::Change change;
    std::int64_t offset = 0;  // of a truncation: the new size
    Bytes data;
    bool good = true;  // false: a sync, truncation or deletion that failed
};

struct OpenFile {
    sqlite3_file base;  // SQLite sees this
    std::string* name;
    sqlite3_file* real;  // behind us in the same memory
};

OpenFile& ours(sqlite3_file* file) {
    return *reinterpret_cast<OpenFile*>(file);
}

void put(Bytes& content, std::int64_t offset, const char* data, std::size_t size) {
    if (size == 0) return;
    const auto end = static_cast<std::size_t>(offset) + size;
    if (content.size() < end) content.resize(end);
    std::memcpy(content.data() + offset, data, size);
}

}  // namespace

class FaultyDisk::Impl {
  public:
    Impl() : base_(sqlite3_vfs_find(nullptr)), vfs_(*base_) {
        current = this;
        vfs_.zName = "faulty";
        vfs_.szOsFile = static_cast<int>(sizeof(OpenFile)) + base_->szOsFile;
        vfs_.pNext = nullptr;
        vfs_.xOpen = open;
        vfs_.xDelete = remove;
        sqlite3_vfs_register(&vfs_, 1);
    }
    ~Impl() {
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(base_, 1);
        current = nullptr;
    }

    // Notes a change and says how it shall end.
    DiskFault begin(Kind kind, const std::string& file, Entry** noted) {
        *noted = nullptr;
        if (!recording) return DiskFault::kNone;
        entries.push_back({{kind, static_cast<std::int64_t>(entries.size()) + 1, file}, 0, {}, true});
        *noted = &entries.back();
        return fault ? fault(entries.back().change) : DiskFault::kNone;
    }

    static int code(DiskFault fault, int io_error) {
        const bool full = fault == DiskFault::kFull || fault == DiskFault::kFullShort;
        return full ? SQLITE_FULL : io_error;
    }

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
        auto* real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(OpenFile));
        const int done = current->base_->xOpen(current->base_, name, real, flags, out_flags);
        file->pMethods = nullptr;
        if (done != SQLITE_OK) return done;
        auto* self = new (file) OpenFile{{&kMethods}, new std::string(name != nullptr ? name : ""), real};
        (void)self;
        const std::lock_guard lock(current->mutex);
        current->know(*ours(file).name);
        return SQLITE_OK;
    }

    static int remove(sqlite3_vfs*, const char* name, int sync_folder) {
        const std::lock_guard lock(current->mutex);
        Entry* entry = nullptr;
        const DiskFault fault = current->begin(Kind::kDelete, name, &entry);
        if (fault != DiskFault::kNone) {
            entry->good = false;
            return code(fault, SQLITE_IOERR_DELETE);
        }
        (void)sync_folder;
        return current->base_->xDelete(current->base_, name, 0);
    }

    static int close(sqlite3_file* file) {
        const int done = ours(file).real->pMethods->xClose(ours(file).real);
        delete ours(file).name;
        return done;
    }

    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
        const std::lock_guard lock(current->mutex);
        sqlite3_file* real = ours(file).real;
        Entry* entry = nullptr;
        const DiskFault fault = current->begin(Kind::kWrite, *ours(file).name, &entry);
        const bool half = fault == DiskFault::kFullShort || fault == DiskFault::kIoShort;
        const int written = fault == DiskFault::kNone ? size : half ? size / 2 : 0;
        if (entry != nullptr) {
            entry->offset = offset;
            entry->data.assign(static_cast<const char*>(data), static_cast<const char*>(data) + written);
        }
        if (written > 0)
            if (const int done = real->pMethods->xWrite(real, data, written, offset); done != SQLITE_OK)
                return done;
        return fault == DiskFault::kNone ? SQLITE_OK : code(fault, SQLITE_IOERR_WRITE);
    }

    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        const std::lock_guard lock(current->mutex);
        Entry* entry = nullptr;
        const DiskFault fault = current->begin(Kind::kTruncate, *ours(file).name, &entry);
        if (fault != DiskFault::kNone) {
            entry->good = false;
            return code(fault, SQLITE_IOERR_TRUNCATE);
        }
        if (entry != nullptr) entry->offset = size;
        return ours(file).real->pMethods->xTruncate(ours(file).real, size);
    }

    static int sync(sqlite3_file* file, int) {
        const std::lock_guard lock(current->mutex);
        Entry* entry = nullptr;
        const DiskFault fault = current->begin(Kind::kSync, *ours(file).name, &entry);
        if (fault == DiskFault::kNone) return SQLITE_OK;
        entry->good = false;
        return code(fault, SQLITE_IOERR_FSYNC);
    }

    // What a file held when it was first seen is safe.
    void know(const std::string& name) {
        if (name.empty() || before.contains(name)) return;
        std::ifstream in(name, std::ios::binary);
        before[name] = Bytes(std::istreambuf_iterator<char>(in), {});
    }

    static const sqlite3_io_methods kMethods;
    static inline Impl* current = nullptr;
    std::mutex mutex;
    std::function<DiskFault(const Change&)> fault;
    std::vector<Entry> entries;
    std::map<std::string, Bytes> before;
    bool recording = true;

  private:
    sqlite3_vfs* base_;
    sqlite3_vfs vfs_;
};

// What is not ours goes on to the system's.
const sqlite3_io_methods FaultyDisk::Impl::kMethods = {
    3,
    close,
    [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
        return ours(f).real->pMethods->xRead(ours(f).real, to, size, at);
    },
    write,
    truncate,
    sync,
    [](sqlite3_file* f, sqlite3_int64* size) {
        return ours(f).real->pMethods->xFileSize(ours(f).real, size);
    },
    [](sqlite3_file* f, int level) { return ours(f).real->pMethods->xLock(ours(f).real, level); },
    [](sqlite3_file* f, int level) { return ours(f).real->pMethods->xUnlock(ours(f).real, level); },
    [](sqlite3_file* f, int* out) { return ours(f).real->pMethods->xCheckReservedLock(ours(f).real, out); },
    [](sqlite3_file* f, int op, void* arg) {
        return ours(f).real->pMethods->xFileControl(ours(f).real, op, arg);
    },
    [](sqlite3_file* f) { return ours(f).real->pMethods->xSectorSize(ours(f).real); },
    [](sqlite3_file* f) { return ours(f).real->pMethods->xDeviceCharacteristics(ours(f).real); },
    [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
        return ours(f).real->pMethods->xShmMap(ours(f).real, page, size, extend, out);
    },
    [](sqlite3_file* f, int offset, int n, int flags) {
        return ours(f).real->pMethods->xShmLock(ours(f).real, offset, n, flags);
    },
    [](sqlite3_file* f) { ours(f).real->pMethods->xShmBarrier(ours(f).real); },
    [](sqlite3_file* f, int remove) { return ours(f).real->pMethods->xShmUnmap(ours(f).real, remove); },
    [](sqlite3_file* f, sqlite3_int64 at, int size, void** out) {
        return ours(f).real->pMethods->xFetch(ours(f).real, at, size, out);
    },
    [](sqlite3_file* f, sqlite3_int64 at, void* page) {
        return ours(f).real->pMethods->xUnfetch(ours(f).real, at, page);
    },
};

namespace {

// One file through the changes that count. Unsynced ones are kept apart, in order.
class Replay {
  public:
    explicit Replay(Bytes safe) : safe_(std::move(safe)) {}

    void apply(const Entry& entry) {
        if (!entry.good && entry.change.kind != Kind::kSync) return;
        switch (entry.change.kind) {
            case Kind::kWrite:
            case Kind::kTruncate:
                pending_.push_back(&entry);
                break;
            case Kind::kSync:
                // After a failed one the system forgets that there was something to write.
                if (entry.good)
                    for (const Entry* each : pending_)
                        apply(safe_, *each);
                pending_.clear();
                break;
            case Kind::kDelete:
                safe_.clear();
                pending_.clear();
                break;
        }
    }

    Bytes content(DiskLeft left, std::mt19937& random) const {
        Bytes out = safe_;
        if (left == DiskLeft::kSynced) return out;
        for (std::size_t i = 0; i < pending_.size(); ++i) {
            const Entry& entry = *pending_[i];
            if (left == DiskLeft::kAll || (left == DiskLeft::kTorn && i + 1 < pending_.size())) {
                apply(out, entry);
            } else if (left == DiskLeft::kTorn) {
                constexpr std::size_t kSector = 512;
                if (entry.change.kind == Kind::kWrite)
                    put(out, entry.offset, entry.data.data(), entry.data.size() / 2 / kSector * kSector);
            } else {
                some_sectors(out, entry, left == DiskLeft::kSectors512 ? 512 : 4096, random);
            }
        }
        return out;
    }

  private:
    static void apply(Bytes& content, const Entry& entry) {
        if (entry.change.kind == Kind::kTruncate)
            content.resize(static_cast<std::size_t>(entry.offset));
        else
            put(content, entry.offset, entry.data.data(), entry.data.size());
    }

    static void some_sectors(Bytes& content, const Entry& entry, std::int64_t sector, std::mt19937& random) {
        if (entry.change.kind == Kind::kTruncate) {
            if (random() % 2 == 0) apply(content, entry);
            return;
        }
        const auto end = entry.offset + static_cast<std::int64_t>(entry.data.size());
        for (std::int64_t at = entry.offset; at < end;) {
            const std::int64_t next = std::min(end, (at / sector + 1) * sector);
            if (random() % 2 == 0)
                put(content, at, entry.data.data() + (at - entry.offset),
                    static_cast<std::size_t>(next - at));
            at = next;
        }
    }

    Bytes safe_;
    std::vector<const Entry*> pending_;
};

}  // namespace

FaultyDisk::FaultyDisk() : impl_(std::make_unique<Impl>()) {}
FaultyDisk::~FaultyDisk() = default;

void FaultyDisk::fail_when(std::function<DiskFault(const Change&)> fault) {
    const std::lock_guard lock(impl_->mutex);
    impl_->fault = std::move(fault);
}

std::int64_t FaultyDisk::changes() const {
    const std::lock_guard lock(impl_->mutex);
    return static_cast<std::int64_t>(impl_->entries.size());
}

void FaultyDisk::clear() {
    const std::lock_guard lock(impl_->mutex);
    impl_->entries.clear();
    const auto known = std::exchange(impl_->before, {});
    for (const auto& [name, bytes] : known)
        impl_->know(name);
}

void FaultyDisk::record(bool on) {
    const std::lock_guard lock(impl_->mutex);
    impl_->recording = on;
}

void FaultyDisk::power_cut(const std::filesystem::path& from, const std::filesystem::path& to,
                           std::int64_t after, DiskLeft left, unsigned seed) const {
    const std::lock_guard lock(impl_->mutex);
    std::map<std::string, Replay> files;
    for (const auto& [name, bytes] : impl_->before)
        files.try_emplace(name, bytes);
    for (const Entry& entry : impl_->entries) {
        if (entry.change.number > after) break;
        files.try_emplace(entry.change.file, Bytes()).first->second.apply(entry);
    }
    std::mt19937 random(seed);
    for (const auto& [name, replay] : files) {
        const std::filesystem::path path(name);
        if (path.parent_path() != from) continue;
        const Bytes content = replay.content(left, random);
        if (content.empty()) continue;
        std::ofstream(to / path.filename(), std::ios::binary)
            .write(content.data(), static_cast<std::streamsize>(content.size()));
    }
}

}  // namespace chairside::testing
