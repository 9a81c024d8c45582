#include "replay.hpp"

#include <memory>
#include <optional>

#include "audit/feet_file.hpp"
#include "capture/frame_source.hpp"
#include "common.hpp"
#include "config/scene.hpp"
#include "detect/detector.hpp"
#include "detect/mot_file.hpp"
#include "pipeline/analysis.hpp"
#include "pipeline/in_flight.hpp"
#include "pipeline/look_plan.hpp"
#include "replay_annotation.hpp"
#include "replay_output.hpp"
#include "track/mot_writer.hpp"
#include "visits/visit_linker.hpp"

namespace chairside {
namespace {

constexpr char kCamera[] = "replay";
constexpr std::uint64_t kIdSeed = 1;  // any fixed number: ids must repeat with the input

// Where the detections of successive frames come from; kEnd after the last.
class Input {
  public:
    struct Item {
        Detections detections;
        FramePtr frame;  // with the whole picture as its last view, if asked for
    };
    virtual ~Input() = default;
    virtual Result<Item> next() = 0;
    // What came of the item that was given last.
    virtual void learn(const Analysis&, const Detections&) {}
    virtual double progress() const = 0;
};

class RecordedInput final : public Input {
  public:
    explicit RecordedInput(std::unique_ptr<MotReader> reader) : reader_(std::move(reader)) {}
    Result<Item> next() override {
        auto detections = reader_->next();
        if (!detections) return tl::unexpected(detections.error());
        return Item{std::move(*detections), nullptr};
    }
    double progress() const override { return reader_->progress(); }

  private:
    std::unique_ptr<MotReader> reader_;
};

class VideoInput final : public Input {
  public:
    static Result<std::unique_ptr<Input>> open(const ReplayOptions& options, double fps,
                                               const std::vector<ZoneConfig>& zones) {
        DetectorConfig config = options.detector;
        config.crops = options.crops && options.tiles == Tiles{};
        auto detector = make_openvino_detector(config);
        if (!detector) return tl::unexpected(detector.error());
        SourceOptions source;
        source.source = options.video;
        source.target_fps = fps;
        source.mono_from_zero = true;
        source.start_time = WallTime{};
        source.views = (*detector)->views(options.tiles);
        if (!options.annotated.empty()) source.views.push_back(ViewSpec{});
        auto input = std::make_unique<VideoInput>(std::move(*detector), options.tiles, config.crops);
        if (config.crops) input->looks_.emplace(zones);
        auto opened = open_source(source, input->clock_);
        if (!opened) return tl::unexpected(opened.error());
        input->source_ = std::move(*opened);
        return input;
    }
    VideoInput(std::shared_ptr<Detector> detector, Tiles tiles, bool crops)
        : detector_(std::move(detector)), in_flight_(*detector_, tiles, crops ? kCroppedInFlight : 0) {}

    Result<Item> next() override {
        while (!ended_ && !in_flight_.full()) {
            auto frame = source_->next();
            if (frame) {
                submit(std::move(*frame));
            } else if (frame.error().kind == ErrorKind::kEnd) {
                ended_ = true;
            } else {
                return tl::unexpected(frame.error());
            }
        }
        if (in_flight_.empty()) return fail(ErrorKind::kEnd, "end of the video");
        auto item = in_flight_.next();
        if (!item.detections) return tl::unexpected(item.detections.error());
        return Item{std::move(*item.detections), std::move(item.frame)};
    }
    double progress() const override { return source_->progress().value_or(0); }
    void learn(const Analysis& analysis, const Detections& detections) override {
        if (looks_) looks_->learn(analysis.tracks(), analysis.occupancy(), detections.part >= 1);
    }

  private:
    // How many pictures old what is known is when a picture is handed over. Fixed, so that every machine looks at the same parts.
    static constexpr int kCroppedInFlight = 2;

    void submit(FramePtr frame) {
        if (!looks_) return in_flight_.submit(std::move(frame));
        const auto regions = looks_->next(frame->info.mono);
        in_flight_.submit(std::move(frame), regions);
    }

