#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "audit/doctor_words.hpp"
#include "audit/feet_file.hpp"
#include "commands.hpp"
#include "common.hpp"
#include "config/scene.hpp"
#include "replay_output.hpp"
#include "store/store.hpp"

namespace chairside {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

constexpr char kFeetName[] = "feet.json";

struct DoctorFlags {
    std::string config, from, scene, camera, picture;
    int days = kFeetDays;
    bool json = false, all = false;
};

// A camera's feet and the zones they are to be judged by.
struct Seen {
    std::string camera;
    std::vector<ZoneConfig> zones;
    FootMap feet;
};

Result<std::vector<Seen>> seen_in_file(const DoctorFlags& flags) {
    std::error_code error;
    const fs::path path =
        fs::is_directory(flags.from, error) ? fs::path(flags.from) / kFeetName : fs::path(flags.from);
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in)
        return fail(ErrorKind::kInvalid,
                    path.string() + ": cannot be read; 'chairside replay --feet' writes it");
    auto file = parse_feet(text, path.string());
    if (!file) return tl::unexpected(file.error());
    if (!flags.scene.empty()) {
        auto scene = load_scene(flags.scene);
        if (!scene) return tl::unexpected(scene.error());
        file->zones = std::move(scene->zones);
    }
    std::vector<Seen> out;
    out.push_back({file->camera, std::move(file->zones), std::move(file->feet)});
    return out;
}

Result<std::vector<Seen>> seen_in_store(const Config& config, const DoctorFlags& flags) {
    const auto store = Store::open_read_only(config.storage.path);
    if (!store) return tl::unexpected(store.error());
    const WallTime end = WallTime::max();
    std::vector<Seen> out;
    for (const CameraConfig& camera : config.cameras) {
        if (!flags.camera.empty() && camera.id != flags.camera) continue;
        auto feet = (*store)->feet(camera.id, SystemClock().wall_now() - hours(24) * flags.days, end);
        if (!feet) return tl::unexpected(feet.error());
        out.push_back({camera.id, camera.zones, std::move(*feet)});
    }
    if (out.empty())
        return fail(ErrorKind::kInvalid, "--camera: found '" + flags.camera +
                                             "'; allowed are the cameras of " + config.file.string());
    return out;
}

// front.svg, or front-CAMERA.svg where there are several cameras.
Result<void> draw(const std::vector<CameraExam>& exams, const std::vector<Seen>& seen,
                  const DoctorFlags& flags) {
    for (std::size_t i = 0; i < exams.size(); ++i) {
        fs::path path = flags.picture;
        if (exams.size() > 1)
            path.replace_filename(path.stem().string() + "-" + exams[i].camera + path.extension().string());
        auto file = WholeFile::create(path);
        if (!file) return tl::unexpected(file.error());
        if (auto done = file->append(exam_as_svg(exams[i], seen[i].feet, flags.all)); !done) return done;
        if (auto done = file->finish(); !done) return done;
    }
    return {};
}

int examine(const DoctorFlags& flags) {
    Result<std::vector<Seen>> seen;
    if (flags.from.empty()) {
        const auto config = load_or_explain(flags.config, ConfigOptions{.check_paths = false});
        if (!config) return kExitConfig;
        seen = seen_in_store(*config, flags);
    } else {
        seen = seen_in_file(flags);
    }
    if (!seen)
        return complain(seen.error(), seen.error().kind == ErrorKind::kInvalid ? kExitConfig : kExitFailed);
    std::vector<CameraExam> exams;
    for (const Seen& camera : *seen)
        exams.push_back(examine_zones(camera.camera, camera.zones, camera.feet));
    const std::string out = flags.json ? exams_as_json(exams) : exams_as_text(exams, flags.all);
    std::fwrite(out.data(), 1, out.size(), stdout);
    if (!flags.picture.empty()) {
        if (const auto drawn = draw(exams, *seen, flags); !drawn) return complain(drawn.error(), kExitFailed);
    }
    return kExitOk;
}

}  // namespace

void add_zones(CLI::App& app, Action& action) {
    auto* zones = app.add_subcommand("zones", "Look after the zones");
    zones->require_subcommand(1);
    auto* cmd =
        zones->add_subcommand("doctor", "Say what is wrong with the zones and which polygons would fit");
    auto flags = std::make_shared<DoctorFlags>();
    auto* source = cmd->add_option_group("feet", "exactly one of");
    auto* config = source->add_option("-c,--config", flags->config,
                                      "The service's configuration file: judges by what its store has seen");
    auto* from = source->add_option("--from", flags->from,
                                    "A file of 'chairside replay --feet', or a folder with feet.json in it");
    source->require_option(1);
    cmd->add_option("--scene", flags->scene, "Judge other zones than those of the replay (scene.json)")
        ->needs(from);
    cmd->add_option("--camera", flags->camera, "Only this camera")->needs(config);
    cmd->add_option("--days", flags->days,
                    "Only what was seen in the last days: say since when the camera hangs as it does")
        ->check(CLI::Range(1, kFeetDays))
        ->needs(config);
    cmd->add_option("--picture", flags->picture,
                    "Where to draw feet, zones and suggestions (.svg); no camera picture is in it")
        ->check([](const std::string& path) {
            return fs::path(path).extension() == ".svg" ? std::string() : "'" + path + "' must end in .svg";
        });
    cmd->add_flag("--all", flags->all, "Suggest polygons for zones without a problem too");
    cmd->add_flag("--json", flags->json, "As JSON");
    cmd->footer(
        "It takes an hour or more of people in the picture. Nothing is changed: paste what you like.\nExit "
        "codes: 0 "
        "examined, whatever was found; 1 no store; 2 wrong command line; 3 a wrong file.");
    cmd->callback([=, &action] { action = [=] { return examine(*flags); }; });
}

}  // namespace chairside
