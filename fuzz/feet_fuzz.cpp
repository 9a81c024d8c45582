// parse_feet: any bytes give a map and zones that the doctor can examine, or an error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "audit/feet_file.hpp"
#include "audit/zone_doctor.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chairside;
    const auto file = parse_feet({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    if (!file) {
        if (file.error().message.empty()) std::abort();
        return 0;
    }
    for (const ZoneExam& zone : examine_zones(file->camera, file->zones, file->feet).zones)
        if (!zone.suggestion.empty() && polygon_fault(zone.suggestion)) std::abort();
    return 0;
}
