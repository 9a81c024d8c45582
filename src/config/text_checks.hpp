#pragma once
// What is checked in the bytes of a configuration before (and besides) YAML: encoding, tabs, columns.

#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_tree.hpp"

namespace chairside {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Not UTF-8, control characters, tabs or non-breaking spaces as indentation; at most one fault per line, 20
// in all.
std::vector<YamlFault> character_faults(std::string_view text);
// Whether a quotation begins at this byte and is never closed; yaml-cpp then takes all the rest of the text
// for it.
bool never_closed(std::string_view text, std::size_t at);
// Where the '-' or ':' of a left-out value is; yaml-cpp only knows the next token's place. Columns in bytes.
void place_left_out_values(std::string_view text, YamlNode& root);
// Column in characters (from 1) of a column in bytes.
int characters_up_to(std::string_view text, int line, int byte_column);
// Turns the columns of the whole tree from bytes into characters.
void columns_to_characters(std::string_view text, YamlNode& root);

// Length of the valid UTF-8 sequence at `at`; 0 if there is none.
int utf8_length(std::string_view text, std::size_t at);
// Number of characters; broken bytes count as one each.
std::size_t count_characters(std::string_view text);

}  // namespace chairside
