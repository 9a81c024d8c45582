// read_hand_counts: any bytes give counts that can be compared, or faults in words.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "audit/compare.hpp"
#include "audit/event_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chairside;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    HandFormat wall, recording;
    wall.timeline = {TimeZone::utc(), std::nullopt, "2026-11-21"};
    wall.zones = {{"chair-1", ZoneType::kChair}, {"wash-1", ZoneType::kWash}};
    recording.timeline.begin = WallTime{};
    recording.other_zones = true;
    for (const HandFormat& format : {wall, recording}) {
        const auto hand = read_hand_counts(text, "fuzz.csv", format);
        if (!hand) {
            if (hand.error().empty() || hand.error().front().empty()) std::abort();
            continue;
        }
        for (const HandService& service : hand->services)
            if (service.end <= service.start) std::abort();
        for (const HandHour& hour : hand->hours)
            if (hour.count < 0 || hour.to <= hour.from) std::abort();
        (void)compare_hours(hand->hours, {}, {});
        (void)compare_services(hand->services, {}, {});
    }
    (void)read_event_file(text, "fuzz.csv", WallTime{});
    return 0;
}
