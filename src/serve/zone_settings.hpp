#pragma once
// Zones as the dashboard keeps them, in the words of the configuration: what ZoneLayer of the pipeline builds on.

#include <string>

namespace chairside {

// The body of a ZoneRevision -> {"cameras": {"<id>": {"zones": […], "ignore": […]}}}.
std::string settings_of_revision(const std::string& body);

}  // namespace chairside
