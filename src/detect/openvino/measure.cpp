#include "detect/openvino/measure.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "detect/model_store.hpp"
#include "detect/openvino/loader.hpp"

namespace chairside {
namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

struct Loop {
    std::shared_ptr<ov::LoadedModel> model;
    ov::Tensor picture;
    std::vector<ov::Request> requests;
};

Result<Loop> prepare(const DetectorConfig& config) {
    Loop loop;
    auto model = ov::load_model(config);
    if (!model) return tl::unexpected(model.error());
    loop.model = std::move(*model);
    auto picture = ov::picture_tensor(loop.model->info.input_width, loop.model->info.input_height);
    if (!picture) return tl::unexpected(picture.error());
    loop.picture = std::move(*picture);
    for (int i = 0; i < loop.model->info.requests; ++i) {
        auto request = ov::make_request(*loop.model);
        if (!request) return tl::unexpected(request.error());
        const auto status = ov_infer_request_set_input_tensor_by_index(
            request->get(), loop.model->picture_input, loop.picture.get());
        if (auto done = ov::check(status, "input tensor"); !done) return tl::unexpected(done.error());
        loop.requests.push_back(std::move(*request));
    }
    return loop;
}

// Round and round: wait for the oldest, start it again.
Result<double> throughput(Loop& loop, Duration duration) {
    for (auto& request : loop.requests) {  // also warms up: the first inference allocates
        if (auto done = ov::check(ov_infer_request_infer(request.get()), "inference"); !done)
            return tl::unexpected(done.error());
    }
    for (auto& request : loop.requests)
        ov_infer_request_start_async(request.get());
    const auto start = Steady::now();
    std::size_t finished = 0;
    while (Steady::now() - start < duration) {
        ov_infer_request_t* request = loop.requests[finished % loop.requests.size()].get();
        if (auto done = ov::check(ov_infer_request_wait(request), "inference"); !done)
            return tl::unexpected(done.error());
        if (auto done = ov::check(ov_infer_request_start_async(request), "inference"); !done)
            return tl::unexpected(done.error());
        ++finished;
    }
    const double fps = static_cast<double>(finished) / seconds_since(start);
    for (auto& request : loop.requests)
        ov_infer_request_wait(request.get());
    return fps;
}

Result<double> latency_ms(Loop& loop) {
    constexpr int kRuns = 15;
    std::vector<double> times;
    for (int i = 0; i < kRuns; ++i) {
        const auto start = Steady::now();
        if (auto done = ov::check(ov_infer_request_infer(loop.requests.front().get()), "inference"); !done)
            return tl::unexpected(done.error());
        times.push_back(seconds_since(start) * 1000);
    }
    std::nth_element(times.begin(), times.begin() + kRuns / 2, times.end());
    return times[kRuns / 2];
}

}  // namespace

Result<double> measure_model_fps(const DetectorConfig& config, Duration duration) {
    auto loop = prepare(config);
    if (!loop) return tl::unexpected(loop.error());
    return throughput(*loop, duration);
}

Result<ModelTest> test_model(const DetectorConfig& config, Duration duration) {
    const auto start = Steady::now();
    auto loop = prepare(config);
    if (!loop) return tl::unexpected(loop.error());
    ModelTest test;
    test.load_s = seconds_since(start);
    auto fps = throughput(*loop, duration);
    if (!fps) return tl::unexpected(fps.error());
    test.fps = *fps;
    auto latency = latency_ms(*loop);
    if (!latency) return tl::unexpected(latency.error());
    test.latency_ms = *latency;
    const ModelInfo& info = loop->model->info;
    test.device = info.device;
    test.decoder = info.decoder;
    test.input_width = info.input_width;
    test.input_height = info.input_height;
    test.requests = info.requests;
    return test;
}

}  // namespace chairside
