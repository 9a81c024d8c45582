// bench_detector_rows: detections of a video as MOT rows, to score the detector with bench/ap50.py. Pictures
// come from the ffmpeg program, so that ways of scaling can be compared and nothing of `capture` is needed.
//   bench_detector_rows VIDEO --size 768x576 [--tiles 2x1] [--scaling area] [--model M] > rows.txt

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "detect/detector.hpp"

namespace {

using namespace chairside;

struct PipeClose {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
};
using Pipe = std::unique_ptr<std::FILE, PipeClose>;

// One ffmpeg per view. Letterboxing is done here too, so that every decoder can be tried.
Pipe open_view(const std::string& video, const ViewSpec& spec, int width, int height,
               const std::string& scaling, Box& content) {
    const int w = static_cast<int>(spec.region.w * width), h = static_cast<int>(spec.region.h * height);
    const int x = static_cast<int>(spec.region.x * width), y = static_cast<int>(spec.region.y * height);
    int sw = spec.width, sh = spec.height, px = 0, py = 0;
    if (spec.fit != Fit::kStretch) {
        const double scale = std::min(double(spec.width) / w, double(spec.height) / h);
        sw = static_cast<int>(w * scale + 0.5);
        sh = static_cast<int>(h * scale + 0.5);
        if (spec.fit == Fit::kLetterboxCentered) px = (spec.width - sw) / 2, py = (spec.height - sh) / 2;
    }
    content = {double(px), double(py), double(sw), double(sh)};
    const auto n = [](int v) { return std::to_string(v); };
    const std::string filter = "crop=" + n(w) + ":" + n(h) + ":" + n(x) + ":" + n(y) + ",scale=" + n(sw) +
                               ":" + n(sh) + ":flags=" + scaling + ",pad=" + n(spec.width) + ":" +
                               n(spec.height) + ":" + n(px) + ":" + n(py) + ":color=0x727272";
    const std::string format = spec.format == PixelFormat::kBgr24 ? "bgr24" : "rgb24";
    const std::string command =
        "ffmpeg -v error -i '" + video + "' -vf '" + filter + "' -f rawvideo -pix_fmt " + format + " -";
    return Pipe(popen(command.c_str(), "r"));
}

int run(Detector& detector, const std::string& video, int width, int height, Tiles tiles,
        const std::string& scaling) {
    const auto specs = detector.views(tiles);
    std::vector<Pipe> pipes;
    std::vector<Box> contents(specs.size());
    for (std::size_t v = 0; v < specs.size(); ++v)
        pipes.push_back(open_view(video, specs[v], width, height, scaling, contents[v]));
    for (std::uint64_t number = 0;; ++number) {
        auto frame = std::make_shared<Frame>();
        frame->info = {number, {}, {}, width, height};
        for (std::size_t v = 0; v < specs.size(); ++v) {
            Image image{specs[v].width, specs[v].height, specs[v].width * 3, specs[v].format, {},
                        contents[v]};
            image.bytes.resize(static_cast<std::size_t>(image.stride) * image.height);
            if (std::fread(image.bytes.data(), 1, image.bytes.size(), pipes[v].get()) != image.bytes.size())
                return 0;
            frame->views.push_back(std::move(image));
        }
        const auto found = detector.detect(frame, tiles).get();
        if (!found) {
            std::fprintf(stderr, "bench_detector_rows: %s\n", found.error().message.c_str());
            return 1;
        }
        for (const auto& p : found->people) {
            std::printf("%llu,-1,%.2f,%.2f,%.2f,%.2f,%.4f\n", static_cast<unsigned long long>(number + 1),
                        p.box.x, p.box.y, p.box.w, p.box.h, p.score);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Detections of a video as MOT rows");
    DetectorConfig config;
    config.score_threshold = 0.02;
    std::string video, size = "768x576", tiles = "1x1", scaling = "bilinear";
    app.add_option("video", video)->required();
    app.add_option("--size", size, "of the video, WIDTHxHEIGHT");
    app.add_option("--tiles", tiles, "COLUMNSxROWS");
    app.add_option("--scaling", scaling, "bilinear, area, bicubic, ... as ffmpeg names them");
    app.add_option("--model", config.model);
    app.add_option("--threshold", config.score_threshold);
    app.add_option("--iou", config.nms_iou);
    CLI11_PARSE(app, argc, argv);
    Tiles grid;
    int width = 0, height = 0;
    if (std::sscanf(size.c_str(), "%dx%d", &width, &height) != 2 ||
        std::sscanf(tiles.c_str(), "%dx%d", &grid.columns, &grid.rows) != 2) {
        std::fprintf(stderr, "bench_detector_rows: --size and --tiles are like 2x1\n");
        return 2;
    }
    auto detector = make_openvino_detector(config);
    if (!detector) {
        std::fprintf(stderr, "bench_detector_rows: %s\n", detector.error().message.c_str());
        return 1;
    }
    return run(**detector, video, width, height, grid, scaling);
}
