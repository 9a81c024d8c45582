#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>

#include "base/log.hpp"
#include "commands.hpp"
#include "common.hpp"
#include "detect/detector.hpp"
#include "last_words.hpp"
#include "pipeline/runtime_service.hpp"
#include "serve/dashboard.hpp"
#include "serve/machine.hpp"
#include "serve/status.hpp"
#include "store/store.hpp"
#include "watchdog.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;

// They are blocked before any thread starts and taken here, so that stopping and reading the configuration again are ordinary
// code.
class Signals {
  public:
    Signals() {
        sigemptyset(&set_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP})
            sigaddset(&set_, signal);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        ::signal(SIGPIPE, SIG_IGN);
        ::signal(SIGXFSZ, SIG_IGN);  // a file as large as it may be is an error like a full disk
    }
    // The one that arrived; 0: none.
    int next() const {
        const timespec none{};
        return std::max(0, sigtimedwait(&set_, nullptr, &none));
    }
    // A second Ctrl-C ends the process at once; the store is safe at any moment.
    void release() const {
        ::signal(SIGHUP, SIG_IGN);
        pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
    }

  private:
    sigset_t set_{};
};

void show_progress(ProgressBar& bar, const Status& status) {
    double sum = 0, fps = 0;
    int files = 0;
    for (const auto& camera : status.cameras) {
        fps += camera.fps;
        if (!camera.progress) continue;
        sum += *camera.progress;
        ++files;
    }
    if (files == 0) return;
    char note[128];
    std::snprintf(note, sizeof note, "%.0f frames/s  haircuts %d  washes %d  waits %d", fps,
                  status.summary.haircuts, status.summary.washes, status.summary.waits);
    bar.show(sum / files, note);
}

int serve_until_stopped(RuntimeService& service, const Signals& signals, bool progress) {
    ProgressBar bar("analysing", progress);
    Watchdog watchdog;
    watchdog.started();
    bool stopped = false;
    for (int turn = 0; !service.wait(100ms); ++turn) {
        const int signal = signals.next();
        if (signal == SIGHUP) service.reload();
        stopped = signal == SIGINT || signal == SIGTERM;
        if (stopped) break;
        watchdog.tick();
        if (turn % 2 == 0) show_progress(bar, service.status());
    }
    if (!stopped) show_progress(bar, service.status());
    bar.done();
    watchdog.stopping();
    if (stopped) log_info("", "asked to stop; finishing what is in hand");
    signals.release();
    service.stop();
    return !stopped && service.any_camera_failed() ? kExitFailed : kExitOk;
}

// Tells the dashboard what the service does. The service is watched before the dashboard is there and after it went.
class DashboardWatch {
  public:
    explicit DashboardWatch(RuntimeService& service) {
        service.subscribe([this](const Event& event) { with([&](Dashboard& d) { d.event_stored(event); }); });
        service.watch({[this] { with([](Dashboard& d) { d.changed(); }); },
                       [this](const std::string& camera, const Tracks& tracks) {
                           with([&](Dashboard& d) { d.tracks(camera, tracks); });
                       },
                       [this] { with([](Dashboard& d) { d.tick(); }); }});
    }
    void begin(Dashboard* dashboard) { dashboard_ = dashboard; }

  private:
    template <typename F>
    void with(F&& f) {
        if (Dashboard* dashboard = dashboard_) f(*dashboard);
    }
    std::atomic<Dashboard*> dashboard_ = nullptr;
};

int run_service(const std::string& file, bool progress) {
    keep_one_heap();
    const Signals signals;
    auto config = load_or_explain(file);
    if (!config) return kExitConfig;
    if (auto logging = init_log(config->logging); !logging) return complain(logging.error(), kExitFailed);
    say_last_words();
    for (auto& secret : secrets_of(*config))
        mask_in_log(std::move(secret));
    for (const std::string& note : config->notes)
        log_warning("", note);

    StoreOptions options{config->storage.path, config->branch_code, config->device_id};
    options.to_broker = !config->mqtt.host.empty();
    options.max_bytes = static_cast<std::int64_t>(config->storage.max_bytes);
    auto store = Store::open(options);
    if (!store) return complain(store.error(), kExitFailed);
    auto detector = make_openvino_detector(config->detector);
    if (!detector) return complain(detector.error(), kExitFailed);

    const SystemClock clock;
    RuntimeService service(*config, std::move(*detector), std::move(*store), clock);
    auto status = StatusServer::start(config->runtime.socket, [&] { return service.status(); });
    if (!status) return complain(status.error(), kExitFailed);
    DashboardWatch watch(service);
    if (auto started = service.start(); !started) return complain(started.error(), kExitFailed);
    std::unique_ptr<Dashboard> dashboard;
    if (config->dashboard.listen != DashboardConfig::Listen::kOff) {
        auto opened = Dashboard::start(*config, service.shop(), service.store(), clock);
        if (!opened) {
            service.stop();  // before what watches it goes
            return complain(opened.error(), kExitFailed);
        }
        dashboard = std::move(*opened);
        watch.begin(dashboard.get());
    }
    const int code = serve_until_stopped(service, signals, progress);
    dashboard.reset();  // after the cameras' threads, which tell it things, and before the service it asks
    status->reset();
    return code;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
    auto* cmd = app.add_subcommand("run", "Run the service: watch the cameras and count");
    auto file = std::make_shared<std::string>();
    auto progress = std::make_shared<bool>(false);
    cmd->add_option("-c,--config", *file, "The configuration file (YAML)")->required();
    cmd->add_flag("--progress", *progress, "Print the progress of files also when stderr is not a terminal");
    cmd->footer(
        "Video files play as fast as they can and the program ends at their end, unless the configuration "
        "says\n"
        "'realtime: true' or 'loop: true'. SIGINT and SIGTERM finish what is in hand and end it within 5 s; "
        "SIGHUP\n"
        "reads the configuration again. Without a camera it waits for one to be added on the dashboard.\n"
        "Exit codes: 0 stopped or all files done; 1 a camera's file could not be read, or the store, the "
        "model or\n"
        "the socket failed; 3 the configuration is wrong.");
    cmd->callback([=, &action] { action = [=] { return run_service(*file, *progress); }; });
}

}  // namespace chairside
