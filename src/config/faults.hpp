#pragma once
// Gathers the faults of one configuration, so that all are told at once.

#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/yaml_tree.hpp"

namespace chairside {

class Faults {
  public:
    explicit Faults(std::string file) : file_(std::move(file)) {}

    void add(int line, int column, std::string key, std::string message) {
        errors_.push_back({file_, line, column, std::move(key), std::move(message)});
    }
    void add(const YamlNode& at, std::string key, std::string message) {
        add(at.line, at.column, std::move(key), std::move(message));
    }
    bool empty() const { return errors_.empty(); }
    // In the order of the file; the same fault once.
    std::vector<ConfigError> take_sorted();

  private:
    std::string file_;
    std::vector<ConfigError> errors_;
};

}  // namespace chairside
