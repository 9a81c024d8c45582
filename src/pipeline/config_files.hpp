#pragma once
// ConfigFiles: the device's file and the file of cameras added on the dashboard, read again while the service runs.

#include <string>
#include <vector>

#include "base/locked.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "serve/shop.hpp"

namespace chairside {

// Threads: read(), with(), without() and take() one at a time; error() and restart() from any.
class ConfigFiles {
  public:
    // As of the start.
    explicit ConfigFiles(Config start) : start_(std::move(start)), now_(start_) {}

    using Wanted = tl::expected<Config, Shop::Faults>;
    // Both, from the disk. A failure is remembered as error().
    Wanted read();
    // What would run with this camera added or changed, or without it; faults by the API's members. Nothing is written.
    Wanted with(const std::string& id, const std::string& members) const;
    Wanted without(const std::string& id) const;
    // Writes the added cameras, if they differ from those of now.
    Result<void> keep(const Config& wanted) const;
    // It runs from now on.
    void take(Config config);

    const Config& now() const { return now_; }
    std::string error() const;                          // why the newest file does not run; empty: it does
    std::vector<std::string> restart() const;           // sections that wait for one
    static constexpr std::size_t kLongestError = 1000;  // bytes

  private:
    Wanted edited(const Result<std::string>& added) const;

    const Config start_;
    Config now_;
    struct Report {
        std::string error;
        std::vector<std::string> restart;
    };
    Locked<Report> report_;
};

}  // namespace chairside
