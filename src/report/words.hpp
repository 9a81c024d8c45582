#pragma once
// Figures in words, the same in the text and on the page. Private to src/report.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "report/report_generator.hpp"

namespace chairside {

inline constexpr std::array kReportTypes = {ZoneType::kChair, ZoneType::kWash, ZoneType::kWait};

const char* services_name(ZoneType type);                 // "Haircuts", "Washes", "Waits"
std::string dwell_words(double seconds);                  // "45 s", "31 min", "1 h 05 min"
std::string typical_words(double seconds, int finished);  // "–" if none is finished
// "7", "≥ 7" where a part was not seen, "unknown" where nothing was seen and nothing counted.
std::string count_words(int count, Coverage coverage);
int count_of(const std::map<ZoneType, int>& counts, ZoneType type);
int sum_of(const std::map<ZoneType, int>& counts);

std::string date_words(
    const TimeZone& zone,
    const DailySummary& summary);  // "Sunday 22 November 2026", "Mon 16 Nov to Sun 22 Nov 2026"
std::string clock_words(const TimeZone& zone,
                        const DailySummary& summary);  // "Europe/Berlin time", and what is odd
std::string day_words(const TimeZone& zone, const std::string& date);  // "Sun 22 Nov"
// "cam-1: 09:42 to 10:05 (23 min), offline", in order of time; times before the range and after it are cut.
std::vector<std::string> unknown_words(const TimeZone& zone, const DailySummary& summary);
// A day with a short gap has a plain count, its unknown time stands beside it.
std::string day_count_words(const DayFigures& day, ZoneType type);
std::string unknown_time_words(Coverage coverage, double unknown_s);  // "–", "23 min", "the whole day"
// Which of the hours are worth showing: from the first to the last with anything in it, but no fewer than
// `least` where the day has them; all where nothing happened. [begin, end).
std::pair<std::size_t, std::size_t> shown_hours(const DailySummary& summary, std::size_t least);
// "chair 1" for "cam-1/chair 1" where one camera has been seen only.
std::string zone_words(const DailySummary& summary, const std::string& key);

}  // namespace chairside
