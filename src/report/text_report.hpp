#pragma once
// The summary as text and as JSON. Private to src/report.

#include <string>

#include "report/report_generator.hpp"

namespace chairside {

std::string summary_as_text(const DailySummary& summary, const TimeZone& zone);
std::string summary_as_json(const DailySummary& summary, const TimeZone& zone);

}  // namespace chairside
