#pragma once
// Quantities that people write with a unit: "90 s", "2 min", "10 MB", "22:30", "2x1". Pure text, no YAML.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "config/config.hpp"

namespace chairside {

// Each returns the value, or what is wrong and what is allowed (a part of a sentence, without the key).
template <typename T>
using Parsed = tl::expected<T, std::string>;

// A finite decimal number as YAML and JSON write it; no hexadecimal, no infinity.
Parsed<double> parse_number(std::string_view text);
// A number and a unit: ms, s, min, h or d (and their long names). Below 100 years, so that microseconds
// always fit.
Parsed<Duration> parse_duration(std::string_view text);
// A number and a unit: B, KB, MB or GB, in powers of 1024 (KiB, MiB, GiB mean the same).
Parsed<std::size_t> parse_size(std::string_view text);
// "HH:MM", 00:00 to 23:59.
Parsed<std::chrono::minutes> parse_time_of_day(std::string_view text);
// "columns x rows", each 1 to 4: "2x1".
Parsed<Tiles> parse_tiles(std::string_view text);

// "120 s", "0.5 s": for messages.
std::string format_seconds(double seconds);
// Shortest decimal form: "0.1", "60".
std::string format_number(double value);

}  // namespace chairside
