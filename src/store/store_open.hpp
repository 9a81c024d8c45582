#pragma once
// From a path to a connection that can be trusted: checked, configured, migrated. Private to src/store.

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace chairside {

// The caller holds the store's lock. A damaged file is set aside (its new name goes to `set_aside`), with a
// line in the log, and a new store is begun.
Result<std::unique_ptr<sqlite::Database>> open_writer(const StoreOptions& options, WallTime now,
                                                      std::optional<std::filesystem::path>& set_aside);

Result<std::unique_ptr<sqlite::Database>> open_reader(const std::filesystem::path& file);

}  // namespace chairside
