#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/check.hpp"
#include "base/locked.hpp"
#include "base/log.hpp"
#include "detect/detector.hpp"
#include "detect/openvino/loader.hpp"
#include "detect/tiles.hpp"

namespace chairside {
namespace {

// One frame on its way. Its views run as separate requests; the last one to end fulfils the promise.
struct Job {
    FramePtr frame;                  // the requests read its pixels in place
    std::optional<Collage> collage;  // of one view
    Image canvas;                    // its pixels, which the request reads
    std::vector<ViewBoxes> views;
    std::atomic<std::size_t> remaining;
    Locked<std::optional<Error>> error;  // the first one
    std::promise<Result<Detections>> promise;
};

struct Slot {
    ov::Request request;
    std::vector<ov::Request> canvases;  // one for each of the model's
    ov::Tensor own;                     // for pictures whose rows are padded
    ov::Tensor borrowed;                // over the frame's bytes
    std::shared_ptr<Job> job;
    std::size_t view = 0;
};

std::future<Result<Detections>> refused(ErrorKind kind, std::string message) {
    std::promise<Result<Detections>> promise;
    promise.set_value(fail(kind, std::move(message)));
    return promise.get_future();
}

// Threads: detect() any. One thread of ours waits for the requests in the order of their start, because only
// waiting tells whether an inference failed (the C API's callback does not), and decodes.
class OpenvinoDetector final : public Detector {
  public:
    explicit OpenvinoDetector(std::shared_ptr<ov::LoadedModel> model) : model_(std::move(model)) {}
    ~OpenvinoDetector() override;
    OpenvinoDetector(const OpenvinoDetector&) = delete;
    OpenvinoDetector& operator=(const OpenvinoDetector&) = delete;

    Result<void> start();
    const ModelInfo& info() const override { return model_->info; }
    std::vector<ViewSpec> views(Tiles tiles) const override;
    using Detector::detect;
    std::future<Result<Detections>> detect(FramePtr frame, Tiles tiles) override;
    std::future<Result<Detections>> detect_at(FramePtr frame, const std::vector<Box>& regions) override;

  private:
    std::future<Result<Detections>> begin(FramePtr frame, Tiles tiles, const std::vector<Box>* regions);
    const ov::Request& request_of(const Slot& slot, const Job& job) const {
        return job.collage ? slot.canvases[job.collage->canvas] : slot.request;
    }
    std::string fault_of(const Frame& frame, std::size_t views) const;
    Slot& acquire();
    void release(Slot& slot);
    Result<void> launch(Slot& slot, const Image& image);
    void run();
    Result<std::vector<ScoredBox>> harvest(const Slot& slot) const;
    void end_view(Job& job, std::size_t view, Result<std::vector<ScoredBox>> boxes) const;

