#include "config/zone.hpp"

#include <algorithm>
#include <cctype>

#include "base/check.hpp"

namespace chairside {

const char* to_string(ZoneType type) {
    switch (type) {
        case ZoneType::kChair:
            return "CHAIR";
        case ZoneType::kWash:
            return "WASH";
        case ZoneType::kWait:
            return "WAIT";
    }
    CHAIRSIDE_CHECK(false);
}

const char* service_name(ZoneType type) {
    switch (type) {
        case ZoneType::kChair:
            return "haircut";
        case ZoneType::kWash:
            return "wash";
        case ZoneType::kWait:
            return "wait";
    }
    CHAIRSIDE_CHECK(false);
}

std::optional<ZoneType> parse_zone_type(std::string_view text) {
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    for (const auto type : {ZoneType::kChair, ZoneType::kWash, ZoneType::kWait})
        if (upper == to_string(type)) return type;
    return std::nullopt;
}

const char* to_string(ZoneAnchor anchor) {
    switch (anchor) {
        case ZoneAnchor::kFoot:
            return "foot";
        case ZoneAnchor::kCenter:
            return "center";
        case ZoneAnchor::kOverlap:
            return "overlap";
    }
    CHAIRSIDE_CHECK(false);
}

std::optional<ZoneAnchor> parse_zone_anchor(std::string_view text) {
    for (const auto anchor : {ZoneAnchor::kFoot, ZoneAnchor::kCenter, ZoneAnchor::kOverlap})
        if (text == to_string(anchor)) return anchor;
    return std::nullopt;
}

Duration default_dwell(ZoneType type) {
    switch (type) {
        case ZoneType::kChair:
            return std::chrono::seconds(120);
        case ZoneType::kWash:
            return std::chrono::seconds(60);
        case ZoneType::kWait:
            return std::chrono::seconds(30);
    }
    CHAIRSIDE_CHECK(false);
}

Duration default_grace(ZoneType type) {
    switch (type) {
        case ZoneType::kChair:
        case ZoneType::kWash:
            return std::chrono::seconds(40);
        case ZoneType::kWait:
            return std::chrono::seconds(15);
    }
    CHAIRSIDE_CHECK(false);
}

}  // namespace chairside
