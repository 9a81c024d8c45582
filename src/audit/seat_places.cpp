#include "audit/seat_places.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace chairside {
namespace {

constexpr double kSmoothing = 0.2;  // person widths: one hill per seat, whatever the jitter of its boxes
constexpr double kClimb = 0.6;      // person widths: seats are further apart
constexpr double kAspect = 16.0 / 9;
constexpr int kUnknownHeight = 720;     // pixels: of a map that knows no picture
constexpr double kDefaultWidth = 0.08;  // picture widths, where nobody was measured

// The width of a still person, pixels; 0 in a cell without any.
double width_in(const FootCell& cell, const FootPicture& picture) {
    const auto seconds = static_cast<double>(cell.seconds[0] + cell.seconds[1]);
    return seconds > 0 ? static_cast<double>(cell.width_s[0] + cell.width_s[1]) / seconds * picture.width : 0;
}

struct Grid {
    Grid(const FootPicture& from, SeatEvidence evidence)
        : picture(from), seconds(FootMap::kCells), widths(FootMap::kCells) {
        double sum = 0, weight = 0;
        for (int i = 0; i < FootMap::kCells; ++i) {
            const FootCell& cell = picture.feet.cell(i);
            const auto at = static_cast<std::size_t>(i);
            seconds[at] = still_seconds(cell, evidence);
            widths[at] = width_in(cell, picture);
            sum += widths[at] * seconds[at];
            weight += seconds[at];
        }
        const double mean = weight > 0 ? sum / weight : kDefaultWidth * picture.width;
        for (double& width : widths)
            if (width <= 0) width = mean;
    }

    double distance(int a, int b) const {
        const Point p = picture.center_of(a), q = picture.center_of(b);
        return std::hypot(p.x - q.x, p.y - q.y);
    }
    // Calls f(other) for the cells within the radius, itself included.
    template <typename F>
    void around(int cell, double radius, F&& f) const {
        const int reach_x = static_cast<int>(radius / picture.cell_width()) + 1,
                  reach_y = static_cast<int>(radius / picture.cell_height()) + 1;
        const int x = cell % FootMap::kColumns, y = cell / FootMap::kColumns;
        for (int v = std::max(0, y - reach_y); v <= std::min(FootMap::kRows - 1, y + reach_y); ++v)
            for (int u = std::max(0, x - reach_x); u <= std::min(FootMap::kColumns - 1, x + reach_x); ++u)
                if (const int other = v * FootMap::kColumns + u; distance(cell, other) <= radius) f(other);
    }

    std::vector<double> smoothed() const {
        std::vector<double> out(FootMap::kCells);
        for (int i = 0; i < FootMap::kCells; ++i) {
            if (seconds[static_cast<std::size_t>(i)] <= 0) continue;
            const double sigma =
                std::max(kSmoothing * widths[static_cast<std::size_t>(i)], picture.cell_width() / 2);
            around(i, 3 * sigma, [&](int other) {
                const double d = distance(i, other) / sigma;
                out[static_cast<std::size_t>(other)] +=
                    seconds[static_cast<std::size_t>(i)] * std::exp(-d * d / 2);
            });
        }
        return out;
    }

    const FootPicture& picture;
    std::vector<double> seconds, widths;
};

// For each cell the one it climbs to: the highest within reach; itself on a peak.
std::vector<int> steps_up(const Grid& grid, const std::vector<double>& height) {
    std::vector<int> up(FootMap::kCells);
    for (int i = 0; i < FootMap::kCells; ++i) {
        const auto at = static_cast<std::size_t>(i);
        int best = i;
        if (grid.seconds[at] > 0)
            grid.around(i, kClimb * grid.widths[at], [&](int other) {
                if (height[static_cast<std::size_t>(other)] > height[static_cast<std::size_t>(best)])
                    best = other;
            });
        up[at] = best;
    }
    return up;
}

int top_of(std::vector<int>& up, int cell) {
    while (up[static_cast<std::size_t>(cell)] != cell)
        cell = up[static_cast<std::size_t>(cell)];
    return cell;
}

}  // namespace

double still_seconds(const FootCell& cell, SeatEvidence evidence) {
    const auto seated = static_cast<double>(cell.seconds[static_cast<std::size_t>(FootKind::kSeated)]);
    if (evidence == SeatEvidence::kSeated) return seated;
    return seated + static_cast<double>(cell.seconds[static_cast<std::size_t>(FootKind::kStanding)]);
}

FootPicture::FootPicture(const FootMap& map)
    : feet(map),
      width(map.width() > 0 ? map.width() : kAspect * kUnknownHeight),
      height(map.height() > 0 ? map.height() : kUnknownHeight) {}

Polygon FootPicture::at(const Polygon& normalised) const {
    Polygon out;
    for (const Point p : normalised)
        out.push_back(at(p));
    return out;
}

std::vector<SeatPlace> find_places(const FootPicture& picture, SeatEvidence evidence) {
    const Grid grid(picture, evidence);
    std::vector<int> up = steps_up(grid, grid.smoothed());
    std::map<int, SeatPlace> places;
    for (int i = 0; i < FootMap::kCells; ++i) {
        const double seconds = grid.seconds[static_cast<std::size_t>(i)];
        if (seconds <= 0) continue;
        SeatPlace& place = places[top_of(up, i)];
        place.seconds += seconds;
        place.person_width += grid.widths[static_cast<std::size_t>(i)] * seconds;
        place.cells.push_back(i);
    }
    std::vector<SeatPlace> out;
    for (auto& [peak, place] : places) {
        place.peak = picture.center_of(peak);
        place.person_width /= place.seconds;
        std::stable_sort(place.cells.begin(), place.cells.end(), [&](int a, int b) {
            return grid.seconds[static_cast<std::size_t>(a)] > grid.seconds[static_cast<std::size_t>(b)];
        });
        out.push_back(std::move(place));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const SeatPlace& a, const SeatPlace& b) { return a.seconds > b.seconds; });
    return out;
}

std::vector<int> core_of(const SeatPlace& place, const FootMap& feet, SeatEvidence evidence, double share) {
    std::vector<int> out;
    double sum = 0;
    for (const int cell : place.cells) {
        if (sum >= share * place.seconds) break;
        sum += still_seconds(feet.cell(cell), evidence);
        out.push_back(cell);
    }
    return out;
}

}  // namespace chairside
