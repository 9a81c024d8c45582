#pragma once
// What somebody counted by hand: by hour and type, or service by service. docs/formats/hand_counts.md says what may
// stand in the file. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/hand_times.hpp"
#include "config/zone.hpp"

namespace chairside {

// A count of one type in one hour, of one zone or of all.
struct HandHour {
    int line = 0;
    std::string date;  // "" for a recording without a clock
    int hour = 0;
    WallTime from{}, to{};  // [from, to): an hour of the clock; two where it comes twice
    std::string zone;       // "": all of the type
    ZoneType type = ZoneType::kChair;
    int count = 0;
};

struct HandService {
    int line = 0;
    std::string zone;
    ZoneType type = ZoneType::kChair;
    WallTime start{}, end{};
};

struct HandCounts {
    bool by_service = false;
    std::vector<HandHour> hours;
    std::vector<HandService> services;
    std::vector<std::string> notes;  // what was left out and why
};

struct KnownZone {
    std::string name;
    ZoneType type = ZoneType::kChair;
};

struct HandFormat {
    Timeline timeline;
    std::vector<KnownZone> zones;  // written in any case; a row may leave out their type
    bool other_zones = false;      // false: any other name is a fault
};

// Faults: "FILE:LINE: column: found …; allowed …", all of the file at once, in its order.
tl::expected<HandCounts, std::vector<std::string>> read_hand_counts(std::string_view csv,
                                                                    const std::string& name,
                                                                    const HandFormat& format);

}  // namespace chairside
