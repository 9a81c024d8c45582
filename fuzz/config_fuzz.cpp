// parse_config: any bytes give a configuration or errors with a place, never a crash, a hang or a leak.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string yaml(reinterpret_cast<const char*>(data), size);
    const auto config = chairside::parse_config(yaml, "fuzz.yaml", "/nowhere", {.check_paths = false});
    if (config) {
        // Without one the dashboard must be there, on which one can be added.
        if (config->cameras.empty() && config->dashboard.listen == chairside::DashboardConfig::Listen::kOff)
            std::abort();
        chairside::secrets_of(*config);
        return 0;
    }
    if (config.error().empty()) std::abort();
    for (const auto& error : config.error())
        if (error.to_string().empty() || error.message.empty()) std::abort();
    return 0;
}
