// Milliseconds per frame on one core: the sequences of an eval folder (argument, or $CHAIRSIDE_EVAL/mot) and
// made-up crowds. Only update() is in the clock; the best of several runs is shown, since other work
// disturbs.
//   tracker_bench [FOLDER_OF_SEQUENCES]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "track/tracker.hpp"
#include "tracker_io.hpp"

namespace {

using namespace chairside;

double best_ms_per_frame(const bench::Sequence& sequence, int runs) {
    double best = 1e9;
    for (int run = 0; run < runs; ++run) {
        Tracker tracker;
        const auto start = std::chrono::steady_clock::now();
        for (const auto& frame : sequence.frames)
            tracker.update(frame);
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
        best = std::min(best, spent.count() / static_cast<double>(sequence.frames.size()));
    }
    return best;
}

void print_row(const bench::Sequence& sequence, int runs) {
    double people = 0;
    for (const auto& frame : sequence.frames)
        people += static_cast<double>(frame.people.size());
    people /= static_cast<double>(std::max<std::size_t>(1, sequence.frames.size()));
    std::printf("| %-16s | %6zu | %10.1f | %8.4f |\n", sequence.name.c_str(), sequence.frames.size(), people,
                best_ms_per_frame(sequence, runs));
}

}  // namespace

int main(int argc, char** argv) {
    const char* eval = std::getenv("CHAIRSIDE_EVAL");
    const std::string folder = argc > 1 ? argv[1] : eval ? std::string(eval) + "/mot" : "";
    std::printf("| sequence         | frames | detections | ms/frame |\n|---|---|---|---|\n");
    if (!folder.empty() && std::filesystem::is_directory(folder)) {
        std::vector<std::filesystem::path> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (std::filesystem::exists(entry.path() / "det.txt")) found.push_back(entry.path());
        std::sort(found.begin(), found.end());
        for (const auto& path : found)
            if (const auto sequence = bench::read_mot_sequence(path)) print_row(*sequence, 20);
    } else {
        std::fprintf(stderr, "no folder of sequences given; only made-up crowds are timed\n");
    }
    for (const int people : {10, 100, 1000})
        print_row(bench::crowd(people, 200, 10, 1), 5);
    return 0;
}
