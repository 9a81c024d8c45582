#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "common.hpp"
#include "report/report_generator.hpp"
#include "store/store.hpp"

namespace chairside {
namespace {

struct ReportFlags {
    std::string config, date, from, to, dir;
    bool quiet = false;
};

int write_report(ReportFlags flags) {
    auto config = load_or_explain(flags.config, ConfigOptions{.check_paths = false, .need_cameras = false});
    if (!config) return kExitConfig;
    if (!flags.dir.empty()) config->reports.dir = flags.dir;
    const auto store = Store::open_read_only(config->storage.path);
    if (!store) return complain(store.error(), kExitFailed);
    const auto zone = TimeZone::find(config->timezone);
    if (!zone) return complain(zone.error(), kExitConfig);
    ReportGenerator reports(**store, *zone, config->reports, config->branch_code, config->device_id);
    reports.expect(config->cameras);
    if (flags.date == "today") flags.date = reports.business_date(SystemClock().wall_now());
    const std::string from = flags.date.empty() ? flags.from : flags.date,
                      to = flags.date.empty() ? flags.to : flags.date;
    const auto summary = reports.summarize(from, to);
    if (!summary)
        return complain(summary.error(),
                        summary.error().kind == ErrorKind::kInvalid ? kExitUsage : kExitFailed);
    const auto files = reports.write(from, to);
    if (!files) return complain(files.error(), kExitFailed);
    if (!flags.quiet) std::printf("%s\n", reports.as_text(*summary).c_str());
    std::printf("CSV   %s\ntext  %s\nHTML  %s\nJSON  %s\n", files->csv.c_str(), files->text.c_str(),
                files->html.c_str(), files->json.c_str());
    return kExitOk;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
    auto* cmd =
        app.add_subcommand("report", "Write the report of a day or a range of days: CSV, text, HTML, JSON");
    auto flags = std::make_shared<ReportFlags>();
    cmd->add_option("-c,--config", flags->config, "The service's configuration file")->required();
    auto* date = cmd->add_option("--date", flags->date, "One day, YYYY-MM-DD, or 'today'");
    auto* from = cmd->add_option("--from", flags->from, "First day, YYYY-MM-DD");
    auto* to = cmd->add_option("--to", flags->to, "Last day, YYYY-MM-DD, included");
    cmd->add_option("--dir", flags->dir, "Where to write; default: reports.dir of the configuration");
    cmd->add_flag("-q,--quiet", flags->quiet, "Only print where the files are");
    date->excludes(from)->excludes(to);
    from->needs(to);
    to->needs(from);
    cmd->footer(
        "Days are the branch's business days in its time zone. The service may be running meanwhile.\nExit "
        "codes: 0 written; 1 no "
        "store or not writable; 2 wrong date; 3 wrong configuration.");
    cmd->callback([=, &action] {
        if (flags->date.empty() && flags->from.empty())
            throw CLI::RequiredError("--date, or --from and --to");
        action = [=] { return write_report(*flags); };
    });
}

}  // namespace chairside
