#include "config/path_checks.hpp"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace chairside {
namespace {

namespace fs = std::filesystem;

std::string quoted(const fs::path& path) {
    return "'" + path.string() + "'";
}
std::string reason() {
    return std::generic_category().message(errno);
}

fs::file_status status_of(const fs::path& path) {
    std::error_code ignored;
    return fs::status(path, ignored);
}

// The kernel's own file systems say yes to access() and no to everything after it.
bool is_virtual(const fs::path& folder) {
    struct statfs info {};
    if (statfs(folder.c_str(), &info) != 0) return false;
    return info.f_type == PROC_SUPER_MAGIC || info.f_type == SYSFS_MAGIC;
}

}  // namespace

std::optional<std::string> unreadable_file(const fs::path& file) {
    const auto status = status_of(file);
    if (!fs::exists(status)) return "the file " + quoted(file) + " does not exist";
    if (fs::is_directory(status)) return quoted(file) + " is a folder; a file is needed";
    if (!fs::is_regular_file(status)) return quoted(file) + " is not a regular file";
    if (access(file.c_str(), R_OK) != 0) return "the file " + quoted(file) + " cannot be read: " + reason();
    return std::nullopt;
}

std::optional<std::string> unusable_device(const fs::path& device) {
    const auto status = status_of(device);
    if (!fs::exists(status))
        return "the device " + quoted(device) + " does not exist; is the camera plugged in?";
    if (!fs::is_character_file(status)) return quoted(device) + " is not a device";
    if (access(device.c_str(), R_OK | W_OK) != 0)
        return "the device " + quoted(device) + " cannot be opened: " + reason() +
               "; is the user in the group 'video'?";
    return std::nullopt;
}

std::optional<std::string> unwritable_folder(const fs::path& folder) {
    fs::path there = folder.empty() ? fs::path(".") : folder;
    while (!fs::exists(status_of(there)) && there.has_relative_path())
        there = there.parent_path();
    if (there.empty()) there = ".";
    const std::string what = there == folder
                                 ? "the folder " + quoted(folder)
                                 : "the folder " + quoted(folder) + " cannot be made: " + quoted(there);
    if (!fs::is_directory(status_of(there))) return what + " is not a folder";
    if (access(there.c_str(), W_OK | X_OK) != 0) return what + " cannot be written: " + reason();
    if (is_virtual(there)) return what + " cannot be written: it belongs to the system";
    return std::nullopt;
}

std::optional<std::string> unwritable_file(const fs::path& file) {
    const auto status = status_of(file);
    if (!fs::exists(status)) return unwritable_folder(file.parent_path());
    if (fs::is_directory(status)) return quoted(file) + " is a folder; a file is needed";
    if (access(file.c_str(), W_OK) != 0)
        return "the file " + quoted(file) + " cannot be written: " + reason();
    return unwritable_folder(file.parent_path());
}

}  // namespace chairside
