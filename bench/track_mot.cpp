// Detections of a sequence in, MOT rows out, for scoring.
//   track_mot SEQUENCE_DIR > tracks.txt                      (det.txt and seqinfo.ini in the folder)
//   track_mot det.txt FPS [WIDTH HEIGHT] > tracks.txt

#include <cstdio>
#include <cstdlib>
#include <string>

#include "track/mot_writer.hpp"
#include "track/tracker.hpp"
#include "tracker_io.hpp"

namespace {

using namespace chairside;

Result<bench::Sequence> read(int argc, char** argv) {
    if (argc == 2) return bench::read_mot_sequence(argv[1]);
    const bool sized = argc == 5;
    return bench::read_detections(argv[1], std::atof(argv[2]), sized ? std::atoi(argv[3]) : 0,
                                  sized ? std::atoi(argv[4]) : 0);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3 && argc != 5) {
        std::fprintf(stderr, "usage: track_mot SEQUENCE_DIR | DET.TXT FPS [WIDTH HEIGHT]\n");
        return 2;
    }
    const auto sequence = read(argc, argv);
    if (!sequence) {
        std::fprintf(stderr, "track_mot: %s\n", sequence.error().message.c_str());
        return 1;
    }
    Tracker tracker;
    std::string rows;
    for (const auto& frame : sequence->frames)
        for (const auto& track : tracker.update(frame).people)
            append_mot_row(rows, static_cast<std::int64_t>(frame.frame.sequence) + 1, track);
    return std::fwrite(rows.data(), 1, rows.size(), stdout) == rows.size() ? 0 : 1;
}
