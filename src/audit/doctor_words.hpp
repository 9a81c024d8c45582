#pragma once
// What the zones' doctor found, for people, for programs and as a drawing.

#include <string>
#include <vector>

#include "audit/zone_doctor.hpp"

namespace chairside {

// With the zones to paste into the configuration: those with a problem, or all that have a suggestion.
std::string exams_as_text(const std::vector<CameraExam>& exams, bool suggest_all);
// Everything. docs/formats/feet.md describes it.
std::string exams_as_json(const std::vector<CameraExam>& exams);

// Where feet were as a heat map, the zones and what is suggested for them: SVG, no picture of the camera in it.
std::string exam_as_svg(const CameraExam& exam, const FootMap& feet, bool suggest_all);

}  // namespace chairside
