#pragma once
// A typed walk over one map of the configuration. Everything about a key (kind, range, choices) comes from
// the table in config_keys.cpp; reading a key that is not there, or leaving one unread, is our bug.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_keys.hpp"
#include "config/faults.hpp"
#include "config/units.hpp"
#include "config/yaml_tree.hpp"

namespace chairside {

// What all readers of one configuration share.
struct Context {
    Faults& faults;
    std::filesystem::path base;  // relative paths are against this folder
    bool check_paths = true;
    std::vector<std::string>& secrets;  // gathered: what came from the environment and from files
    bool read_sources = true;           // of cameras; false: they were read before
};

// Reading functions set `out` only if the key is there and good, and return its node then, else nullptr.
// Faults are added to the context. The tree must outlive the section.
class Section {
  public:
    // `node` may be null (left out). `key` is the dotted path with indices, `table` that of config_keys().
    // Adds the faults of the map as a whole: unknown, double and missing keys.
    Section(Context& context, const YamlNode* node, std::string key, std::string table);

    bool has(std::string_view name) const { return peek(name) != nullptr; }
    void leave_unread(std::string_view name) { find(name); }
    // Left out, or an empty list: what a fault about "none given" is for. False where another fault was told
    // already.
    bool may_lack(std::string_view list_name) const;
    Context& context() const { return *context_; }

    Section section(std::string_view name);
    // The maps of a list; faults for what is none, and when there are more than `most`.
    std::vector<Section> list(std::string_view name, std::size_t most);

    const YamlNode* text(std::string_view name, std::string& out);
    const YamlNode* choice(std::string_view name, std::string& out);  // in any case; out as in the table
    const YamlNode* number(std::string_view name, double& out);
    const YamlNode* integer(std::string_view name, int& out);
    const YamlNode* flag(std::string_view name, bool& out);
    const YamlNode* duration(std::string_view name, Duration& out);
    const YamlNode* size(std::string_view name, std::size_t& out);
    const YamlNode* path(std::string_view name, std::filesystem::path& out);
    const YamlNode* secret(std::string_view name, std::string& out);
    const YamlNode* tiles(std::string_view name, Tiles& out);
    const YamlNode* time_of_day(std::string_view name, std::chrono::minutes& out);
    const YamlNode* moment(std::string_view name, std::optional<WallTime>& out);
    const YamlNode* numbers(std::string_view name, std::vector<double>& out);
    const YamlNode* polygon(std::string_view name, Polygon& out);

    // At the key's value, or at the section's beginning where the key was left out.
    void fault(std::string_view name, std::string message);
    // Every key of the table was asked for.
    void all_read() const;

  private:
    const KeySpec& spec(std::string_view name) const;
    std::string key_of(std::string_view name) const;
    const YamlNode* peek(std::string_view name) const;
    // The value of a key that must be of this kind of node, with a fault if it is not.
    const YamlNode* find(std::string_view name);
    const YamlNode* scalar(std::string_view name);
    void check_keys();
    void unknown_key(const YamlNode& written);
    const YamlNode* wrong(std::string_view name, const YamlNode& node, const std::string& detail = {});
    bool in_range(std::string_view name, const YamlNode& node, double value);

    Context* context_;
    const YamlNode* node_;
    bool broken_ = false;  // it was there, but no map
    std::string key_, table_;
    std::vector<std::string_view> asked_;
};

// "'CHIAR'", "a list", "nothing": what a value is, for messages. Long texts are cut, credentials hidden.
std::string found(const YamlNode& node);
// "a whole number from 1 to 100": what a key allows.
std::string expected(const KeySpec& spec);

}  // namespace chairside
