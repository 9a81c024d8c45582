#include "config/text_checks.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace chairside {
namespace {

constexpr std::size_t kMaxFaults = 20;
// Longer lines keep columns in bytes: counting again for each of a line's values would be quadratic.
constexpr std::size_t kLongLine = 4096;
constexpr std::string_view kNonBreakingSpace = "\xC2\xA0";

unsigned byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

std::string hex(unsigned byte) {
    std::array<char, 8> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "0x%02X", byte);
    return buffer.data();
}

// Start of each line.
std::vector<std::size_t> line_starts(std::string_view text) {
    std::vector<std::size_t> starts{0};
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\n') starts.push_back(i + 1);
    return starts;
}

std::string_view line_of(std::string_view text, const std::vector<std::size_t>& starts, std::size_t index) {
    const std::size_t end = index + 1 < starts.size() ? starts[index + 1] - 1 : text.size();
    return text.substr(starts[index], end - starts[index]);
}

int to_characters(std::string_view line, int byte_column) {
    if (line.size() > kLongLine) return byte_column;
    const auto bytes = static_cast<std::size_t>(std::max(0, byte_column - 1));
    const std::string_view before = line.substr(0, std::min(bytes, line.size()));
    // Columns past the end of the line (yaml-cpp names the end of the text so) keep their distance.
    return static_cast<int>(count_characters(before) + (bytes - before.size())) + 1;
}

// What is wrong with the white space before the first other character; nullptr if nothing.
const char* indentation_fault(std::string_view line, std::size_t& at) {
    at = 0;
    const char* fault = nullptr;
    std::size_t i = 0;
    while (i < line.size()) {
        const bool tab = line[i] == '\t';
        const bool hard_space = line.substr(i, 2) == kNonBreakingSpace;
        if (!tab && !hard_space && line[i] != ' ') break;
        if ((tab || hard_space) && !fault) {
            at = i;
            fault = tab ? "a tab in the indentation; YAML allows spaces only"
                        : "a non-breaking space in the indentation; use ordinary spaces";
        }
        i += hard_space ? 2 : 1;
    }
    const bool blank = i == line.size() || line[i] == '#' || line[i] == '\r';
    return blank ? nullptr : fault;
}

// Position of the first byte that is not text, and what it is.
bool find_bad_byte(std::string_view line, std::size_t& at, std::string& message) {
    for (std::size_t i = 0; i < line.size();) {
        const int length = utf8_length(line, i);
        const unsigned byte = byte_at(line, i);
        const bool carriage_return = byte == '\r' && i + 1 == line.size();
        const bool control = (byte < 0x20 && byte != '\t' && !carriage_return) || byte == 0x7F;
        if (length == 0 || control) {
            at = i;
            message = length == 0 ? "the byte " + hex(byte) + " is not UTF-8; save the file as UTF-8"
                                  : "the control character " + hex(byte) + " is not text";
            return true;
        }
        i += static_cast<std::size_t>(length);
    }
    return false;
}

std::string_view without_comment(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i)
        if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) return line.substr(0, i);
    return line;
}

// Moves a left-out entry of a list from the next token back to its own '-'.
void move_to_dash(std::string_view text, const std::vector<std::size_t>& starts, YamlNode& node) {
    constexpr int kMostLines = 100;  // of comments in between
    auto line = static_cast<std::size_t>(std::max(0, node.line - 1));
    if (line >= starts.size()) return;
    std::string_view part = line_of(text, starts, line);
    if (part.size() > kLongLine) return;
    part = part.substr(0, std::min(part.size(), static_cast<std::size_t>(std::max(0, node.column - 1))));
    for (int i = 0; i < kMostLines; ++i) {
        part = without_comment(part);
        const auto last = part.find_last_not_of(" \t\r");
        if (last != std::string_view::npos) {
            if (part[last] != '-') return;
            node.line = static_cast<int>(line) + 1;
            node.column = static_cast<int>(last) + 1;
            return;
        }
        if (line == 0) return;
        part = line_of(text, starts, --line);
        if (part.size() > kLongLine) return;
    }
}

void place(std::string_view text, const std::vector<std::size_t>& starts, YamlNode& node) {
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        YamlNode& item = node.items[i];
        if (item.kind != YamlNode::Kind::kNull) {
            place(text, starts, item);
        } else if (node.kind == YamlNode::Kind::kMap) {
            item.line = node.keys[i].line;
            item.column = node.keys[i].column;
        } else {
            move_to_dash(text, starts, item);
        }
    }
}

void convert(std::string_view text, const std::vector<std::size_t>& starts, YamlNode& node) {
    const auto index = static_cast<std::size_t>(std::max(0, node.line - 1));
    if (index < starts.size()) node.column = to_characters(line_of(text, starts, index), node.column);
    for (auto& key : node.keys)
        convert(text, starts, key);
    for (auto& item : node.items)
        convert(text, starts, item);
}

}  // namespace

int utf8_length(std::string_view text, std::size_t at) {
    const unsigned first = byte_at(text, at);
    if (first < 0x80) return 1;
    const int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return 0;
    for (int i = 1; i < length; ++i)
        if ((byte_at(text, at + i) & 0xC0) != 0x80) return 0;
    const unsigned second = byte_at(text, at + 1);
    // Overlong forms, surrogates and what lies beyond the last code point (RFC 3629).
    const bool refused = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                         (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return refused ? 0 : length;
}

std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++count)
        i += static_cast<std::size_t>(std::max(1, utf8_length(text, i)));
    return count;
}

std::vector<YamlFault> character_faults(std::string_view text) {
    for (const std::string_view utf16 : {"\xFF\xFE", "\xFE\xFF"})
        if (text.substr(0, 2) == utf16) return {{1, 1, "the file is UTF-16; save it as UTF-8"}};
    std::vector<YamlFault> faults;
    const auto starts = line_starts(text);
    for (std::size_t i = 0; i < starts.size() && faults.size() < kMaxFaults; ++i) {
        const std::string_view line = line_of(text, starts, i);
        std::size_t at = 0;
        std::string message;
        if (!find_bad_byte(line, at, message)) {
            const char* indentation = indentation_fault(line, at);
            if (!indentation) continue;
            message = indentation;
        }
        faults.push_back(
            {static_cast<int>(i) + 1, static_cast<int>(count_characters(line.substr(0, at))) + 1, message});
    }
    return faults;
}

bool never_closed(std::string_view text, std::size_t at) {
    // An anchor or a tag may stand before the quotation.
    while (at < text.size() && (text[at] == '&' || text[at] == '!'))
        at = text.find_first_not_of(' ', std::min(text.find(' ', at), text.size()));
    if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return false;
    const char quote = text[at];
    for (++at; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\')
            ++at;
        else if (text[at] == quote)
            return false;
    }
    return true;
}

int characters_up_to(std::string_view text, int line, int byte_column) {
    const auto starts = line_starts(text);
    const auto index = static_cast<std::size_t>(std::max(0, line - 1));
    return index < starts.size() ? to_characters(line_of(text, starts, index), byte_column) : byte_column;
}

void place_left_out_values(std::string_view text, YamlNode& root) {
    place(text, line_starts(text), root);
}

void columns_to_characters(std::string_view text, YamlNode& root) {
    convert(text, line_starts(text), root);
}

}  // namespace chairside
