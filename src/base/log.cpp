#include "base/log.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/ring.hpp"
#include "base/time.hpp"

namespace chairside {
namespace {

constexpr std::size_t kShortestSecret = 4;

// Room for usual lines is taken at the start, so that a service which has run for a day is no larger than one that has just begun.
Ring<LogLine> room_for_lines() {
    constexpr std::size_t kUsualBytes = 127, kUsualFields = 4;
    Ring<LogLine> out(kRecentLines);
    while (!out.full()) {
        LogLine& slot = out.push();
        slot.message.reserve(kUsualBytes);
        slot.fields.reserve(kUsualFields);
    }
    out.drop(out.size());
    return out;
}

struct LogState {
    std::mutex mutex;  // guards all below
    std::shared_ptr<spdlog::logger> logger;
    LogOptions options;
    std::vector<std::string> secrets;
    Ring<LogLine> recent = room_for_lines();
    LogLoss loss;
    bool refused = false;  // by a sink, since it was last set to false
};

LogState& state() {
    static LogState instance;
    return instance;
}

thread_local bool inside = false;  // this thread holds the log's mutex
struct Inside {
    Inside() { inside = true; }
    ~Inside() { inside = false; }
};

}  // namespace

const char* to_string(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return "debug";
        case LogLevel::kInfo:
            return "info";
        case LogLevel::kWarning:
            return "warning";
        case LogLevel::kError:
            return "error";
    }
    return "info";
}

namespace {

// With the mutex held. The rest of the line is spdlog's own words: which file, and what the system says.
void refuse(const std::string& why) {
    state().refused = true;
    state().loss.why = why;
}

// The lines are made here, so spdlog only carries them: one level is enough.
std::shared_ptr<spdlog::logger> make_logger(std::vector<spdlog::sink_ptr> sinks) {
    auto logger = std::make_shared<spdlog::logger>("chairside", sinks.begin(), sinks.end());
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    logger->set_error_handler(refuse);
    return logger;
}

std::string masked(std::string text, const std::vector<std::string>& secrets) {
    for (const auto& secret : secrets) {
        for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
            text.replace(at, secret.size(), "***");
        }
    }
    return text;
}

// A camera's answer may hold anything; a line must stay a line.
std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
            out += '?';
        } else {
            out += c;
        }
    }
    return out;
}

std::string as_json(const LogOptions& o, LogLevel level, std::string_view camera, std::string_view message,
                    LogFields fields) {
    nlohmann::ordered_json line;
    line["time"] = format_utc(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
    line["level"] = to_string(level);
    if (!o.branch.empty()) line["branch"] = o.branch;
    line["device"] = o.device;
    line["camera"] = std::string(camera);
    line["message"] = std::string(message);
    for (const auto& [key, value] : fields)
        line[std::string(key)] = value;
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string as_text(const LogOptions& o, LogLevel level, std::string_view camera, std::string_view message,
                    LogFields fields) {
    std::string line = format_utc(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
    std::string name = to_string(level);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    name.resize(7, ' ');
    line += ' ' + name + ' ';
    line += o.device.empty() ? "-" : o.device;
    line += '/';
    line += camera.empty() ? "-" : std::string(camera);
    line += ' ' + one_line(message);
    for (const auto& [key, value] : fields) {
        line += ' ' + std::string(key) + '=';
        const bool plain = !value.empty() && value.find_first_of(" \"=\n") == std::string::npos;
        line += plain ? one_line(value) : '"' + one_line(value) + '"';
    }
    return line;
}

void remember(LogState& s, LogLevel level, std::string_view camera, std::string_view message,
              LogFields fields) {
    LogLine& line = s.recent.push();
    line.fields.clear();
    line.time = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    line.level = level;
    line.camera = camera;
    const std::string text = masked(std::string(message), s.secrets);
    line.message = text;  // copied: moved, it would take the place of the slot's own room
    for (const auto& [key, value] : fields)
        line.fields.emplace_back(key, masked(value, s.secrets));
}

}  // namespace

std::vector<LogLine> recent_log(std::size_t lines, LogLevel least) {
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    std::vector<LogLine> out;
    for (std::size_t i = s.recent.size(); i-- > 0 && out.size() < lines;)
        if (s.recent.at(i).level >= least) out.push_back(s.recent.at(i));
    std::reverse(out.begin(), out.end());
    return out;
}

Result<void> init_log(const LogOptions& options) {
    std::vector<spdlog::sink_ptr> sinks;
    try {
        if (options.console || options.file.empty())
            sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
        if (!options.file.empty()) {
            const auto files = static_cast<std::size_t>(std::max(1, options.max_files));
            sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                options.file.string(), std::max<std::size_t>(options.max_bytes, 4096), files));
        }
        auto logger = make_logger(std::move(sinks));
        logger->flush_on(spdlog::level::info);  // whoever follows the file sees a line when it is said
        auto& s = state();
        const std::lock_guard lock(s.mutex);
        s.logger = std::move(logger);
        s.options = options;
        s.loss = {};
    } catch (const spdlog::spdlog_ex& e) {
        return fail(ErrorKind::kIo, "cannot log to " + options.file.string() + ": " + e.what());
    }
    return {};
}

void flush_log() {
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    const Inside here;
    if (s.logger) s.logger->flush();
}

LogLoss log_loss() {
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    return s.loss;
}

void log_last_words(std::string_view words) {
    if (inside) {
        const std::string_view end = "\n";
        for (const std::string_view part : {words, end})
            if (::write(STDERR_FILENO, part.data(), part.size()) < 0) return;
        return;
    }
    log_error("", words);
    flush_log();
}

void mask_in_log(std::string secret) {
    if (secret.size() < kShortestSecret) return;
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    if (std::find(s.secrets.begin(), s.secrets.end(), secret) == s.secrets.end())
        s.secrets.push_back(std::move(secret));
}

void log(LogLevel level, std::string_view camera, std::string_view message, LogFields fields) {
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    const Inside here;
    if (level < s.options.level) return;
    remember(s, level, camera, message, fields);
    if (!s.logger) s.logger = make_logger({std::make_shared<spdlog::sinks::stderr_sink_mt>()});
    auto line = s.options.json ? as_json(s.options, level, camera, message, fields)
                               : as_text(s.options, level, camera, message, fields);
    const auto severity = level >= LogLevel::kWarning ? spdlog::level::warn : spdlog::level::info;
    s.refused = false;
    s.logger->log(severity, "{}", masked(std::move(line), s.secrets));
    s.loss.now = s.refused;
    if (s.refused) ++s.loss.lines;
}

}  // namespace chairside
