#include "capture/ffmpeg/av_log.hpp"

extern "C" {
#include <libavutil/log.h>
}

#include <cctype>
#include <chrono>
#include <cstdarg>
#include <mutex>

#include "base/locked.hpp"
#include "base/log.hpp"
#include "capture/frame_source.hpp"

namespace chairside::av {
namespace {

constexpr int kLinesPerSecond = 20;  // a damaged stream logs several lines per frame
constexpr std::size_t kLongestLine = 400;

thread_local std::string last_error;

struct Budget {
    std::chrono::steady_clock::time_point second{};
    int lines = 0, dropped = 0;
};

// How many lines were dropped before this one, or -1 if this one is to be dropped, too.
int spend(Budget& budget) {
    const auto now = std::chrono::steady_clock::now();
    if (now - budget.second >= std::chrono::seconds(1)) {
        const int dropped = budget.dropped;
        budget = {now, 1, 0};
        return dropped;
    }
    if (budget.lines < kLinesPerSecond) {
        ++budget.lines;
        return 0;
    }
    ++budget.dropped;
    return -1;
}

// Without FFmpeg's "[tcp @ 0x55d0c3a1e400] ": an address in memory tells an owner nothing, and makes each try's words new.
std::string without_part(const std::string& line) {
    const auto end = line.find("] ");
    return line.starts_with('[') && end < line.size() && line.find(" @ 0x") < end ? line.substr(end + 2)
                                                                                  : line;
}

void on_line(void* context, int level, const char* format, va_list arguments) {
    if (level > AV_LOG_WARNING) return;
    char buffer[1024];
    int prefix = 1;
    av_log_format_line2(context, level, format, arguments, buffer, sizeof buffer, &prefix);
    std::string line = without_secrets(buffer);
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())))
        line.pop_back();
    if (line.empty()) return;
    if (line.size() > kLongestLine) line.resize(kLongestLine);
    if (level <= AV_LOG_ERROR) last_error = without_part(line);
    static Locked<Budget> budget;
    const int dropped = budget.with(spend);
    if (dropped < 0) return;
    if (dropped > 0) log_debug("", "ffmpeg: " + std::to_string(dropped) + " lines left out");
    log_debug("", "ffmpeg: " + line);
}

}  // namespace

void route_log() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(on_line); });
}

std::string take_last_error() {
    std::string line;
    line.swap(last_error);
    return line;
}

std::string without_secrets(const std::string& text) {
    std::string out;
    std::size_t begin = 0;
    while (true) {
        const auto scheme = text.find("://", begin);
        if (scheme == std::string::npos) return out + text.substr(begin);
        auto start = scheme;
        while (start > begin && std::isalnum(static_cast<unsigned char>(text[start - 1])))
            --start;
        const auto end = text.find_first_of(" \t\n'\"<>,", scheme);
        out += text.substr(begin, start - begin) +
               redacted(text.substr(start, end == std::string::npos ? end : end - start));
        if (end == std::string::npos) return out;
        begin = end;
    }
}

}  // namespace chairside::av
