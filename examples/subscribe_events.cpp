// Prints each haircut, wash and wait as it is counted, and again when it ends.
//   subscribe_events CONFIG.yaml

#include <cstdio>
#include <memory>

#include "config/config.hpp"
#include "detect/detector.hpp"
#include "pipeline/runtime_service.hpp"
#include "store/store.hpp"

int main(int argc, char** argv) {
    using namespace chairside;
    if (argc != 2) return std::fprintf(stderr, "usage: subscribe_events CONFIG.yaml\n"), 2;
    const auto config = load_config(argv[1]);
    if (!config) return std::fprintf(stderr, "%s\n", config.error().front().to_string().c_str()), 1;
    auto store = Store::open({config->storage.path, config->branch_code, config->device_id});
    auto detector = make_openvino_detector(config->detector);
    if (!store || !detector)
        return std::fprintf(stderr, "%s\n", (!store ? store.error() : detector.error()).message.c_str()), 1;

    const SystemClock clock;
    const auto zone = TimeZone::find(config->timezone).value_or(TimeZone::utc());
    RuntimeService service(*config, *detector, std::move(*store), clock);
    // Called after the event is safely stored, from a pipeline thread: return soon.
    service.subscribe([&](const Event& e) {
        std::printf("%s  %s %s in %s: %.0f s\n", zone.format(e.end, "%H:%M:%S").c_str(), service_name(e.type),
                    to_string(e.state), e.zone.c_str(), to_seconds(e.dwell));
    });
    if (const auto started = service.start(); !started)
        return std::fprintf(stderr, "%s\n", started.error().message.c_str()), 1;
    while (!service.wait(std::chrono::seconds(1))) {
    }
    service.stop();
}
