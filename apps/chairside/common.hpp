#pragma once
// Small things that several subcommands share.

#include <optional>
#include <string>

#include "base/result.hpp"
#include "config/config.hpp"

namespace chairside {

// Prints an error to stderr in one line and returns the exit code.
int complain(const Error& error, int exit_code);

// Loads and, where it is wrong, prints every fault to stderr. nullopt: return kExitConfig.
std::optional<Config> load_or_explain(const std::string& file, const ConfigOptions& options = {});

// A progress bar on stderr; quiet when stderr is not a terminal, unless forced.
class ProgressBar {
  public:
    ProgressBar(std::string label, bool force);
    ~ProgressBar();
    void show(double fraction, const std::string& note);
    void done();

  private:
    std::string label_;
    bool terminal_, enabled_;
    int last_percent_ = -1;
    bool open_ = false;
};

}  // namespace chairside
