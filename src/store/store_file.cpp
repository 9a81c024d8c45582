#include "store/store_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

namespace chairside {
namespace fs = std::filesystem;
namespace {

constexpr std::array kCompanions = {"-wal", "-shm", "-journal"};

fs::path with_suffix(const fs::path& file, const std::string& suffix) {
    return fs::path(file.string() + suffix);
}

std::string folder_of(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path().string() : ".";
}

// A rename is only safe from a power cut once the folder is on the disk.
void sync_folder(const fs::path& file) {
    const int folder = ::open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    (void)::fsync(folder);
    ::close(folder);
}

std::string holder_of(int descriptor) {
    std::array<char, 32> text{};
    const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
    const std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const auto digits = pid.substr(0, pid.find_first_not_of("0123456789"));
    return digits.empty() ? "unknown" : digits;
}

bool holds_something(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return !error && size > 0;
}

bool begins_as_sqlite(const fs::path& file) {
    constexpr std::size_t kSmallestPage = 512;
    constexpr std::string_view kMagic("SQLite format 3\0", 16);
    std::array<char, kMagic.size()> begin{};
    std::error_code error;
    const auto size = fs::file_size(file, error);
    std::ifstream in(file, std::ios::binary);
    if (!in) return true;  // not readable is not damaged: SQLite will say why
    in.read(begin.data(), begin.size());
    return size >= kSmallestPage && std::string_view(begin.data(), begin.size()) == kMagic;
}

bool is_there(const fs::path& file) {
    std::error_code error;
    return fs::exists(fs::symlink_status(file, error));
}

}  // namespace

Result<StoreLock> StoreLock::take(const fs::path& store) {
    const fs::path file = with_suffix(store, ".lock");
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return fail(ErrorKind::kIo, file.string() + ": cannot be opened for writing (" +
                                        std::strerror(errno) +
                                        "); the store's folder must be writable for the service");
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int cause = errno;
        const std::string pid = holder_of(descriptor);
        ::close(descriptor);
        if (cause == EWOULDBLOCK) {
            return fail(ErrorKind::kUnavailable, "another chairside is using " + store.string() + ", pid " +
                                                     pid +
                                                     "; stop it, or give this one another storage.path");
        }
        return fail(ErrorKind::kIo, file.string() + ": cannot be locked (" + std::strerror(cause) + ")");
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    // The number only serves the words above: a lock without it still locks.
    if (::ftruncate(descriptor, 0) == 0) (void)!::pwrite(descriptor, pid.data(), pid.size(), 0);
    return StoreLock(descriptor);
}

StoreLock::~StoreLock() {
    // The lock file stays: removing it would let two services lock two different files of this name.
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> prepare_store_folder(const fs::path& store) {
    if (store.empty() || !store.has_filename())
        return fail(ErrorKind::kInvalid, "the store's path names no file");
    std::error_code error;
    const auto status = fs::status(store, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        return fail(ErrorKind::kInvalid, store.string() + ": is not a file; storage.path must name one");
    }
    const fs::path folder = folder_of(store);
    fs::create_directories(folder, error);
    if (error) {
        return fail(ErrorKind::kIo,
                    folder.string() + ": the store's folder cannot be made (" + error.message() + ")");
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        return fail(ErrorKind::kIo, folder.string() + ": the store's folder cannot be written to (" +
                                        std::strerror(errno) + ")");
    }
    if (fs::exists(status) && ::access(store.c_str(), R_OK | W_OK) != 0) {
        return fail(ErrorKind::kIo,
                    store.string() + ": the store cannot be read and written (" + std::strerror(errno) + ")");
    }
    return {};
}

FileState state_of(const fs::path& store) {
    if (holds_something(store)) return begins_as_sqlite(store) ? FileState::kPresent : FileState::kForeign;
    if (holds_something(with_suffix(store, "-wal"))) return FileState::kOrphaned;
    return is_there(store) ? FileState::kEmpty : FileState::kMissing;
}

Result<fs::path> set_store_aside(const fs::path& store, WallTime now) {
    // 2026-11-22T08:00:00.000Z -> 20261122T080000Z
    std::string stamp = format_utc(now);
    stamp.erase(stamp.find('.'), 4);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
    fs::path target = with_suffix(store, ".bad-" + stamp);
    for (int n = 2; is_there(target) || is_there(with_suffix(target, "-wal")); ++n) {
        target = with_suffix(store, ".bad-" + stamp + "-" + std::to_string(n));
    }
    const auto move = [&](const std::string& suffix) -> Result<void> {
        const fs::path from = with_suffix(store, suffix);
        if (!is_there(from)) return {};
        if (::rename(from.c_str(), with_suffix(target, suffix).c_str()) == 0) return {};
        return fail(ErrorKind::kIo,
                    from.string() + ": is damaged and cannot be set aside (" + std::strerror(errno) + ")");
    };
    // The log first: a log left without its file is found and set aside too, a file without its log is not.
    for (const std::string suffix : kCompanions) {
        if (auto moved = move(suffix); !moved) return tl::unexpected(moved.error());
    }
    if (auto moved = move(""); !moved) return tl::unexpected(moved.error());
    sync_folder(store);
    return target;
}

}  // namespace chairside
