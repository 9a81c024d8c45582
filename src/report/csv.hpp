#pragma once
// Events as RFC 4180. docs/formats/csv.md. Private to src/report.

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "store/store.hpp"

namespace chairside {

// Text that a spreadsheet could take for a formula gets an apostrophe before it, wherever a cell could begin.
std::string defuse(std::string_view text);

std::string events_as_csv(const std::vector<StoredEvent>& events, const TimeZone& zone);

}  // namespace chairside
