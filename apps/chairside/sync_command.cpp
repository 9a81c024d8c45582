#include "sync_command.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "base/log.hpp"
#include "common.hpp"
#include "serve/status.hpp"
#include "sync/curl_transport.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;

SupabaseAccess access_of(const Config& config) {
    const SupabaseConfig& to = config.supabase;
    return {to.url, to.key, to.email, to.password, config.branch_code, config.device_id};
}

// What stands in the way before anything is sent; empty: nothing.
std::string missing(const SupabaseConfig& to) {
    if (to.url.empty())
        return "supabase.url and supabase.key are missing: this branch is not connected to a project";
    if (!to.can_send())
        return "supabase.email and supabase.password are missing: the log-in of this PC in the project";
    return {};
}

int test_connection(const std::string& file) {
    const auto config = sync_config(file);
    if (!config) return kExitConfig;
    if (const std::string why = missing(config->supabase); !why.empty())
        return complain({ErrorKind::kInvalid, why}, kExitFailed);
    const bool good = print_test(*config);
    std::printf(good ? "everything is ready to send\n"
                     : "nothing is lost meanwhile: events wait in the outbox\n");
    return good ? kExitOk : kExitFailed;
}

std::string ago(const std::optional<double>& seconds) {
    if (!seconds) return "never";
    char text[48];
    if (*seconds < 120) {
        std::snprintf(text, sizeof text, "%.0f s ago", *seconds);
    } else if (*seconds < 7200) {
        std::snprintf(text, sizeof text, "%.0f min ago", *seconds / 60);
    } else {
        std::snprintf(text, sizeof text, "%.1f h ago", *seconds / 3600);
    }
    return text;
}

void print_queue(std::int64_t queued, const std::optional<double>& oldest, std::int64_t dead,
                 const std::map<std::string, std::int64_t>& dropped) {
    std::printf("waiting   %lld", static_cast<long long>(queued));
    if (oldest) std::printf(", the oldest written %s", ago(oldest).c_str());
    std::printf("\ndead      %lld\n", static_cast<long long>(dead));
    for (const auto& [what, rows] : dropped)
        std::printf("given up  %lld %s, for want of room\n", static_cast<long long>(rows), what.c_str());
}

int print_offline(const Config& config) {
    const auto store = Store::open_read_only(config.storage.path);
    if (!store) return complain(store.error(), kExitFailed);
    const auto queue = (*store)->outbox_state();
    if (!queue) return complain(queue.error(), kExitFailed);
    std::printf("state     no service is running\n");
    std::optional<double> oldest;
    if (queue->oldest) oldest = std::max(0.0, to_seconds(SystemClock().wall_now() - *queue->oldest));
    print_queue(queue->queued, oldest, queue->dead, queue->dropped);
    return kExitNotRunning;
}

void print_settings(const SettingsStatus& settings) {
    if (settings.revision > 0)
        std::printf("settings  revision %d of the branch\n", settings.revision);
    else
        std::printf("settings  of the file\n");
    if (settings.refused)
        std::printf("refused   revision %d: %s\n", *settings.refused, settings.error.c_str());
}

int show_state(const std::string& file) {
    const auto config = sync_config(file);
    if (!config) return kExitConfig;
    const auto status = query_status(config->runtime.socket);
    if (!status) return print_offline(*config);
    const SyncState& sync = status->sync;
    std::printf("state     %s\n", sync.state.c_str());
    print_queue(status->events_queued, status->oldest_queued_s, status->dead_letters, status->dropped);
    std::printf("sent      %lld in this run, last %s\n", static_cast<long long>(sync.sent),
                ago(status->last_sent_s).c_str());
    if (!sync.last_error.empty()) std::printf("trouble   %s\n", sync.last_error.c_str());
    std::printf("breaker   %s\n", sync.breaker.c_str());
    if (sync.next_try_in) std::printf("next try  in %.0f s\n", to_seconds(*sync.next_try_in));
    print_settings(status->config);
    return kExitOk;
}

std::atomic<bool> interrupted = false;

