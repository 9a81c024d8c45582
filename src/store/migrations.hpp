#pragma once
// Schema versions. Private to src/store.

#include <span>
#include <string_view>

#include "base/result.hpp"
#include "store/sqlite.hpp"

namespace chairside {

struct Migration {
    int version;            // 1, 2, 3 … without holes
    std::string_view name;  // its file's name
    std::string_view sql;
};

// schema/sqlite/NNNN_name.sql in order, put into the binary by CMake.
std::span<const Migration> migrations();

// Identifies a store among other SQLite files: "CHRS".
inline constexpr int kApplicationId = 0x43485253;

// Brings an open database to the newest version, each step in one transaction. A database of another program
// and one of a newer version are refused untouched, with kInvalid.
Result<void> migrate(sqlite::Database& database, std::span<const Migration> steps);

// The refusals of migrate() alone.
Result<void> may_migrate(sqlite::Database& database, std::span<const Migration> steps);

// The version, after the same checks; for readers, who may not migrate: an older one is refused as well.
Result<int> check_version(sqlite::Database& database, std::span<const Migration> steps);

}  // namespace chairside
