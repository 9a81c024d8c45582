#pragma once
// YAML text -> a plain tree with positions. The only part that sees yaml-cpp, whose own nodes accept
// duplicate keys, forget the position of keys and expand aliases without a limit. Limits: 1 MB of text, 32
// levels, 50 000 nodes (aliases count as what they stand for). One document.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace chairside {

inline constexpr std::size_t kMaxYamlBytes = 1u << 20;
inline constexpr int kMaxYamlDepth = 32;
inline constexpr std::size_t kMaxYamlNodes = 50'000;

struct YamlNode {
    enum class Kind { kNull, kScalar, kList, kMap };
    Kind kind = Kind::kNull;
    int line = 1, column = 1;  // from 1, columns in characters
    std::string text;          // kScalar
    bool quoted =
        false;  // kScalar: written in quotes or as a block, so it is text even if it looks like a number
    std::vector<YamlNode> keys;  // kMap: as long as `items`; duplicates are kept
    std::vector<YamlNode> items;
    int height = 1;  // levels from here down
};

struct YamlFault {
    int line = 0, column = 0;  // 0: the file as a whole
    std::string message;
};

// Failure: what keeps the text from being read as YAML at all; several faults only for bad indentation.
tl::expected<YamlNode, std::vector<YamlFault>> parse_yaml(const std::string& text);

}  // namespace chairside
