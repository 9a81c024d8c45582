#pragma once
// What the parts of `chairside sync` share.

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "commands.hpp"
#include "config/config.hpp"
#include "store/store.hpp"
#include "sync/supabase_sync.hpp"

namespace chairside {

void add_sync_dead(CLI::App& sync, Action& action);
void add_sync_provision(CLI::App& sync, Action& action);

// A subcommand with --config.
inline CLI::App* with_config(CLI::App& parent, const char* name, const char* what,
                             const std::shared_ptr<std::string>& file) {
    auto* cmd = parent.add_subcommand(name, what);
    cmd->add_option("-c,--config", *file, "The service's configuration file")->required();
    return cmd;
}

// The configuration without cameras and paths; nullopt: return kExitConfig.
std::optional<Config> sync_config(const std::string& file);

// Step by step what the project says to this log-in, printed; true: everything is ready to send.
bool print_test(const Config& config);

// True if a service holds the store: then only it may write, and gets an errand.
bool service_holds(const Result<std::unique_ptr<Store>>& opened);
Result<std::unique_ptr<Store>> open_store(const Config& config);
// Leaves an errand and waits until the service took it.
int hand_over(const Config& config, const Errand& errand, const char* done);

}  // namespace chairside
