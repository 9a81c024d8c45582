#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/log.hpp"
#include "common.hpp"
#include "sync/curl_transport.hpp"
#include "sync/provision.hpp"
#include "sync_command.hpp"

namespace chairside {
namespace {

constexpr char kKeyVariable[] = "CHAIRSIDE_SERVICE_KEY";

struct Options {
    std::string file, email, password_file;
    bool run = false, replace = false;
};

// From the configuration of the new device, which may lack the log-in still.
Result<NewDevice> new_device(const Config& config, const Options& options) {
    NewDevice out;
    const SupabaseConfig& to = config.supabase;
    if (to.url.empty())
        return fail(ErrorKind::kInvalid,
                    "supabase.url and supabase.key are missing in the configuration: which project is it?");
    out.url = to.url;
    out.branch = config.branch_code;
    out.branch_name = config.branch_name.empty() ? config.branch_code : config.branch_name;
    const auto zone = TimeZone::find(config.timezone);
    out.timezone = zone ? zone->name() : config.timezone;
    if (out.timezone != "UTC" && out.timezone.find('/') == std::string::npos)
        return fail(ErrorKind::kInvalid, "branch.timezone is '" + config.timezone +
                                             "'; the centre needs a name such as Europe/Berlin");
    char day_end[16];
    std::snprintf(day_end, sizeof day_end, "%02d:%02d", static_cast<int>(config.reports.day_end.count() / 60),
                  static_cast<int>(config.reports.day_end.count() % 60));
    out.day_end = day_end;
    out.device = config.device_id;
    out.email = options.email.empty() ? to.email : options.email;
    out.password = options.email.empty() || options.email == to.email ? to.password : "";
    if (out.email.find('@') == std::string::npos)
        return fail(ErrorKind::kInvalid,
                    "--email is missing: the device's address, such as ber-01.pc-1@devices.YOURDOMAIN; "
                    "nobody reads it");
    if (out.password.empty()) out.password = make_password();
    return out;
}

// Readable by its owner only, and never over something that is there.
Result<void> keep_password(const std::string& file, const std::string& password) {
    const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0) return fail(ErrorKind::kIo, file + ": cannot be made; is it there already?");
    const std::string line = password + "\n";
    const bool whole = ::write(to, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (::close(to) != 0 || !whole) return fail(ErrorKind::kIo, file + ": could not be written");
    return {};
}

int run_it(const Config& config, const NewDevice& device, const Options& options) {
    const char* given = std::getenv(kKeyVariable);
    const std::string key = given != nullptr ? given : "";
    ::unsetenv(kKeyVariable);
    mask_in_log(key);
    if (key.empty())
        return complain(
            {ErrorKind::kInvalid,
             std::string(kKeyVariable) + " is not set: the project's secret key, for this command only"},
            kExitFailed);
    if (const std::string why = service_key_fault(key); !why.empty())
        return complain({ErrorKind::kInvalid, std::string(kKeyVariable) + " " + why}, kExitFailed);
    const std::atomic<bool> stop = false;
    const auto transport = make_curl_transport(device.url, &stop);
    const auto done = provision(*transport, key, device, options.replace, [](const std::string& words) {
        std::printf("done    %s\n", words.c_str());
        std::fflush(stdout);
    });
    if (!done) return complain(done.error(), kExitFailed);
    Config tried = config;
    tried.supabase.email = device.email;
    tried.supabase.password = device.password;
    return print_test(tried) ? kExitOk : kExitFailed;
}

int provision_device(const Options& options) {
    const auto config = sync_config(options.file);
    if (!config) return kExitConfig;
    const auto device = new_device(*config, options);
    if (!device) return complain(device.error(), kExitFailed);
    if (!options.password_file.empty())
        if (const auto kept = keep_password(options.password_file, device->password); !kept)
            return complain(kept.error(), kExitFailed);
    int code = kExitOk;
    if (options.run)
        code = run_it(*config, *device, options);
    else
        std::printf("%s\n", provisioning_script(*device).c_str());
    if (code != kExitOk) return code;
    std::printf("# For the configuration of this device:\n%s",
                config_snippet(*device, config->supabase.key, options.password_file).c_str());
    return kExitOk;
}

}  // namespace

void add_sync_provision(CLI::App& sync, Action& action) {
    const auto options = std::make_shared<Options>();
    auto* cmd =
        sync.add_subcommand("provision", "What the owner runs to add a branch and a device, or run it");
    cmd->add_option("-c,--config", options->file,
                    "The new device's configuration: project, branch, time zone, device.id")
        ->required();
    cmd->add_option("--email", options->email, "Its log-in; nobody reads that address");
    cmd->add_option(
        "--password-file", options->password_file,
        "Write the password into this new file, for its owner's eyes, and name it in the snippet");
    cmd->add_flag("--run", options->run,
                  "Do it now, with the project's secret key from CHAIRSIDE_SERVICE_KEY");
    cmd->add_flag("--replace", options->replace,
                  "A device that has a log-in gets this one; the old one ends at once");
    cmd->footer(
        "Without --run nothing is changed: SQL and a request are printed. A secret key is never stored or "
        "logged.\n"
        "Exit codes: 0 printed, or done and tested; 1 something is in the way; 3 wrong configuration.");
    cmd->callback([=, &action] { action = [=] { return provision_device(*options); }; });
}

}  // namespace chairside
