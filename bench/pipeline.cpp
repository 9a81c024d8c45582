// The pipeline against its limit: frames per second end to end (decode, detect, track, zones, events, store)
// beside OpenVINO's own throughput for the same model and threads with nothing else running, in turns in one
// run.
//   bench_pipeline VIDEO [ROUNDS] [MODEL] [THREADS]
// Prints one line per round and the medians with their ratio.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/log.hpp"
#include "config/config.hpp"
#include "detect/detector.hpp"
#include "detect/openvino/measure.hpp"
#include "pipeline/runtime_service.hpp"
#include "store/store.hpp"

namespace {

using namespace chairside;

constexpr auto kLimitTime = std::chrono::seconds(6);

Config config_for(const std::string& video, const DetectorConfig& detector,
                  const std::filesystem::path& dir) {
    Config config;
    config.timezone = "UTC";
    config.device_id = "bench";
    config.reports.schedule = false;
    config.reports.dir = dir;
    config.detector = detector;
    config.storage.path = dir / "bench.db";
    CameraConfig camera;
    camera.id = "bench";
    camera.source = video;
    camera.target_fps = 0;  // every frame
    ZoneConfig zone;
    zone.name = "middle";
    zone.polygon = {{0.2, 0.2}, {0.8, 0.2}, {0.8, 0.8}, {0.2, 0.8}};
    zone.capacity = 12;
    zone.dwell = std::chrono::seconds(3);
    zone.grace = std::chrono::seconds(2);
    camera.zones = {zone};
    config.cameras = {camera};
    return config;
}

struct Run {
    double fps = 0;
    std::uint64_t frames = 0;
};

Result<Run> end_to_end(const Config& config) {
    std::filesystem::remove_all(config.reports.dir);
    std::filesystem::create_directories(config.reports.dir);
    auto detector = make_openvino_detector(config.detector);
    if (!detector) return tl::unexpected(detector.error());
    auto store = Store::open({config.storage.path, "BENCH", "bench"});
    if (!store) return tl::unexpected(store.error());
    const SystemClock clock;
    RuntimeService service(config, *detector, std::move(*store), clock);
    const auto start = clock.mono_now();
    if (auto started = service.start(); !started) return tl::unexpected(started.error());
    while (!service.wait(std::chrono::seconds(1))) {
    }
    const double seconds = to_seconds(clock.mono_now() - start);
    const auto status = service.status();
    service.stop();
    if (service.any_camera_failed()) return fail(ErrorKind::kInvalid, status.cameras.at(0).error);
    return Run{static_cast<double>(status.cameras.at(0).frames) / seconds, status.cameras.at(0).frames};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// "VmHWM" is the most that was ever resident.
long peak_resident_mib() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "VmHWM:") {
            long kib = 0;
            status >> kib;
            return kib / 1024;
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fprintf(stderr, "usage: bench_pipeline VIDEO [ROUNDS] [MODEL] [THREADS]\n"), 2;
    const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
    DetectorConfig detector;
    if (argc > 3) detector.model = argv[3];
    if (argc > 4) detector.threads = std::atoi(argv[4]);
    LogOptions quiet;
    quiet.level = LogLevel::kWarning;
    if (!init_log(quiet)) return 1;
    const auto dir =
        std::filesystem::temp_directory_path() / ("chairside-bench-" + std::to_string(::getpid()));
    const Config config = config_for(argv[1], detector, dir);

    std::vector<double> limits, rates, ratios;
    std::printf("%-6s %12s %14s %7s %8s\n", "round", "limit fps", "pipeline fps", "ratio", "frames");
    for (int round = 1; round <= rounds; ++round) {
        const auto before = measure_model_fps(detector, kLimitTime / 2);
        const auto run = end_to_end(config);
        const auto after = measure_model_fps(detector, kLimitTime / 2);
        for (const Error* error : {before ? nullptr : &before.error(), run ? nullptr : &run.error(),
                                   after ? nullptr : &after.error()}) {
            if (error != nullptr)
                return std::fprintf(stderr, "bench_pipeline: %s\n", error->message.c_str()), 1;
        }
        // The machine's speed drifts; the limit is taken on both sides of the run.
        limits.push_back((*before + *after) / 2);
        rates.push_back(run->fps);
        ratios.push_back(rates.back() / limits.back());
        std::printf("%-6d %12.1f %14.1f %7.3f %8llu\n", round, limits.back(), rates.back(), ratios.back(),
                    static_cast<unsigned long long>(run->frames));
    }
    std::printf("median %12.1f %14.1f %7.3f   bar 0.90   peak resident %ld MiB\n", median(limits),
                median(rates), median(ratios), peak_resident_mib());
    std::filesystem::remove_all(dir);
}
