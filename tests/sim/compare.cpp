#include "sim/compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace chairside::sim {
namespace {

// How much of the time from 0 on the camera saw.
double seen_until(double t, const Tolerance& tolerance) {
    if (tolerance.gap_every_s <= 0) return t;
    const double rounds = std::floor(t / tolerance.gap_every_s),
                 seen = tolerance.gap_every_s - tolerance.gap_s;
    return rounds * seen + std::min(t - rounds * tolerance.gap_every_s, seen);
}

bool near(double a, double b, const Tolerance& tolerance) {
    return std::abs(seen_until(a, tolerance) - seen_until(b, tolerance)) <= tolerance.start_end_s;
}

// So near to the dwell threshold that the tolerance decides whether it is one.
bool barely(const Service& s, const std::vector<ZoneConfig>& zones, const Tolerance& tolerance) {
    return s.exit_s - s.enter_s <
           to_seconds(zones[static_cast<std::size_t>(s.zone)].dwell) + 2 * tolerance.start_end_s;
}

std::string line(const char* what, const Service& s, const std::vector<ZoneConfig>& zones) {
    char text[120];
    std::snprintf(text, sizeof text, "%s %s %.1f-%.1f", what,
                  zones[static_cast<std::size_t>(s.zone)].name.c_str(), s.enter_s, s.exit_s);
    return text;
}

}  // namespace

std::string Comparison::text() const {
    std::string out;
    for (const std::string& difference : differences)
        out += "\n  " + difference;
    return out;
}

Comparison compare(const std::vector<Service>& expected, const std::vector<Service>& got,
                   const std::vector<ZoneConfig>& zones, const Tolerance& tolerance) {
    Comparison out;
    std::vector<Service> left = got;
    for (const Service& e : expected) {
        const auto found = std::find_if(left.begin(), left.end(), [&](const Service& g) {
            return g.zone == e.zone &&
                   near(g.enter_s, std::clamp(g.enter_s, e.came_s, e.enter_s), tolerance) &&
                   near(g.exit_s, e.exit_s, tolerance);
        });
        if (found == left.end()) {
            if (!barely(e, zones, tolerance)) out.differences.push_back(line("missing", e, zones));
        } else {
            ++out.same;
            left.erase(found);
        }
    }
    for (const Service& g : left)
        if (!barely(g, zones, tolerance)) out.differences.push_back(line("extra", g, zones));
    return out;
}

}  // namespace chairside::sim
