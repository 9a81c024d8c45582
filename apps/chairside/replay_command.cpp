#include <CLI/CLI.hpp>
#include <memory>

#include "commands.hpp"
#include "common.hpp"
#include "replay.hpp"

namespace chairside {
namespace {

std::string parse_tiles(const std::string& text, Tiles& tiles) {
    int columns = 0, rows = 0;
    char rest = 0;
    if (std::sscanf(text.c_str(), "%dx%d%c", &columns, &rows, &rest) != 2 || columns < 1 || rows < 1 ||
        columns > 4 || rows > 4) {
        return "'" + text + "' is not a tiling; write COLUMNSxROWS from 1x1 to 4x4, e.g. 2x1";
    }
    tiles = {columns, rows};
    return {};
}

}  // namespace

void add_replay(CLI::App& app, Action& action) {
    auto* cmd =
        app.add_subcommand("replay", "Run a video or recorded detections through the same stages, offline");
    auto o = std::make_shared<ReplayOptions>();
    auto tiles = std::make_shared<std::string>("1x1");
    auto fps = std::make_shared<double>(0);
    auto* input = cmd->add_option_group("input", "exactly one of");
    auto* video = input->add_option("--video", o->video, "A video file");
    input->add_option("--detections", o->detections,
                      "MOT rows frame,-1,x,y,w,h,score in .txt or .txt.gz; frames count from 1");
    input->require_option(1);
    cmd->add_option("--scene", o->scene, "scene.json: size, rate, zones in pixels, dwell thresholds")
        ->required();
    cmd->add_option("--events", o->events_csv, "Where to write the counted services (CSV)")->required();
    cmd->add_option("--tracks", o->tracks_txt, "Where to write the tracks (MOT rows)");
    cmd->add_option("--feet", o->feet_json,
                    "Where to write where people's feet were, for 'zones doctor --from' (JSON)");
    cmd->add_option("--annotate", o->annotated,
                    "Where to write the video with zones, boxes, ids and dwell times (.mp4)")
        ->needs(video);
    cmd->add_flag("--all", o->all_verdicts, "Also list what was put to review or rejected, with the reason");
    cmd->add_option("--fps", *fps, "Frames per second of the input; default: the scene's")
        ->check(CLI::Range(0.1, 240.0));
    cmd->add_option("--model", o->detector.model, "A name of 'chairside models list', or a model file");
    cmd->add_option("--models-dir", o->detector.models_dir, "Where fetched models lie");
    cmd->add_option("--device", o->detector.device, "CPU, GPU, NPU or AUTO");
    cmd->add_option("--threads", o->detector.threads, "Inference threads; 0: all cores")
        ->check(CLI::Range(0, 256));
    cmd->add_option("--tiles", *tiles, "Also look at parts of the picture, e.g. 2x1");
    cmd->add_flag("--crops", o->crops,
                  "Between whole pictures look only at the parts in which people are known to be");
    cmd->add_flag("--progress", o->progress, "Print the progress also when stderr is not a terminal");
    cmd->footer(
        "The same input gives the same bytes. Exit codes: 0 done; 1 failed while running; 3 a wrong input "
        "file.");
    cmd->callback([=, &action] {
        if (*fps > 0) o->fps = *fps;
        if (const auto wrong = parse_tiles(*tiles, o->tiles); !wrong.empty())
            throw CLI::ValidationError("--tiles", wrong);
        action = [=] {
            const auto done = replay(*o);
            if (!done)
                return complain(done.error(), done.error().kind == ErrorKind::kInvalid ||
                                                      done.error().kind == ErrorKind::kNotFound
                                                  ? kExitConfig
                                                  : kExitFailed);
            return static_cast<int>(kExitOk);
        };
    });
}

}  // namespace chairside