int send_now(const std::string& file) {
    const auto config = sync_config(file);
    if (!config) return kExitConfig;
    if (const std::string why = missing(config->supabase); !why.empty())
        return complain({ErrorKind::kInvalid, why}, kExitFailed);
    auto store = open_store(*config);
    if (service_holds(store)) return hand_over(*config, {true, std::nullopt}, "the service sends now");
    if (!store) return complain(store.error(), kExitFailed);
    std::signal(SIGINT, [](int) { interrupted = true; });
    std::int64_t sent = 0;
    const auto done =
        send_all(**store, SystemClock(), access_of(*config), [&](const SyncState& s, std::int64_t left) {
            if (s.sent != sent)
                std::fprintf(stderr, "sent %lld, waiting %lld\n", static_cast<long long>(s.sent),
                             static_cast<long long>(left));
            sent = s.sent;
            return !interrupted;
        });
    const auto queue = (*store)->outbox_state();
    std::printf("sent %lld, waiting %lld, dead %lld\n", static_cast<long long>(sent),
                static_cast<long long>(queue ? queue->queued : -1),
                static_cast<long long>(queue ? queue->dead : -1));
    return done ? kExitOk : complain(done.error(), kExitFailed);
}

}  // namespace

bool print_test(const Config& config) {
    const std::atomic<bool> stop = false;
    const SystemClock clock;
    Random random(std::random_device{}());
    const auto transport = make_curl_transport(config.supabase.url, &stop);
    // Its own log-in, kept nowhere: a running service's session is not touched.
    const TokenKeeper nowhere{[] { return std::nullopt; }, [](const std::string&) { return Result<void>(); }};
    SupabaseClient client(access_of(config), *transport, nowhere, clock, random);
    bool good = true;
    for (const auto& finding : client.test()) {
        std::printf("%-7s %-20s %s\n", finding.good ? "ok" : "FAILED", finding.what.c_str(),
                    finding.words.c_str());
        std::fflush(stdout);
        good = good && finding.good;
    }
    return good;
}

std::optional<Config> sync_config(const std::string& file) {
    auto config = load_or_explain(file, ConfigOptions{.check_paths = false, .need_cameras = false});
    if (!config) return std::nullopt;
    LogOptions quiet = config->logging;
    quiet.file.clear();  // the service's; two writers would rotate it away from each other
    quiet.level = LogLevel::kError;
    if (const auto ready = init_log(quiet); !ready)
        std::fprintf(stderr, "%s\n", ready.error().message.c_str());
    for (auto& secret : secrets_of(*config))
        mask_in_log(std::move(secret));
    return config;
}

Result<std::unique_ptr<Store>> open_store(const Config& config) {
    std::error_code error;
    if (!std::filesystem::exists(config.storage.path, error))
        return fail(ErrorKind::kNotFound, config.storage.path.string() + ": there is no store yet");
    StoreOptions options{config.storage.path, config.branch_code, config.device_id};
    options.max_bytes = static_cast<std::int64_t>(config.storage.max_bytes);
    return Store::open(options);
}

bool service_holds(const Result<std::unique_ptr<Store>>& opened) {
    return !opened && opened.error().kind == ErrorKind::kUnavailable;
}

int hand_over(const Config& config, const Errand& errand, const char* done) {
    const auto file = errands_of(config.storage.path);
    if (const auto left = leave_errand(file, errand); !left) return complain(left.error(), kExitFailed);
    std::error_code error;
    for (int tenths = 0; tenths < 200; ++tenths) {
        if (!std::filesystem::exists(file, error)) {
            std::printf("%s\n", done);
            return kExitOk;
        }
        std::this_thread::sleep_for(100ms);
    }
    std::filesystem::remove(file, error);
    return complain(
        {ErrorKind::kUnavailable,
         "a process holds the store but takes no errands: does its configuration have supabase.url, key, "
         "email and password?"},
        kExitFailed);
}

void add_sync(CLI::App& app, Action& action) {
    auto* sync = app.add_subcommand("sync", "Sending to the central store: test, look, send, dead letters");
    sync->require_subcommand(1);
    const auto file = std::make_shared<std::string>();
    auto* test = with_config(*sync, "test", "Try the connection and say in words what is wrong", file);
    test->footer(
        "Exit codes: 0 everything is ready; 1 something is wrong, and was printed; 3 wrong configuration.");
    test->callback([=, &action] { action = [=] { return test_connection(*file); }; });
    auto* state = with_config(*sync, "status", "What waits, what was sent, what is in the way", file);
    state->footer(
        "Exit codes: 0 the service answered; 4 none is running (the store's numbers were printed).");
    state->callback([=, &action] { action = [=] { return show_state(*file); }; });
    auto* now = with_config(*sync, "now",
                            "Send now: forget the waits, or, without a service, send all and end", file);
    now->footer(
        "Exit codes: 0 all is sent, or the service sends now; 1 something is in the way; 3 wrong "
        "configuration.");
    now->callback([=, &action] { action = [=] { return send_now(*file); }; });
    add_sync_dead(*sync, action);
    add_sync_provision(*sync, action);
}

}  // namespace chairside
