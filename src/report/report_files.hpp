#pragma once
// Report files: their names, and writing so that each is either whole or the earlier one. Private to
// src/report.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace chairside {

// Beside, synced, then renamed over. Error{kIo} names the file.
Result<void> write_whole(const std::filesystem::path& file, const std::string& content);

// <file> becomes <file>.gz.
Result<void> compress(const std::filesystem::path& file);

// "DEMO_2026-11-22", for several days "DEMO_2026-11-01_2026-11-22"; odd letters of the branch become "_".
std::string report_stem(const std::string& branch, const std::string& from_date, const std::string& to_date);

struct ReportFile {
    std::filesystem::path path;
    std::string to_date;
    bool compressed = false;
};
// The reports of this branch in a folder, by name; nothing else in it is ours to touch.
Result<std::vector<ReportFile>> report_files(const std::filesystem::path& folder, const std::string& branch);

}  // namespace chairside
