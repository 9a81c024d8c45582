#pragma once
// Zones as the dashboard keeps them, in the words of the configuration: what ZoneLayer of the pipeline builds on.

#include <string>
#include <vector>

namespace chairside {

// The body of a ZoneRevision -> {"cameras": {"<id>": {"zones": […], "ignore": […]}}}.
std::string settings_of_revision(const std::string& body);

// What is wrong with a zone edit as a browser sends it, "place: words"; none if its form is right.
std::vector<std::string> zone_edit_faults(const std::string& body);

}  // namespace chairside
