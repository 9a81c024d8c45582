#pragma once
// The log: levels, rotation, text or one JSON object per line; device and camera on every line; secrets
// masked. Threads: any. Before init_log() lines go to stderr as text, level info.

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace chairside {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogOptions {
    LogLevel level = LogLevel::kInfo;
    std::filesystem::path file;  // empty: stderr only
    bool json = false;           // one JSON object per line
    bool console = true;         // also to stderr when a file is set
    std::size_t max_bytes = 10u << 20;
    int max_files = 5;
    std::string branch, device;  // printed on every line
    friend bool operator==(const LogOptions&, const LogOptions&) = default;
};

Result<void> init_log(const LogOptions& options);
void flush_log();

// Whether the log's file takes its lines; what it does not take is on stderr, where there is one, and among the last lines.
struct LogLoss {
    bool now = false;       // the last line was not taken
    std::size_t lines = 0;  // since the start that were not, about
    std::string why;        // of the last that was not
};
LogLoss log_loss();
// For a process that ends at once: logged, unless memory ran out in the log itself; then it is on stderr alone.
void log_last_words(std::string_view words);

// From now on every occurrence of this text in a line is printed as "***". Shorter than 4 characters is
// ignored.
void mask_in_log(std::string secret);

// Extra fields are key/value pairs, printed as key=value or as members of the JSON object.
using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;
void log(LogLevel level, std::string_view camera, std::string_view message, LogFields fields = {});

inline void log_debug(std::string_view camera, std::string_view message, LogFields f = {}) {
    log(LogLevel::kDebug, camera, message, f);
}
inline void log_info(std::string_view camera, std::string_view message, LogFields f = {}) {
    log(LogLevel::kInfo, camera, message, f);
}
inline void log_warning(std::string_view camera, std::string_view message, LogFields f = {}) {
    log(LogLevel::kWarning, camera, message, f);
}
inline void log_error(std::string_view camera, std::string_view message, LogFields f = {}) {
    log(LogLevel::kError, camera, message, f);
}

// The last lines, oldest first, as they were logged (secrets masked); kRecentLines are kept in memory.
inline constexpr std::size_t kRecentLines = 1000;
struct LogLine {
    WallTime time{};
    LogLevel level = LogLevel::kInfo;
    std::string camera, message;
    std::vector<std::pair<std::string, std::string>> fields;
};
std::vector<LogLine> recent_log(std::size_t lines, LogLevel least);
const char* to_string(LogLevel level);  // "debug", "info", "warning", "error"

}  // namespace chairside
