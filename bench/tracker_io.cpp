#include "tracker_io.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

namespace chairside::bench {
namespace {

void resize_frames(Sequence& sequence, std::size_t count, int width, int height) {
    for (std::size_t i = sequence.frames.size(); i < count; ++i) {
        Detections d;
        d.frame.sequence = i;
        d.frame.mono = MonoTime(from_seconds(static_cast<double>(i) / sequence.fps));
        d.frame.width = width;
        d.frame.height = height;
        sequence.frames.push_back(d);
    }
}

}  // namespace

Result<Sequence> read_detections(const std::filesystem::path& file, double fps, int width, int height,
                                 int frames_min) {
    if (!(fps > 0)) return fail(ErrorKind::kInvalid, "fps must be above 0");
    std::ifstream in(file);
    if (!in) return fail(ErrorKind::kNotFound, "cannot read " + file.string());
    Sequence sequence{file.parent_path().filename().string(), fps, {}};
    resize_frames(sequence, static_cast<std::size_t>(frames_min), width, height);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.empty()) continue;
        std::replace(line.begin(), line.end(), ',', ' ');
        std::istringstream fields(line);
        double frame = 0, id = 0;
        Detection d;
        if (!(fields >> frame >> id >> d.box.x >> d.box.y >> d.box.w >> d.box.h >> d.score) || frame < 1)
            return fail(ErrorKind::kInvalid,
                        file.string() + ":" + std::to_string(number) + ": not a MOT row");
        const auto index = static_cast<std::size_t>(frame) - 1;
        resize_frames(sequence, index + 1, width, height);
        sequence.frames[index].people.push_back(d);
    }
    return sequence;
}

Result<Sequence> read_mot_sequence(const std::filesystem::path& folder) {
    std::ifstream in(folder / "seqinfo.ini");
    if (!in) return fail(ErrorKind::kNotFound, "cannot read " + (folder / "seqinfo.ini").string());
    double fps = 0, width = 0, height = 0, length = 0;
    const std::pair<std::string, double*> keys[] = {
        {"frameRate=", &fps}, {"imWidth=", &width}, {"imHeight=", &height}, {"seqLength=", &length}};
    for (std::string line; std::getline(in, line);)
        for (const auto& [key, value] : keys)
            if (line.starts_with(key)) *value = std::atof(line.c_str() + key.size());
    auto sequence = read_detections(folder / "det.txt", fps, static_cast<int>(width),
                                    static_cast<int>(height), static_cast<int>(length));
    if (sequence) sequence->name = folder.filename().string();
    return sequence;
}

Sequence crowd(int people, int frames, double fps, unsigned seed) {
    std::mt19937 random(seed);
    constexpr double kWidth = 40, kHeight = 100;
    const double side = std::sqrt(12 * kWidth * kHeight * people);
    std::uniform_real_distribution<double> place(0, side), unit(0, 1);
    std::normal_distribution<double> normal(0, 1);
    struct Walker {
        double x, y, vx, vy, h;
    };
    std::vector<Walker> walkers;
    for (int i = 0; i < people; ++i)
        walkers.push_back({place(random), place(random), 40 * normal(random), 40 * normal(random),
                           kHeight * std::exp(0.2 * normal(random))});
    Sequence sequence{"crowd-" + std::to_string(people), fps, {}};
    resize_frames(sequence, static_cast<std::size_t>(frames), static_cast<int>(side), static_cast<int>(side));
    for (auto& frame : sequence.frames) {
        for (auto& w : walkers) {
            if (w.x < 0 || w.x > side) w.vx = w.x < 0 ? std::abs(w.vx) : -std::abs(w.vx);
            if (w.y < 0 || w.y > side) w.vy = w.y < 0 ? std::abs(w.vy) : -std::abs(w.vy);
            w.x += w.vx / fps;
            w.y += w.vy / fps;
            if (unit(random) < 0.1) continue;
            const double width = w.h * (0.4 + 0.02 * normal(random));
            const Point centre{w.x + 0.02 * w.h * normal(random), w.y + 0.02 * w.h * normal(random)};
            const float score = static_cast<float>(0.6 + 0.4 * unit(random));
            frame.people.push_back({{centre.x - width / 2, centre.y - w.h / 2, width, w.h}, score});
        }
    }
    return sequence;
}

}  // namespace chairside::bench