    std::shared_ptr<ov::LoadedModel> model_;
    std::vector<CanvasSize> sizes_;  // of the model's canvases
    std::deque<Slot> slots_;         // never moved
    std::mutex mutex_;               // guards idle_, flying_, stopping_
    std::condition_variable freed_, started_;
    std::deque<Slot*> idle_, flying_;
    bool stopping_ = false;
    std::thread waiter_;
};

OpenvinoDetector::~OpenvinoDetector() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    started_.notify_all();
    if (waiter_.joinable()) waiter_.join();
}

Result<void> OpenvinoDetector::start() {
    for (int i = 0; i < model_->info.requests; ++i) {
        auto request = ov::make_request(*model_);
        if (!request) return tl::unexpected(request.error());
        std::vector<ov::Request> canvases;
        for (const ov::Canvas& canvas : model_->canvases) {
            auto small = ov::make_request(canvas.compiled);
            if (!small) return tl::unexpected(small.error());
            canvases.push_back(std::move(*small));
        }
        auto own = ov::picture_tensor(model_->info.input_width, model_->info.input_height);
        if (!own) return tl::unexpected(own.error());
        slots_.emplace_back();
        slots_.back().request = std::move(*request);
        slots_.back().canvases = std::move(canvases);
        slots_.back().own = std::move(*own);
        idle_.push_back(&slots_.back());
    }
    for (const ov::Canvas& canvas : model_->canvases)
        sizes_.push_back(canvas.size);
    waiter_ = std::thread([this] { run(); });
    return {};
}

std::vector<ViewSpec> OpenvinoDetector::views(Tiles tiles) const {
    std::vector<ViewSpec> specs;
    for (const Box& region : view_regions(tiles)) {
        specs.push_back(
            {region, model_->info.input_width, model_->info.input_height, model_->format, model_->fit});
    }
    return specs;
}

std::string OpenvinoDetector::fault_of(const Frame& frame, std::size_t views) const {
    if (frame.views.size() < views) {
        return "the frame has " + std::to_string(frame.views.size()) + " views, its tiles need " +
               std::to_string(views);
    }
    for (std::size_t v = 0; v < views; ++v) {
        const Image& image = frame.views[v];
        const bool fits = image.width == model_->info.input_width &&
                          image.height == model_->info.input_height && image.format == model_->format;
        const bool whole = image.stride >= image.width * 3 &&
                           image.bytes.size() >= static_cast<std::size_t>(image.stride) * (image.height - 1) +
                                                     static_cast<std::size_t>(image.width) * 3;
        if (!fits || !whole) return "a view is not of the size and format that views() asked for";
    }
    return {};
}

std::future<Result<Detections>> OpenvinoDetector::detect(FramePtr frame, Tiles tiles) {
    return begin(std::move(frame), tiles, nullptr);
}

std::future<Result<Detections>> OpenvinoDetector::detect_at(FramePtr frame, const std::vector<Box>& regions) {
    return begin(std::move(frame), Tiles{}, &regions);
}

std::future<Result<Detections>> OpenvinoDetector::begin(FramePtr frame, Tiles tiles,
                                                        const std::vector<Box>* regions_wanted) {
    const auto regions = view_regions(tiles);
    if (!frame) return refused(ErrorKind::kInvalid, "no frame");
    if (auto fault = fault_of(*frame, regions.size()); !fault.empty())
        return refused(ErrorKind::kInvalid, std::move(fault));
    auto job = std::make_shared<Job>();
    job->frame = frame;
    job->remaining = regions.size();
    for (std::size_t v = 0; v < regions.size(); ++v)
        job->views.push_back({regions[v], frame->views[v].content, {}});
    if (regions_wanted != nullptr && !sizes_.empty()) {
        job->collage =
            arrange(*regions_wanted, {model_->info.input_width, model_->info.input_height}, sizes_);
        if (job->collage) paste(*job->collage, frame->views[0], job->canvas);
    }
    auto future = job->promise.get_future();
    for (std::size_t v = 0; v < regions.size(); ++v) {
        Slot& slot = acquire();
        slot.job = job;
        slot.view = v;
        if (auto started = launch(slot, job->collage ? job->canvas : frame->views[v]); !started) {
            release(slot);
            end_view(*job, v, tl::unexpected(started.error()));
            continue;
        }
        {
            const std::lock_guard lock(mutex_);
            flying_.push_back(&slot);
        }
        started_.notify_one();
    }
    return future;
}

Slot& OpenvinoDetector::acquire() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return !idle_.empty(); });
    Slot* slot = idle_.front();
    idle_.pop_front();
    return *slot;
}

void OpenvinoDetector::release(Slot& slot) {
    slot.job.reset();
    slot.borrowed.reset();
    {
        const std::lock_guard lock(mutex_);
        idle_.push_back(&slot);
    }
    freed_.notify_one();
}

Result<void> OpenvinoDetector::launch(Slot& slot, const Image& image) {
    const std::size_t row = static_cast<std::size_t>(image.width) * 3;
    if (static_cast<std::size_t>(image.stride) == row) {
        auto tensor = ov::picture_tensor(image.width, image.height, image.bytes.data());
        if (!tensor) return tl::unexpected(tensor.error());
        slot.borrowed = std::move(*tensor);
    } else {
        void* data = nullptr;
        if (auto done = ov::check(ov_tensor_data(slot.own.get(), &data), "input tensor"); !done) return done;
        for (int y = 0; y < image.height; ++y) {
            std::memcpy(static_cast<std::uint8_t*>(data) + y * row,
                        image.bytes.data() + static_cast<std::size_t>(y) * image.stride, row);
        }
    }
    const ov_tensor_t* input = slot.borrowed ? slot.borrowed.get() : slot.own.get();
    ov_infer_request_t* request = request_of(slot, *slot.job).get();
    const auto status = ov_infer_request_set_input_tensor_by_index(request, model_->picture_input, input);
    if (auto done = ov::check(status, "input tensor"); !done) return done;
    return ov::check(ov_infer_request_start_async(request), "inference");
}

