#pragma once
// The edges of a stay: which of those who came to a seat sat down, and which of those who went away had sat there. Pure.

#include <optional>
#include <vector>

#include "events/walks.hpp"

namespace chairside {

// Came to the seat itself and was not on foot before or after it: whoever serves there is.
bool rose_or_sat_down(const Walk& walk, const SeatSettings& settings);

// After this time on foot somebody who came did not sit down.
inline constexpr double kSitsDown = 3;  // s

// Of those who came not before `from`, the one who was seen to sit there. From `usual` on anybody may be it, best who sat down
// and was not on foot for long before; earlier, while the seat was hidden, only who sat down. The latest of equals.
std::optional<Walk> who_sat_down(const std::vector<Walk>& arrivals, double from, double usual,
                                 const SeatSettings& settings);

// Of those who went, the likeliest to have sat there until `last`, if that is likelier than that nobody was seen to go. mean_gap_s:
// how long the people of this seat are usually not seen.
std::optional<Walk> who_rose(const std::vector<Walk>& departures, double last, double mean_gap_s);

}  // namespace chairside
