// Starts a service from a configuration, prints its status each second, and stops it after some seconds.
//   start_service CONFIG.yaml [SECONDS]

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "config/config.hpp"
#include "detect/detector.hpp"
#include "pipeline/runtime_service.hpp"
#include "serve/status.hpp"
#include "store/store.hpp"

int main(int argc, char** argv) {
    using namespace chairside;
    if (argc < 2) return std::fprintf(stderr, "usage: start_service CONFIG.yaml [SECONDS]\n"), 2;
    const auto config = load_config(argv[1]);
    if (!config) return std::fprintf(stderr, "%s\n", config.error().front().to_string().c_str()), 1;

    auto store = Store::open({config->storage.path, config->branch_code, config->device_id});
    if (!store) return std::fprintf(stderr, "%s\n", store.error().message.c_str()), 1;
    auto detector = make_openvino_detector(config->detector);
    if (!detector) return std::fprintf(stderr, "%s\n", detector.error().message.c_str()), 1;

    const SystemClock clock;
    RuntimeService service(*config, *detector, std::move(*store), clock);
    if (const auto started = service.start(); !started)
        return std::fprintf(stderr, "%s\n", started.error().message.c_str()), 1;
    const int seconds = argc > 2 ? std::atoi(argv[2]) : 10;
    for (int i = 0; i < seconds && !service.wait(std::chrono::seconds(1)); ++i)
        std::printf("%s\n", to_json(service.status()).c_str());
    std::printf("%s\n", to_json(service.status()).c_str());
    service.stop();
}
