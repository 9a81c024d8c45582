#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "common.hpp"
#include "config/added_cameras.hpp"

namespace chairside {

void add_check(CLI::App& app, Action& action) {
    auto* cmd = app.add_subcommand("check", "Check a configuration file and explain every fault in it");
    auto file = std::make_shared<std::string>();
    auto no_paths = std::make_shared<bool>(false);
    cmd->add_option("-c,--config", *file, "The configuration file (YAML)")->required();
    cmd->add_flag("--no-paths", *no_paths, "Do not look whether files, devices and folders are there");
    cmd->footer(
        "Exit codes: 0 the file is right; 3 it is not, and every fault was printed as FILE:LINE:COLUMN.");
    cmd->callback([=, &action] {
        action = [=] {
            const auto config =
                load_or_explain(*file, ConfigOptions{.check_paths = !*no_paths, .need_cameras = true});
            if (!config) return kExitConfig;
            std::size_t zones = 0;
            for (const auto& camera : config->cameras)
                zones += camera.zones.size();
            std::printf("%s is right: branch %s, %zu camera(s), %zu zone(s)\n", file->c_str(),
                        config->branch_code.c_str(), config->cameras.size(), zones);
            for (const auto& camera : config->cameras)
                if (camera.added)
                    std::printf("%s: added on the dashboard, kept in %s\n", camera.id.c_str(),
                                added_cameras_file(*config).c_str());
            for (const auto& note : config->notes)
                std::printf("note: %s\n", note.c_str());
            if (config->cameras.empty())
                std::printf(
                    "note: there is no camera yet; 'chairside run' serves a page on which to add one\n");
            for (const auto& camera : config->cameras)
                for (const auto& region : camera.ignore)
                    std::printf("%s: ignores people in '%s' (%.1f %% of the picture)\n", camera.id.c_str(),
                                region.name.c_str(), 100 * std::abs(signed_area(region.polygon)));
            if (!config->supabase.url.empty() && !config->supabase.can_send())
                std::printf(
                    "note: supabase.email and supabase.password are missing; events are kept in the branch "
                    "and "
                    "not sent\n");
            return kExitOk;
        };
    });
}

}  // namespace chairside
