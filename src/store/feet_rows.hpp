#pragma once
// Foot maps as rows of the table `feet`. docs/formats/store.md describes the bytes of a cell. Private to src/store.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "store/sqlite.hpp"
#include "zones/foot_map.hpp"

namespace chairside {

// Cells in which somebody was, in order: index (2 bytes), three times and three widths (4 bytes each), little-endian.
std::vector<std::uint8_t> foot_cells(const FootMap& feet);

Result<FootMap> read_feet(const sqlite::Query& row);  // Error{kCorrupt}

}  // namespace chairside