void OpenvinoDetector::run() {
    for (;;) {
        Slot* slot = nullptr;
        {
            std::unique_lock lock(mutex_);
            started_.wait(lock, [&] { return stopping_ || !flying_.empty(); });
            if (flying_.empty()) return;  // stopping, and nothing is left
            slot = flying_.front();
            flying_.pop_front();
        }
        auto boxes = harvest(*slot);
        const std::shared_ptr<Job> job = std::move(slot->job);
        const std::size_t view = slot->view;
        release(*slot);  // first: the next picture can start while this one is merged
        end_view(*job, view, std::move(boxes));
    }
}

Result<std::vector<ScoredBox>> OpenvinoDetector::harvest(const Slot& slot) const {
    const Job& job = *slot.job;
    ov_infer_request_t* request = request_of(slot, job).get();
    if (auto done = ov::check(ov_infer_request_wait(request), "inference"); !done)
        return tl::unexpected(done.error());
    std::vector<ov::Tensor> tensors(model_->outputs);
    std::vector<TensorView> outputs(model_->outputs);
    for (std::size_t i = 0; i < model_->outputs; ++i) {
        if (auto done = ov::check(
                ov::make(tensors[i], ov_infer_request_get_output_tensor_by_index, request, i), "output");
            !done) {
            return tl::unexpected(done.error());
        }
        outputs[i].shape = ov::dims_of(tensors[i].get());
        void* data = nullptr;
        ov_tensor_data(tensors[i].get(), &data);
        outputs[i].data = static_cast<const float*>(data);
    }
    if (!job.collage) return decode(model_->layout, outputs, model_->params);
    auto boxes = decode(model_->layout, outputs, model_->canvases[job.collage->canvas].params);
    if (boxes) *boxes = in_place(*job.collage, {model_->info.input_width, model_->info.input_height}, *boxes);
    return boxes;
}

void OpenvinoDetector::end_view(Job& job, std::size_t view, Result<std::vector<ScoredBox>> boxes) const {
    if (boxes) {
        job.views[view].boxes = std::move(*boxes);
    } else {
        job.error.with([&](std::optional<Error>& first) {
            if (!first) first = boxes.error();
        });
    }
    if (job.remaining.fetch_sub(1) != 1) return;
    const auto error = job.error.with([](const std::optional<Error>& e) { return e; });
    if (error) {
        job.promise.set_value(tl::unexpected(*error));
        return;
    }
    const FrameInfo& info = job.frame->info;
    Detections detections{info, merge_views(job.views, info.width, info.height, model_->params.nms_iou)};
    if (job.collage)
        detections.part = static_cast<double>(job.collage->size.width) * job.collage->size.height /
                          (model_->info.input_width * model_->info.input_height);
    job.frame.reset();
    job.promise.set_value(std::move(detections));
}

}  // namespace

namespace {

// On the device that was asked for; where that is missing or refuses the model, on the CPU, which is said once.
Result<std::shared_ptr<ov::LoadedModel>> load_somewhere(DetectorConfig config) {
    auto wanted = ov::load_model(config);
    if (wanted || config.device == "CPU") return wanted;
    const std::string device = std::exchange(config.device, "CPU");
    auto here = ov::load_model(config);
    if (!here) return here;  // the model itself is at fault
    log_warning("", "detector.device: the model runs on the CPU, not on " + device,
                {{"why", wanted.error().message}});
    return here;
}

}  // namespace

Result<std::shared_ptr<Detector>> make_openvino_detector(const DetectorConfig& config) {
    auto model = load_somewhere(config);
    if (!model) return tl::unexpected(model.error());
    auto detector = std::make_shared<OpenvinoDetector>(std::move(*model));
    if (auto started = detector->start(); !started) return tl::unexpected(started.error());
    return std::shared_ptr<Detector>(std::move(detector));
}

}  // namespace chairside
