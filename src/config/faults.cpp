#include "config/faults.hpp"

#include <algorithm>
#include <tuple>

namespace chairside {

std::vector<ConfigError> Faults::take_sorted() {
    std::sort(errors_.begin(), errors_.end(), [](const ConfigError& a, const ConfigError& b) {
        return std::tie(a.line, a.column, a.key, a.message) < std::tie(b.line, b.column, b.key, b.message);
    });
    const auto same = [](const ConfigError& a, const ConfigError& b) {
        return std::tie(a.line, a.column, a.key, a.message) == std::tie(b.line, b.column, b.key, b.message);
    };
    errors_.erase(std::unique(errors_.begin(), errors_.end(), same), errors_.end());
    return std::move(errors_);
}

}  // namespace chairside
