#pragma once
// The summary as one HTML page: no script, no file beside it, light and dark, a table behind each chart.
// Private to src/report.

#include <string>

#include "report/report_generator.hpp"

namespace chairside {

std::string summary_as_html(const DailySummary& summary, const TimeZone& zone);

}  // namespace chairside
