#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

namespace chairside {
namespace {

constexpr double kMaxSeconds = 100.0 * 366 * 86400;
constexpr double kMaxBytes = 1e15;
constexpr int kMaxTiles = 4;

struct Unit {
    std::string_view name;
    double factor;
};
constexpr std::array<Unit, 17> kTimeUnits{{{"ms", 1e-3},
                                           {"s", 1},
                                           {"sec", 1},
                                           {"secs", 1},
                                           {"second", 1},
                                           {"seconds", 1},
                                           {"min", 60},
                                           {"mins", 60},
                                           {"minute", 60},
                                           {"minutes", 60},
                                           {"h", 3600},
                                           {"hour", 3600},
                                           {"hours", 3600},
                                           {"hr", 3600},
                                           {"d", 86400},
                                           {"day", 86400},
                                           {"days", 86400}}};
constexpr double kKilo = 1024;
constexpr std::array<Unit, 7> kSizeUnits{{{"b", 1},
                                          {"kb", kKilo},
                                          {"kib", kKilo},
                                          {"mb", kKilo* kKilo},
                                          {"mib", kKilo* kKilo},
                                          {"gb", kKilo* kKilo* kKilo},
                                          {"gib", kKilo* kKilo* kKilo}}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

struct Quantity {
    double value = 0;
    std::string unit;  // lower case, maybe empty
};

Parsed<Quantity> split_quantity(std::string_view text) {
    text = trimmed(text);
    std::size_t end = 0;
    while (end < text.size() &&
           (is_digit(text[end]) || text[end] == '.' || text[end] == '-' || text[end] == '+'))
        ++end;
    const auto value = parse_number(text.substr(0, end));
    if (!value) return tl::unexpected(std::string("it must begin with a number"));
    return Quantity{*value, lower(trimmed(text.substr(end)))};
}

// 1 or 2 digits as a number; -1 for anything else.
int small_number(std::string_view text) {
    if (text.empty() || text.size() > 2 || !std::all_of(text.begin(), text.end(), is_digit)) return -1;
    int value = 0;
    for (const char c : text)
        value = value * 10 + (c - '0');
    return value;
}

}  // namespace

Parsed<double> parse_number(std::string_view text) {
    std::string_view body = text;
    if (!body.empty() && (body.front() == '+' || body.front() == '-')) body.remove_prefix(1);
    const bool starts_well =
        !body.empty() && (is_digit(body[0]) || (body[0] == '.' && body.size() > 1 && is_digit(body[1])));
    if (!starts_well) return tl::unexpected(std::string("not a number"));
    if (text.front() == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range)
        return tl::unexpected(std::string("too large or too small a number"));
    if (error != std::errc() || end != text.data() + text.size())
        return tl::unexpected(std::string("not a number"));
    return value;
}

Parsed<Duration> parse_duration(std::string_view text) {
    const auto quantity = split_quantity(text);
    if (!quantity) return tl::unexpected(quantity.error());
    if (quantity->unit.empty()) return tl::unexpected(std::string("the unit is missing"));
    const auto unit = std::find_if(kTimeUnits.begin(), kTimeUnits.end(),
                                   [&](const Unit& u) { return u.name == quantity->unit; });
    if (unit == kTimeUnits.end()) {
        std::string message = "'" + quantity->unit + "' is not a unit of time";
        if (quantity->unit == "m") message += "; minutes are written 'min'";
        return tl::unexpected(std::move(message));
    }
    const double seconds = quantity->value * unit->factor;
    if (std::abs(seconds) > kMaxSeconds) return tl::unexpected(std::string("too long"));
    return from_seconds(seconds);
}

Parsed<std::size_t> parse_size(std::string_view text) {
    const auto quantity = split_quantity(text);
    if (!quantity) return tl::unexpected(quantity.error());
    if (quantity->unit.empty()) return tl::unexpected(std::string("the unit is missing"));
    const auto unit = std::find_if(kSizeUnits.begin(), kSizeUnits.end(),
                                   [&](const Unit& u) { return u.name == quantity->unit; });
    if (unit == kSizeUnits.end()) return tl::unexpected("'" + quantity->unit + "' is not a unit of size");
    const double bytes = quantity->value * unit->factor;
    if (bytes < 0 || bytes > kMaxBytes) return tl::unexpected(std::string("out of range"));
    return static_cast<std::size_t>(bytes);
}

Parsed<std::chrono::minutes> parse_time_of_day(std::string_view text) {
    const auto colon = text.find(':');
    const bool shaped = colon != std::string_view::npos && text.size() == colon + 3;
    const int hour = shaped ? small_number(text.substr(0, colon)) : -1;
    const int minute = shaped ? small_number(text.substr(colon + 1)) : -1;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return tl::unexpected(std::string("not a time of day"));
    return std::chrono::minutes(hour * 60 + minute);
}

Parsed<Tiles> parse_tiles(std::string_view text) {
    const auto cross = text.find_first_of("xX");
    const bool shaped = cross != std::string_view::npos;
    const int columns = shaped ? small_number(trimmed(text.substr(0, cross))) : -1;
    const int rows = shaped ? small_number(trimmed(text.substr(cross + 1))) : -1;
    if (columns < 0 || rows < 0) return tl::unexpected(std::string("not of the form COLUMNSxROWS"));
    if (columns < 1 || rows < 1 || columns > kMaxTiles || rows > kMaxTiles)
        return tl::unexpected(std::string("out of range"));
    return Tiles{columns, rows};
}

std::string format_number(double value) {
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), result.ptr};
}

std::string format_seconds(double seconds) {
    return format_number(seconds) + " s";
}

}  // namespace chairside
