#include "store/feet_rows.hpp"

#include <bit>
#include <cmath>

namespace chairside {
namespace {

constexpr std::size_t kCellBytes = 2 + 4 * 2 * kFootKinds;

void put(std::vector<std::uint8_t>& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint32_t get(std::span<const std::uint8_t> bytes) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        out |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
    return out;
}

}  // namespace

std::vector<std::uint8_t> foot_cells(const FootMap& feet) {
    std::vector<std::uint8_t> out;
    for (int i = 0; i < FootMap::kCells; ++i) {
        const FootCell& cell = feet.cell(i);
        if (cell.empty()) continue;
        put(out, static_cast<std::uint32_t>(i), 2);
        for (const float value : cell.seconds)
            put(out, std::bit_cast<std::uint32_t>(value), 4);
        for (const float value : cell.width_s)
            put(out, std::bit_cast<std::uint32_t>(value), 4);
    }
    return out;
}

Result<FootMap> read_feet(const sqlite::Query& row) {
    const auto corrupt = [] {
        return fail(ErrorKind::kCorrupt, "the store's table of feet holds a value that is not allowed");
    };
    FootMap out;
    const double watched_s = row.real(2);
    if (!std::isfinite(watched_s) || watched_s < 0) return corrupt();
    out.watch(watched_s, static_cast<int>(row.integer(0)), static_cast<int>(row.integer(1)));
    const auto cells = row.blob(3);
    if (cells.size() % kCellBytes != 0) return corrupt();
    for (std::size_t at = 0; at < cells.size(); at += kCellBytes) {
        const std::uint32_t index = get(cells.subspan(at, 2));
        if (index >= static_cast<std::uint32_t>(FootMap::kCells)) return corrupt();
        FootCell cell;
        for (std::size_t k = 0; k < 2 * kFootKinds; ++k) {
            const auto value = std::bit_cast<float>(get(cells.subspan(at + 2 + 4 * k, 4)));
            if (!std::isfinite(value) || value < 0) return corrupt();
            (k < kFootKinds ? cell.seconds[k] : cell.width_s[k - kFootKinds]) = value;
        }
        out.set(static_cast<int>(index), cell);
    }
    return out;
}

}  // namespace chairside
