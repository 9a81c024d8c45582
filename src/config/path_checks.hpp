#pragma once
// Whether the places that a configuration names can be used. Looks only: makes and changes nothing.

#include <filesystem>
#include <optional>
#include <string>

namespace chairside {

// Each returns what is wrong, or nullopt.
std::optional<std::string> unreadable_file(const std::filesystem::path& file);
std::optional<std::string> unusable_device(const std::filesystem::path& device);
// The folder is there, or can be made, and files can be made in it.
std::optional<std::string> unwritable_folder(const std::filesystem::path& folder);
// The file can be made or changed.
std::optional<std::string> unwritable_file(const std::filesystem::path& file);

}  // namespace chairside
