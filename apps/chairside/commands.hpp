#pragma once
// The subcommands. Each registers itself with the command line and returns the process's exit code.

#include <functional>

namespace CLI {
class App;
}

namespace chairside {

// The exit codes of every subcommand; printed by `chairside --help` and described in docs/cli.md.
enum ExitCode : int {
    kExitOk = 0,
    kExitFailed = 1,      // something went wrong while running; the last line on stderr says what
    kExitUsage = 2,       // the command line is wrong
    kExitConfig = 3,      // the configuration, scene or detections file is wrong
    kExitNotRunning = 4,  // status: no service answers
    kExitTooFarOff = 5,   // eval: the counts differ by more than --max-error
    kExitStuck = 6,       // run: a thread does not turn any more; systemd starts the service anew
};

// The chosen subcommand's body; set while the command line is parsed, run afterwards.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_status(CLI::App& app, Action& action);
void add_replay(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_eval(CLI::App& app, Action& action);
void add_zones(CLI::App& app, Action& action);
void add_models(CLI::App& app, Action& action);
void add_sync(CLI::App& app, Action& action);

}  // namespace chairside
