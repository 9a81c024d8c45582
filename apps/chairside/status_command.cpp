#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "commands.hpp"
#include "common.hpp"
#include "serve/status.hpp"

namespace chairside {
namespace {

struct StatusFlags {
    std::string config, socket;
    bool watch = false;
    double interval_s = 1;
};

std::string age_text(const std::optional<double>& age) {
    if (!age) return "never";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s ago", *age);
    return text;
}

void print_for_people(const Status& s) {
    std::printf("\x1b[H\x1b[2J%s / %s   up %.0f s   chairside %s\n\n", s.branch.c_str(), s.device.c_str(),
                s.uptime_s, s.version.c_str());
    std::printf("  haircuts %d   washes %d   waits %d   people in zones now %d   events to send %lld\n\n",
                s.summary.haircuts, s.summary.washes, s.summary.waits, s.summary.active_people,
                static_cast<long long>(s.events_queued));
    if (s.sync.state != "off")
        std::printf("  sending: %s%s%s\n\n", s.sync.state.c_str(), s.sync.last_error.empty() ? "" : ": ",
                    s.sync.last_error.c_str());
    std::printf("  %-16s %-10s %8s %14s %8s %8s\n", "camera", "state", "fps", "last picture", "people",
                "dropped");
    for (const auto& c : s.cameras) {
        std::printf("  %-16s %-10s %8.1f %14s %8d %8llu\n", c.id.c_str(), c.state.c_str(), c.fps,
                    age_text(c.last_frame_age_s).c_str(), c.active_tracks,
                    static_cast<unsigned long long>(c.dropped));
        if (!c.error.empty()) std::printf("    %s\n", c.error.c_str());
    }
    std::printf("\nCtrl-C to leave\n");
    std::fflush(stdout);
}

int print_status(const StatusFlags& flags) {
    std::filesystem::path socket = flags.socket;
    if (socket.empty()) {
        const auto config =
            load_or_explain(flags.config, ConfigOptions{.check_paths = false, .need_cameras = false});
        if (!config) return kExitConfig;
        socket = config->runtime.socket;
    }
    for (;;) {
        const auto status = query_status(socket);
        if (!status) {
            if (!flags.watch) std::printf("{\"running\": false}\n");
            return complain(status.error(), kExitNotRunning);
        }
        if (!flags.watch) {
            std::printf("%s\n", to_json(*status).c_str());
            return kExitOk;
        }
        print_for_people(*status);
        std::this_thread::sleep_for(std::chrono::duration<double>(flags.interval_s));
    }
}

}  // namespace

void add_status(CLI::App& app, Action& action) {
    auto* cmd = app.add_subcommand("status", "What the running service does, as JSON");
    auto flags = std::make_shared<StatusFlags>();
    auto* config = cmd->add_option("-c,--config", flags->config, "The service's configuration file");
    auto* socket =
        cmd->add_option("--socket", flags->socket, "The service's status socket, instead of --config");
    config->excludes(socket);
    cmd->add_flag("-w,--watch", flags->watch, "Keep showing it, for people");
    cmd->add_option("--interval", flags->interval_s, "Seconds between two looks with --watch")
        ->check(CLI::Range(0.1, 3600.0));
    cmd->footer("Exit codes: 0 the service answered; 4 none is running.");
    cmd->callback([=, &action] {
        if (flags->config.empty() && flags->socket.empty()) throw CLI::RequiredError("--config or --socket");
        action = [=] { return print_status(*flags); };
    });
}

}  // namespace chairside
