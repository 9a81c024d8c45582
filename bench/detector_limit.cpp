// bench_detector: how fast OpenVINO alone runs a model here, and what of it `Detector` keeps.
//   bench_detector [--model NAME|FILE] [--threads N] [--seconds S] [--device D]
// Prints CSV: what,value,unit.

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <string>

#include "detect/decode/decoder.hpp"
#include "detect/detector.hpp"
#include "detect/openvino/measure.hpp"
#include "detect/tiles.hpp"

namespace {

using namespace chairside;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

double resident_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        double kib = 0;
        if (word == "VmRSS:" && status >> kib) return kib / 1024;
    }
    return 0;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

FramePtr grey_frame(const Detector& detector) {
    auto frame = std::make_shared<Frame>();
    frame->info.width = 768;
    frame->info.height = 576;
    for (const auto& spec : detector.views({})) {
        Image image{spec.width,  spec.height, spec.width * 3,
                    spec.format, {},          {0, 0, double(spec.width), double(spec.height)}};
        image.bytes.assign(static_cast<std::size_t>(spec.width) * spec.height * 3, 114);
        frame->views.push_back(std::move(image));
    }
    return frame;
}

// Frames per second through detect(), with as many futures open as there are requests.
double detector_fps(Detector& detector, double seconds) {
    const FramePtr frame = grey_frame(detector);
    std::deque<std::future<Result<Detections>>> open;
    const auto start = Steady::now();
    std::size_t done = 0;
    while (seconds_since(start) < seconds) {
        open.push_back(detector.detect(frame));
        if (open.size() < static_cast<std::size_t>(detector.info().requests)) continue;
        open.front().get();
        open.pop_front();
        ++done;
    }
    const double fps = static_cast<double>(done) / seconds_since(start);
    for (auto& future : open)
        future.get();
    return fps;
}

// Decoding, suppression and mapping of one frame of the default model's shape, with a crowd of 120 candidates.
double decode_ms() {
    constexpr int kAnchors = 1917, kCrowd = 120, kRuns = 2000;
    std::vector<float> boxes(kAnchors * 4), scores(kAnchors, 0.01f);
    for (int i = 0; i < kAnchors; ++i) {
        const float x = static_cast<float>(i * 37 % 90) / 100, y = static_cast<float>(i * 53 % 70) / 100;
        for (int k = 0; k < 4; ++k)
            boxes[i * 4 + k] = (k % 2 ? x : y) + (k < 2 ? 0 : k % 2 ? 0.06f : 0.2f);
    }
    for (int i = 0; i < kCrowd; ++i)
        scores[i * 15] = 0.2f + static_cast<float>(i) / 200;
    const std::vector<TensorView> outputs{{{1, kAnchors, 1, 4}, boxes.data()},
                                          {{1, kAnchors, 1}, scores.data()}};
    const Layout layout{
        .family = Family::kSsdRaw, .boxes = 0, .scores = 1, .order = BoxOrder::kYxyx, .normalised = true};
    const auto start = Steady::now();
    for (int i = 0; i < kRuns; ++i) {
        auto found = decode(layout, outputs, {300, 300});
        if (!found || found->empty()) return -1;
        if (merge_views({{{0, 0, 1, 1}, {0, 0, 300, 300}, std::move(*found)}}, 768, 576, 0.6).empty())
            return -1;
    }
    return seconds_since(start) / kRuns * 1000;
}

void print(const char* what, double value, const char* unit) {
    std::printf("%s,%.3f,%s\n", what, value, unit);
}

int run(const DetectorConfig& config, double seconds) {
    const auto loading = Steady::now();
    auto detector = make_openvino_detector(config);
    if (!detector) {
        std::fprintf(stderr, "bench_detector: %s\n", detector.error().message.c_str());
        return 1;
    }
    print("load", seconds_since(loading), "s");
    print("requests", (*detector)->info().requests, "");
    print("resident_after_load", resident_mb(), "MB");
    detector_fps(**detector, 0.5);
    const double cpu = cpu_seconds();
    const double fps = detector_fps(**detector, seconds);
    print("detector", fps, "frames/s");
    print("detector_cpu", (cpu_seconds() - cpu) / (fps * seconds) * 1000, "ms/frame");
    print("resident_after_run", resident_mb(), "MB");
    detector->reset();
    print("decode_and_nms", decode_ms(), "ms/frame");
    const auto limit = measure_model_fps(config, from_seconds(seconds));
    if (!limit) {
        std::fprintf(stderr, "bench_detector: %s\n", limit.error().message.c_str());
        return 1;
    }
    print("openvino_limit", *limit, "frames/s");
    print("ratio", fps / *limit, "");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("OpenVINO's own limit and the detector's speed for one model");
    DetectorConfig config;
    double seconds = 5;
    app.add_option("--model", config.model, "name or file");
    app.add_option("--threads", config.threads, "0: all cores");
    app.add_option("--device", config.device);
    app.add_option("--seconds", seconds);
    CLI11_PARSE(app, argc, argv);
    return run(config, seconds);
}
