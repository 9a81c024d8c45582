#include "serve/machine.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace chairside {
namespace {

double seconds(const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

}  // namespace

void keep_one_heap() {
    // What cameras take and leave, decoders' pictures and tables, is larger: in the heap it left holes, and the heap grew by 9 MB
    // in a quarter of an hour of faults with 128 kB here. What is so large and lives long are some hundred blocks.
    constexpr int kLargeBlock = 16 * 1024;
    mallopt(M_ARENA_MAX, 1);
    // Said, it stays; else it grows with each large block that is freed.
    mallopt(M_MMAP_THRESHOLD, kLargeBlock);
}

void give_back_free_memory() {
    malloc_trim(0);
}

OwnUse own_use() {
    OwnUse out;
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        const auto number = [&](std::string_view member) {
            return std::strtoll(line.c_str() + member.size(), nullptr, 10);
        };
        if (line.starts_with("VmRSS:")) out.memory_bytes = number("VmRSS:") * 1024;
        if (line.starts_with("Threads:")) out.threads = number("Threads:");
    }
    std::error_code gone;
    for (auto it = std::filesystem::directory_iterator("/proc/self/fd", gone);
         !gone && it != std::filesystem::directory_iterator(); it.increment(gone))
        ++out.open_files;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
        out.most_open_files = static_cast<std::int64_t>(files.rlim_cur);
    rusage use{};
    if (::getrusage(RUSAGE_SELF, &use) == 0) out.cpu_s = seconds(use.ru_utime) + seconds(use.ru_stime);
    return out;
}

std::optional<std::int64_t> memory_left_bytes() {
    constexpr std::string_view kMember = "MemAvailable:";
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(kMember)) return std::strtoll(line.c_str() + kMember.size(), nullptr, 10) * 1024;
    return std::nullopt;
}

DiskRoom disk_of(const std::filesystem::path& file) {
    struct statvfs room {};
    if (::statvfs(file.parent_path().c_str(), &room) != 0) return {};
    const auto block = static_cast<std::int64_t>(room.f_frsize);
    return {static_cast<std::int64_t>(room.f_bavail) * block,
            static_cast<std::int64_t>(room.f_blocks) * block};
}

std::int64_t bytes_of(const std::filesystem::path& file) {
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    return none ? 0 : static_cast<std::int64_t>(size);
}

}  // namespace chairside