    SystemClock clock_;
    std::optional<LookPlan> looks_;
    std::shared_ptr<Detector> detector_;
    std::unique_ptr<FrameSource> source_;
    InFlight in_flight_;
    bool ended_ = false;
};

Result<std::unique_ptr<Input>> open_input(const ReplayOptions& options, const Scene& scene) {
    const double fps = options.fps.value_or(scene.fps);
    if (!options.video.empty()) return VideoInput::open(options, fps, scene.zones);
    MotOptions mot;
    mot.fps = fps;
    mot.width = scene.width;
    mot.height = scene.height;
    auto reader = MotReader::open(options.detections, mot);
    if (!reader) return tl::unexpected(reader.error());
    return std::make_unique<RecordedInput>(std::move(*reader));
}

// The optional outputs, written as the frames pass.
class Outputs {
  public:
    static Result<Outputs> open(const ReplayOptions& options, const Scene& scene) {
        Outputs out;
        if (!options.tracks_txt.empty()) {
            auto file = WholeFile::create(options.tracks_txt);
            if (!file) return tl::unexpected(file.error());
            out.tracks_.emplace(std::move(*file));
        }
        if (!options.annotated.empty())
            out.annotation_ =
                std::make_unique<Annotation>(options.annotated, scene, options.fps.value_or(scene.fps));
        return out;
    }

    Result<void> frame(std::int64_t number, const Input::Item& item, const Analysis& analysis,
                       const EventTable& table) {
        if (tracks_) {
            std::string rows;
            for (const Track& track : analysis.tracks().people)
                append_mot_row(rows, number, track);
            if (auto written = tracks_->append(rows); !written) return written;
        }
        if (annotation_) return annotation_->draw(item.frame->views.back(), analysis, table);
        return {};
    }

    Result<void> finish() {
        if (tracks_) {
            if (auto done = tracks_->finish(); !done) return done;
        }
        return annotation_ ? annotation_->finish() : Result<void>{};
    }

  private:
    std::optional<WholeFile> tracks_;
    std::unique_ptr<Annotation> annotation_;
};

Result<void> write_feet(const std::string& path, const Scene& scene, FootMap feet) {
    auto file = WholeFile::create(path);
    if (!file) return tl::unexpected(file.error());
    if (auto done = file->append(feet_as_json({kCamera, scene.zones, std::move(feet)})); !done) return done;
    return file->finish();
}

}  // namespace

Result<void> replay(const ReplayOptions& options) {
    const auto scene = load_scene(options.scene);
    if (!scene) return tl::unexpected(scene.error());
    auto input = open_input(options, *scene);
    if (!input) return tl::unexpected(input.error());
    auto csv = WholeFile::create(options.events_csv);
    if (!csv) return tl::unexpected(csv.error());
    auto outputs = Outputs::open(options, *scene);
    if (!outputs) return tl::unexpected(outputs.error());

    const auto ids = make_seeded_id_source(kIdSeed);
    Analysis analysis(kCamera, scene->zones, *ids, scene->ignore);
    VisitLinker visits({}, places_of(kCamera, scene->zones));
    EventTable table;
    ProgressBar bar("replaying", options.progress);
    for (std::int64_t number = 1;; ++number) {
        auto item = (*input)->next();
        if (!item && item.error().kind == ErrorKind::kEnd) break;
        if (!item) return tl::unexpected(item.error());
        table.add(visits.link(analysis.step(item->detections).events));
        (*input)->learn(analysis, item->detections);
        if (auto written = outputs->frame(number, *item, analysis, table); !written) return written;
        if (number % 32 == 0) bar.show((*input)->progress(), std::to_string(number) + " frames");
    }
    table.add(visits.link(analysis.events().end_all(EndReason::kEndOfStream).events));
    bar.show(1, "done");
    if (auto written = csv->append(table.csv(options.all_verdicts)); !written) return written;
    if (auto done = outputs->finish(); !done) return done;
    if (!options.feet_json.empty()) {
        if (auto done = write_feet(options.feet_json, *scene, analysis.events().take_feet()); !done)
            return done;
    }
    return csv->finish();
}

}  // namespace chairside
