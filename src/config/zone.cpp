#include "config/zone.hpp"

#include <algorithm>
#include <cctype>

namespace chairside {

const char* to_string(ZoneType type) {
    switch (type) {
        case ZoneType::kChair: return "CHAIR";
        case ZoneType::kWash: return "WASH";
        case ZoneType::kWait: return "WAIT";
    }
    return "?";
}

const char* service_name(ZoneType type) {
    switch (type) {
        case ZoneType::kChair: return "haircut";
        case ZoneType::kWash: return "wash";
        case ZoneType::kWait: return "wait";
    }
    return "?";
}

std::optional<ZoneType> parse_zone_type(std::string_view text) {
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
    for (const ZoneType type : {ZoneType::kChair, ZoneType::kWash, ZoneType::kWait}) {
        if (upper == to_string(type)) return type;
    }
    return std::nullopt;
}

}  // namespace chairside
