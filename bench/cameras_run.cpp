// One measured run of the service, for bench/cameras: all cameras of a configuration, from the first picture to the last.
//   bench_cameras --config FILE [--live SECONDS]
// Prints JSON: CPU and wall seconds without the loading of the model, then pictures, drops and services.
// --live: files are shown at their own speed, round and round, and treated as cameras are: what is late is dropped.

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/locked.hpp"
#include "base/log.hpp"
#include "config/config.hpp"
#include "detect/detector.hpp"
#include "pipeline/runtime_service.hpp"
#include "serve/machine.hpp"
#include "store/store.hpp"

namespace {

using namespace chairside;
using Json = nlohmann::ordered_json;
using Services = Locked<std::map<EventId, Event>>;

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Result<std::unique_ptr<FrameSource>> open_as_camera(const SourceOptions& options, const Clock& clock,
                                                    const std::atomic<bool>* cancel) {
    SourceOptions paced = options;
    paced.live = false;
    paced.realtime = paced.loop = true;
    return open_source(paced, clock, cancel);
}

Json camera_json(const CameraStatus& c) {
    Json out{{"id", c.id}, {"frames", c.frames}, {"dropped", c.dropped}, {"fps", c.fps}};
    out["too_old"] = c.too_old;
    out["cropped"] = c.cropped;
    out["allowed_fps"] = c.allowed_fps;
    if (c.delay_p99_ms) out["delay_p99_ms"] = *c.delay_p99_ms;
    if (!c.error.empty()) out["error"] = c.error;
    return out;
}

Json services_json(const std::map<EventId, Event>& events) {
    Json out = Json::array();
    for (const auto& [id, e] : events) {
        if (e.verdict != Verdict::kCounted) continue;
        const auto seconds = [](WallTime t) { return to_seconds(t.time_since_epoch()); };
        out.push_back({{"camera", e.camera},
                       {"zone", e.zone},
                       {"type", to_string(e.type)},
                       {"enter_s", seconds(e.start)},
                       {"exit_s", seconds(e.end)}});
    }
    return out;
}

void wait_for_end(RuntimeService& service, double live_s) {
    if (live_s > 0) {
        service.wait(from_seconds(live_s));
        return;
    }
    while (!service.wait(std::chrono::seconds(1))) {
    }
}

Result<Json> measure(Config config, double live_s) {
    if (live_s > 0)
        for (auto& camera : config.cameras)
            camera.live = true;
    auto detector = make_openvino_detector(config.detector);
    if (!detector) return tl::unexpected(detector.error());
    auto store = Store::open({config.storage.path, config.branch_code, config.device_id});
    if (!store) return tl::unexpected(store.error());
    const SystemClock clock;
    Services services;
    RuntimeService service(config, *detector, std::move(*store), clock,
                           live_s > 0 ? SourceOpener(open_as_camera) : SourceOpener(open_source));
    service.subscribe([&](const Event& e) { services.with([&](auto& all) { all[e.id] = e; }); });
    const auto begin = clock.mono_now();
    const double cpu = cpu_seconds();
    if (auto started = service.start(); !started) return tl::unexpected(started.error());
    wait_for_end(service, live_s);
    Json out{{"cpu_s", cpu_seconds() - cpu}, {"wall_s", to_seconds(clock.mono_now() - begin)}};
    const Status status = service.status();
    service.stop();
    out["model"] = (*detector)->info().path;
    out["cameras"] = Json::array();
    for (const auto& camera : status.cameras)
        out["cameras"].push_back(camera_json(camera));
    out["services"] = services.with(services_json);
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("One measured run of the service over the cameras of a configuration");
    std::string file;
    double live_s = 0;
    app.add_option("--config", file)->required();
    app.add_option("--live", live_s, "As live cameras, for so many seconds");
    CLI11_PARSE(app, argc, argv);
    keep_one_heap();  // as the service does
    LogOptions quiet;
    quiet.level = LogLevel::kWarning;
    if (!init_log(quiet)) return 1;
    const auto config = load_config(file);
    if (!config) {
        for (const auto& fault : config.error())
            std::fprintf(stderr, "%s\n", fault.to_string().c_str());
        return 3;
    }
    const auto done = measure(*config, live_s);
    if (!done) return std::fprintf(stderr, "bench_cameras: %s\n", done.error().message.c_str()), 1;
    std::printf("%s\n", done->dump().c_str());
}
