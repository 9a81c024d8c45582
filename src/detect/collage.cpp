#include "detect/collage.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <tuple>

namespace chairside {
namespace {

// A detector's finest grid: what lies on it before lies on it afterwards, so that boxes come out the same.
constexpr int kGrid = 8;
constexpr double kOnGrid = 1e-6;  // of a step: rounding of what lies on the grid already
constexpr int kGrey = 114;
constexpr double kCut = 2;  // pixels: a box that ends this near to a patch's edge was cut by it

bool overlap(const Patch& a, const Patch& b) {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

Patch joined(const Patch& a, const Patch& b) {
    const int x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.x + a.width, b.x + b.width) - x, std::max(a.y + a.height, b.y + b.height) - y,
            0, 0};
}

Patch on_grid(const Box& region, CanvasSize picture) {
    const auto down = [](double at, int limit) {
        return std::clamp(static_cast<int>(std::floor(at * limit / kGrid + kOnGrid)) * kGrid, 0, limit);
    };
    const auto up = [](double at, int limit) {
        return std::clamp(static_cast<int>(std::ceil(at * limit / kGrid - kOnGrid)) * kGrid, 0, limit);
    };
    const int x = down(region.x, picture.width), y = down(region.y, picture.height);
    return {x, y, up(region.right(), picture.width) - x, up(region.bottom(), picture.height) - y, 0, 0};
}

// Of people side by side no one is looked at twice, nor in halves.
std::vector<Patch> separate(const std::vector<Box>& regions, CanvasSize picture) {
    std::vector<Patch> out;
    for (const Box& region : regions) {
        Patch patch = on_grid(region, picture);
        if (patch.width <= 0 || patch.height <= 0) continue;
        for (auto other = out.begin(); other != out.end();) {
            if (!overlap(*other, patch)) {
                ++other;
                continue;
            }
            patch = joined(*other, patch);
            out.erase(other);
            other = out.begin();  // what it is now may reach those that it did not before
        }
        out.push_back(patch);
    }
    // Also the order in which they are laid: rows of like height leave little unused.
    std::sort(out.begin(), out.end(), [](const Patch& a, const Patch& b) {
        return std::tuple(-a.height, -a.width, a.x, a.y) < std::tuple(-b.height, -b.width, b.x, b.y);
    });
    return out;
}

// Into rows from the top left, each patch into the first row that has room. False: there is not enough.
bool lay(std::vector<Patch>& patches, CanvasSize size) {
    struct Row {
        int y, height, used;
    };
    std::vector<Row> rows;
    for (Patch& patch : patches) {
        auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) {
            return patch.height <= r.height && r.used + patch.width <= size.width;
        });
        if (row == rows.end()) {
            const int y = rows.empty() ? 0 : rows.back().y + rows.back().height;
            if (patch.width > size.width || y + patch.height > size.height) return false;
            row = rows.insert(rows.end(), {y, patch.height, 0});
        }
        patch.to_x = row->used;
        patch.to_y = row->y;
        row->used += patch.width;
    }
    return true;
}

}  // namespace

std::optional<Collage> arrange(const std::vector<Box>& regions, CanvasSize picture,
                               const std::vector<CanvasSize>& sizes) {
    Collage out;
    out.patches = separate(regions, picture);
    if (out.patches.empty()) return std::nullopt;
    for (; out.canvas < sizes.size(); ++out.canvas) {
        out.size = sizes[out.canvas];
        if (lay(out.patches, out.size)) return out;
    }
    return std::nullopt;
}

void paste(const Collage& collage, const Image& picture, Image& out) {
    constexpr std::size_t kBytes = 3;
    out.width = collage.size.width;
    out.height = collage.size.height;
    out.stride = out.width * static_cast<int>(kBytes);
    out.format = picture.format;
    out.content = {0, 0, static_cast<double>(out.width), static_cast<double>(out.height)};
    out.bytes.assign(static_cast<std::size_t>(out.stride) * out.height, kGrey);
    for (const Patch& patch : collage.patches)
        for (int y = 0; y < patch.height; ++y)
            std::memcpy(out.bytes.data() + static_cast<std::size_t>(patch.to_y + y) * out.stride +
                            patch.to_x * kBytes,
                        picture.bytes.data() + static_cast<std::size_t>(patch.y + y) * picture.stride +
                            patch.x * kBytes,
                        patch.width * kBytes);
}

std::vector<ScoredBox> in_place(const Collage& collage, CanvasSize picture,
                                const std::vector<ScoredBox>& boxes) {
    std::vector<ScoredBox> out;
    for (const ScoredBox& box : boxes) {
        const double x = (box.x0 + box.x1) / 2, y = (box.y0 + box.y1) / 2;
        const auto at = std::find_if(collage.patches.begin(), collage.patches.end(), [&](const Patch& p) {
            return x >= p.to_x && x < p.to_x + p.width && y >= p.to_y && y < p.to_y + p.height;
        });
        if (at == collage.patches.end()) continue;
        const auto dx = static_cast<float>(at->x - at->to_x), dy = static_cast<float>(at->y - at->to_y);
        const ScoredBox moved{box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy, box.score};
        const bool cut = (at->x > 0 && moved.x0 < at->x + kCut) || (at->y > 0 && moved.y0 < at->y + kCut) ||
                         (at->x + at->width < picture.width && moved.x1 > at->x + at->width - kCut) ||
                         (at->y + at->height < picture.height && moved.y1 > at->y + at->height - kCut);
        if (!cut) out.push_back(moved);
    }
    return out;
}

}  // namespace chairside
