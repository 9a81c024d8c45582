#pragma once
// Which column of a hand count holds what, by its heading in English or German. Private to src/audit.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "config/zone.hpp"

namespace chairside {

enum class HandColumn { kDate, kHour, kType, kCount, kZone, kStart, kEnd };
inline constexpr std::size_t kHandColumns = 7;

struct HandHeader {
    std::array<int, kHandColumns> at{-1, -1, -1, -1,
                                     -1, -1, -1};  // the index of the column; -1: there is none
    std::vector<std::pair<int, ZoneType>> counts;  // columns that are named after a type
    std::vector<std::string> faults;               // e.g. two columns for the same
    int index(HandColumn column) const { return at[static_cast<std::size_t>(column)]; }
    bool has(HandColumn column) const { return index(column) >= 0; }
};
HandHeader read_header(const std::vector<std::string>& cells);

// "CHAIR", "haircut", "Haarschnitt", …
std::optional<ZoneType> read_hand_type(const std::string& cell);

// Lower case, without what stands in parentheses, "_" for blanks and dashes; German letters become two.
std::string plain_word(const std::string& text);

}  // namespace chairside
