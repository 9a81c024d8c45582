#pragma once
// The CSV that `chairside replay --events` writes, read again.

#include <string>
#include <string_view>
#include <vector>

#include "audit/compare.hpp"

namespace chairside {

// Times are seconds after `begin`. Columns zone, type, enter_s and exit_s are needed; id, confidence, verdict and
// metadata are taken where they are. All faults at once.
tl::expected<std::vector<AuditedEvent>, std::vector<std::string>> read_event_file(std::string_view csv,
                                                                                  const std::string& name,
                                                                                  WallTime begin);

}  // namespace chairside
