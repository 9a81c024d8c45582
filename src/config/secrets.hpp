#pragma once
// Texts that may come from outside the configuration: {env: NAME}, {file: path}, and ${NAME} inside a
// camera's source. No message ever repeats such a text, or the value that a key of this kind was given.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"

namespace chairside {

// The text of a kSecret node; nullopt after a fault was added. What came from outside is kept in
// context.secrets.
std::optional<std::string> read_secret(Context& context, const YamlNode& node, const std::string& key);

// Replaces ${NAME} by the environment's value ("$${" stands for "${"). Between "://" and "@" the value is
// written with %XX where an address needs it, so the environment holds the plain password. Values go to
// `values`.
Parsed<std::string> expand_environment(std::string_view text, std::vector<std::string>& values);

// Why this key must not be in a shop (it opens the rows of all branches); nullopt if it may.
std::optional<std::string> key_fault(std::string_view key);

}  // namespace chairside
