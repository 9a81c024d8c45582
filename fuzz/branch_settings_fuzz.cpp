// with_settings: any bytes from a centre give a configuration that may run, or faults in words; never another source.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/branch_settings.hpp"

namespace {

constexpr char kFile[] = R"(
cameras:
  - {id: front, source: rtsp://10.0.0.5/1, zones: [{name: a, type: CHAIR, polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}]}
  - {id: back, source: rtsp://10.0.0.6/1, zones: [{name: b, type: WASH, polygon: [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}]}
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto kBase =
        chairside::parse_config(kFile, "fuzz.yaml", "/nowhere", {.check_paths = false}).value();
    const auto set = chairside::with_settings(kBase, {reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!set) {
        if (chairside::in_words(set.error(), 1000).empty()) std::abort();
        return 0;
    }
    const auto& cameras = set->config.cameras;
    if (cameras.size() != 2 || cameras[0].source != kBase.cameras[0].source || cameras[0].id != "front")
        std::abort();
    for (const auto& camera : cameras)
        for (const auto& zone : camera.zones)
            if (zone.capacity < 1 || chairside::polygon_fault(zone.polygon)) std::abort();
    return 0;
}
