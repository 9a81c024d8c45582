// chairside: one binary, a subcommand per job.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "commands.hpp"

int main(int argc, char** argv) {
    using namespace chairside;
    CLI::App app{
        "Chairside counts haircuts, washes and waits from a salon's cameras.\n"
        "No picture leaves this computer."};
    app.set_version_flag("--version", "chairside " CHAIRSIDE_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done; 1 failed while running; 2 wrong command line; 3 wrong configuration, scene or\n"
        "detections file; 4 no service is running (status); 5 further off than allowed (eval).\n"
        "'chairside SUBCOMMAND --help' explains each; docs/cli.md has examples.");
    Action action;
    add_run(app, action);
    add_check(app, action);
    add_status(app, action);
    add_replay(app, action);
    add_report(app, action);
    add_eval(app, action);
    add_zones(app, action);
    add_models(app, action);
    add_sync(app, action);
    try {
        app.parse(argc, argv);
        return action ? action() : kExitUsage;
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? kExitOk : kExitUsage;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "chairside: unexpected failure, please report: %s\n", e.what());
        return kExitFailed;
    }
}
