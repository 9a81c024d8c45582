#pragma once
// Cameras that were added on the dashboard. They are kept in a file of their own beside the store (chairside.db ->
// chairside.cameras.json), in the words of docs/config.md, and are read as if they stood at the end of the owner's list; the owner's
// file is never written. docs/decisions/0502-cameras-added-on-the-dashboard.md says why.

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/faults.hpp"

namespace chairside {

std::filesystem::path added_cameras_file(const Config& config);

// Empty if there is no such file. kIo: it is there and cannot be read.
Result<std::string> read_added_cameras(const std::filesystem::path& file);
// As a whole or not at all, also when the power fails; readable by this user alone, since addresses hold passwords.
Result<void> write_added_cameras(const std::filesystem::path& file, const std::string& text);

// `added` with this camera put in or changed: `members` is a JSON object in the words of docs/config.md; a null takes the member
// away. What a person typed is taken as it is: "${" names no variable. kInvalid: `added` is no list of cameras.
Result<std::string> with_camera(const std::string& added, const std::string& id, const std::string& members);
// kNotFound: it is not there.
Result<std::string> without_camera(const std::string& added, const std::string& id);

// The file's tree with the added cameras at the end of its list. Those whose id the file has, too, are left out: the file is the
// owner's. nullopt after a fault was added.
struct ConfigTree {
    YamlNode root;
    std::size_t own = 0;                // cameras of the file
    std::vector<std::string> shadowed;  // added cameras whose id the file has
};
std::optional<ConfigTree> config_tree(const std::string& text, const std::string& added, Faults& faults);

// The configuration with other added cameras: the same file's text, the same rules. `options` as for the file.
ConfigResult with_added_cameras(const Config& base, const std::string& added, const ConfigOptions& options);

}  // namespace chairside
