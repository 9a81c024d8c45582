#include "common.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace chairside {

int complain(const Error& error, int exit_code) {
    std::fprintf(stderr, "chairside: %s\n", error.message.c_str());
    return exit_code;
}

std::optional<Config> load_or_explain(const std::string& file, const ConfigOptions& options) {
    auto config = load_config(file, options);
    if (config) return std::move(*config);
    for (const auto& error : config.error())
        std::fprintf(stderr, "%s\n", error.to_string().c_str());
    const auto n = config.error().size();
    std::fprintf(stderr, "chairside: %zu %s in %s; nothing was started\n", n, n == 1 ? "error" : "errors",
                 file.c_str());
    return std::nullopt;
}

ProgressBar::ProgressBar(std::string label, bool force)
    : label_(std::move(label)), terminal_(::isatty(STDERR_FILENO) == 1), enabled_(terminal_ || force) {}

ProgressBar::~ProgressBar() {
    done();
}

void ProgressBar::show(double fraction, const std::string& note) {
    if (!enabled_) return;
    const int percent = static_cast<int>(std::lround(100 * std::clamp(fraction, 0.0, 1.0)));
    if (terminal_) {
        constexpr int kWidth = 32;
        const auto full = static_cast<std::size_t>(percent * kWidth / 100);
        std::fprintf(stderr, "\r%s [%s%s] %3d %% %s\x1b[K", label_.c_str(), std::string(full, '#').c_str(),
                     std::string(kWidth - full, '.').c_str(), percent, note.c_str());
        std::fflush(stderr);
        open_ = true;
    } else if (percent / 10 != last_percent_ / 10 || last_percent_ < 0) {
        std::fprintf(stderr, "%s %3d %% %s\n", label_.c_str(), percent, note.c_str());
        last_percent_ = percent;
    }
}

void ProgressBar::done() {
    if (open_) std::fputc('\n', stderr);
    open_ = false;
}

}  // namespace chairside
