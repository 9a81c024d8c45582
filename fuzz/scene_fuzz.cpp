// parse_scene: any bytes give a scene whose zones can be used, or an error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/scene.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto scene = chairside::parse_scene({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    if (!scene) {
        if (scene.error().message.empty()) std::abort();
        return 0;
    }
    if (scene->zones.empty() || scene->width < 1 || scene->height < 1 || !(scene->fps > 0)) std::abort();
    for (const auto& zone : scene->zones)
        if (zone.capacity < 1 || chairside::polygon_fault(zone.polygon)) std::abort();
    return 0;
}
