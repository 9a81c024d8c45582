#pragma once
// Charts as inline SVG. Horizontal places are percentages, so that a chart fits any screen and its letters
// keep their size; heights are pixels. Unknown times are hatched. Private to src/report.

#include <string>
#include <string_view>
#include <vector>

#include "report/report_generator.hpp"

namespace chairside {

std::string escape_html(std::string_view text);

struct ChartColumn {
    std::string tick;    // under the axis
    bool minor = false;  // the tick may be left out where there is little room
    std::string hint;    // "09:00: 3 haircuts"
    int value = 0;
    std::string words;  // above the bar
    Coverage coverage = Coverage::kKnown;
};
// Upright bars. `top`: the value of the full height, shared by charts that are compared; `title`: what a
// screen reader says.
std::string column_chart(const std::vector<ChartColumn>& columns, int top, const std::string& title);

struct ChartSpan {
    double from = 0, to = 0;  // 0..1 of the width
    std::string css;          // "bar", "bar goes-on", "review", "unknown"
    std::string hint;
};
// One row of a time line; `lines` are places of grid lines, 0..1.
std::string span_chart(const std::vector<ChartSpan>& spans, const std::vector<double>& lines,
                       const std::string& title);

struct ChartTick {
    double at = 0;
    std::string label;
    bool minor = false;
};
std::string axis(const std::vector<ChartTick>& ticks);

// One lying bar of `value` out of `top`.
std::string lying_bar(int value, int top);

// What the charts refer to; once per page.
std::string chart_patterns();

}  // namespace chairside
