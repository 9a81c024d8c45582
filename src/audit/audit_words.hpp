#pragma once
// An audit for people and for programs. docs/cli.md shows both.

#include <functional>
#include <string>
#include <vector>

#include "audit/compare.hpp"

namespace chairside {

struct AuditWords {
    std::string hand, counted;  // where the two come from: file names
    std::string times;          // "Europe/Berlin time", "from the beginning of the recording"
    std::function<std::string(WallTime)> time;
    std::vector<std::string> notes;
    std::size_t listed_most = 20;  // of the events to look at
};

std::string audit_as_text(const Audit& audit, const AuditWords& words);
// Everything, also beyond listed_most. docs/formats/hand_counts.md describes it.
std::string audit_as_json(const Audit& audit, const AuditWords& words);

}  // namespace chairside
