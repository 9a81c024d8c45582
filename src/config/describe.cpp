// The words of messages: what was found, what is allowed.
#include <array>
#include <utility>

#include "base/check.hpp"
#include "config/address.hpp"
#include "config/section.hpp"
#include "config/text_checks.hpp"

namespace chairside {
namespace {

constexpr std::size_t kMaxShown = 60;  // characters

std::string shortened(const std::string& text) {
    std::string out;
    std::size_t shown = 0;
    for (std::size_t i = 0; i < text.size(); ++shown) {
        if (shown == kMaxShown) return out + "…";
        const auto length = static_cast<std::size_t>(std::max(1, utf8_length(text, i)));
        const bool control = static_cast<unsigned char>(text[i]) < 0x20;
        out += control ? std::string(" ") : text.substr(i, length);
        i += length;
    }
    return out;
}

std::string range(const KeySpec& spec) {
    return format_number(spec.min) + " to " + format_number(spec.max);
}

// The bounds of sizes are whole KB at least.
std::string size(double bytes) {
    constexpr double kUnit = 1024;
    const char* unit = "KB";
    double value = bytes / kUnit;
    for (const char* larger : {"MB", "GB"}) {
        if (value < kUnit) break;
        value /= kUnit;
        unit = larger;
    }
    return format_number(value) + " " + unit;
}

std::string choices(std::string_view allowed) {
    std::string out(allowed);
    for (std::size_t at = 0; (at = out.find('|', at)) != std::string::npos;)
        out.replace(at, 1, ", ");
    return out;
}

}  // namespace

std::string found(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::kNull:
            return "nothing";
        case YamlNode::Kind::kList:
            return "a list";
        case YamlNode::Kind::kMap:
            return "a map";
        case YamlNode::Kind::kScalar:
            break;
    }
    const std::string text = shortened(without_secrets(node.text));
    return node.quoted ? "the text '" + text + "'" : "'" + text + "'";
}

std::string expected(const KeySpec& spec) {
    switch (spec.kind) {
        case KeyKind::kSection:
            return "a map of keys";
        case KeyKind::kList:
            return "a list";
        case KeyKind::kText:
            return "text of up to " + format_number(spec.max) + " characters";
        case KeyKind::kChoice:
            return choices(spec.allowed);
        case KeyKind::kNumber:
            return "a number from " + range(spec);
        case KeyKind::kInteger:
            return "a whole number from " + range(spec);
        case KeyKind::kFlag:
            return "true or false";
        case KeyKind::kDuration:
            return "seconds (90) or a number with a unit (90 s, 2 min, 1 h) from " +
                   format_seconds(spec.min) + " to " + format_seconds(spec.max);
        case KeyKind::kSize:
            return "bytes (65536) or a number with a unit (64 KB, 10 MB) from " + size(spec.min) + " to " +
                   size(spec.max);
        case KeyKind::kPath:
            return "a path, relative to the folder of this file";
        case KeyKind::kSecret:
            return "text, {env: NAME} or {file: path}";
        case KeyKind::kTiles:
            return "COLUMNSxROWS, each 1 to 4, such as 2x1";
        case KeyKind::kTimeOfDay:
            return R"(a time in quotes from "00:00" to "23:59")";
        case KeyKind::kMoment:
            return "a date and time with offset, such as 2026-11-22T09:00:00+01:00";
        case KeyKind::kPolygon:
            return "at least 3 corners [[x, y], …], each from 0 to 1 (parts of the picture)";
        case KeyKind::kNumbers:
            return "a list of 1 or 3 numbers from " + range(spec);
    }
    CHAIRSIDE_CHECK(false);
}

}  // namespace chairside
