#pragma once
// ConfigRevisions: which settings run: the device's file, and over it the newest revision of the branch's managers that
// fits. sync/ puts revisions into the store; this tries them and says what became of each.

#include <optional>
#include <string>

#include "base/locked.hpp"
#include "config/config.hpp"
#include "serve/status.hpp"
#include "store/store.hpp"

namespace chairside {

// Threads: begin(), next() and file_changed() one at a time; report() from any. Failure: a revision that does not fit changes nothing and is
// reported; the store must take the decision before it counts.
class ConfigRevisions {
  public:
    // The store must outlive it.
    ConfigRevisions(Config file, Store& store) : file_(std::move(file)), store_(store) {}

    // What a start runs with. A refused revision is tried again: the file may have been put right since.
    Config begin();
    // What is to run from now on, if there is something new. Always the whole configuration.
    std::optional<Config> next();

    // The device's file has changed: what is to run now. As begin().
    Config file_changed(Config file);

    using Report = SettingsStatus;
    Report report() const;

    static constexpr std::size_t kLongestError = 1000;  // bytes; the centre takes no more

  private:
    std::optional<Config> take_up(const ConfigRevision& revision);
    bool undecided(const Result<void>& decided);

    Config file_;
    Store& store_;
    Locked<Report> report_;
    bool store_failed_ = false;
};

}  // namespace chairside
