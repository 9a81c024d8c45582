#include "track/mot_writer.hpp"

#include <array>
#include <charconv>

#include "base/check.hpp"

namespace chairside {
namespace {

void append_fixed(std::string& out, double value, int decimals) {
    std::array<char, 352> buffer;  // the longest double in fixed notation has 309 digits before the point
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed, decimals);
    CHAIRSIDE_CHECK(end.ec == std::errc{});
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
    const bool negative_zero = text.front() == '-' && text.find_first_not_of("-0.") == text.npos;
    out += negative_zero ? text.substr(1) : text;
    out += ',';
}

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    out.append(buffer.data(), end.ptr);
    out += ',';
}

}  // namespace

void append_mot_row(std::string& out, std::int64_t frame, const Track& track) {
    append_integer(out, frame);
    append_integer(out, track.id.value);
    append_fixed(out, track.box.x, 2);
    append_fixed(out, track.box.y, 2);
    append_fixed(out, track.box.w, 2);
    append_fixed(out, track.box.h, 2);
    append_fixed(out, track.score, 4);
    out += "-1,-1,-1\n";
}

}  // namespace chairside
