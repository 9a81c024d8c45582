#pragma once
// The table of all keys: what the reader accepts, what schema/config.schema.json and docs/config.md must say.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chairside {

enum class KeyKind {
    kSection,    // a map of further keys
    kList,       // a list of sections
    kText,       // one line of min to max characters; numbers count as text
    kChoice,     // one of `allowed`
    kNumber,     // from min to max
    kInteger,    // from min to max
    kFlag,       // true, false
    kDuration,   // seconds, or text with a unit; min and max in seconds
    kSize,       // bytes, or text with a unit; min and max in bytes
    kPath,       // text; relative to the folder of the configuration
    kSecret,     // text, {env: NAME} or {file: path}
    kTiles,      // "2x1"
    kTimeOfDay,  // "HH:MM"
    kMoment,     // date and time with offset
    kPolygon,    // list of [x, y]
    kNumbers,    // list of numbers from min to max
};

struct KeySpec {
    std::string_view path;  // "cameras[].zones[].capacity"; items of lists are "[]"
    KeyKind kind;
    std::string_view
        fallback;  // the default as JSON; empty: none (left out has a meaning of its own, or required)
    double min = 0, max = 0;
    std::string_view allowed = {};  // kChoice: values with '|' between
    bool required = false;          // in its section, if that is there
};

std::span<const KeySpec> config_keys();
const KeySpec* find_key(std::string_view path);

// The last part of a path: "capacity".
std::string_view leaf_of(std::string_view path);
// The section that a path belongs to: "cameras[].zones[]"; empty for the top.
std::string_view section_of(std::string_view path);

// For "did you mean": the known name nearest to what was written, by edit distance without regard to case,
// or one that contains it as a word; nullopt when none is near.
std::optional<std::string> nearest(std::string_view written, std::span<const std::string_view> known);

}  // namespace chairside
