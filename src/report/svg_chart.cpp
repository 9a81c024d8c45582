#include "report/svg_chart.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace chairside {
namespace {

constexpr double kPlotHeight = 96;   // pixels from the base line up
constexpr double kLabelHeight = 20;  // above the tallest bar
constexpr double kTickHeight = 20;
constexpr double kRowHeight = 28;
constexpr double kLeastShare = 0.003;  // a stay of a minute must be seen on a line of 14 hours

std::string number(double value) {
    std::array<char, 64> digits{};
    const auto done =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 2);
    return {digits.data(), done.ptr};
}

std::string percent(double share) {
    return number(share * 100) + "%";
}

std::string rect(double x, double width, double y, double height, const std::string& css,
                 const std::string& hint) {
    std::string out = "<rect x=\"" + percent(x) + "\" width=\"" + percent(width) + "\" y=\"" + number(y) +
                      "\" height=\"" + number(height) + "\" class=\"" + css + "\"";
    if (hint.empty()) return out + "/>";
    return out + "><title>" + escape_html(hint) + "</title></rect>";
}

std::string text(double x, double y, const std::string& css, const std::string& words) {
    return "<text x=\"" + percent(x) + "\" y=\"" + number(y) + "\" class=\"" + css + "\">" +
           escape_html(words) + "</text>";
}

std::string upright_line(double x, double height) {
    return "<line class=\"grid\" x1=\"" + percent(x) + "\" x2=\"" + percent(x) + "\" y1=\"0\" y2=\"" +
           number(height) + "\"/>";
}

std::string begin_svg(double height, const std::string& title) {
    if (title.empty()) return "<svg height=\"" + number(height) + "\" aria-hidden=\"true\">";
    return "<svg height=\"" + number(height) + "\" role=\"img\" aria-label=\"" + escape_html(title) + "\">";
}

std::string column(const ChartColumn& column, double x, double width, int top) {
    const double base = kLabelHeight + kPlotHeight;
    const double middle = x + width / 2;
    std::string out;
    if (column.coverage != Coverage::kKnown) {
        const char* css = column.coverage == Coverage::kUnknown ? "unknown" : "partly";
        out += rect(x, width, kLabelHeight, kPlotHeight, css, column.hint);
    }
    const double height = top > 0 ? kPlotHeight * column.value / top : 0;
    if (column.value > 0) {
        out += rect(x + width * 0.15, width * 0.7, base - height, height, "bar", column.hint);
        const std::string words =
            (column.coverage == Coverage::kKnown ? "" : "≥") + std::to_string(column.value);
        out += text(middle, base - height - 5, "value", column.words);
    } else if (column.coverage == Coverage::kUnknown) {
        out += text(middle, kLabelHeight - 5, "", "?");
    }
    return out + text(middle, base + 16, column.minor ? "minor" : "", column.tick);
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string column_chart(const std::vector<ChartColumn>& columns, int top, const std::string& title) {
    const double base = kLabelHeight + kPlotHeight;
    std::string out = begin_svg(base + kTickHeight, title);
    const double width = 1.0 / static_cast<double>(std::max<std::size_t>(columns.size(), 1));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        out += column(columns[i], static_cast<double>(i) * width, width, top) + "\n";
    }
    out +=
        "<line class=\"base\" x1=\"0\" x2=\"100%\" y1=\"" + number(base) + "\" y2=\"" + number(base) + "\"/>";
    return out + "</svg>\n";
}

std::string span_chart(const std::vector<ChartSpan>& spans, const std::vector<double>& lines,
                       const std::string& title) {
    std::string out = begin_svg(kRowHeight, title);
    for (const double line : lines)
        out += upright_line(line, kRowHeight);
    for (const ChartSpan& span : spans) {
        const double from = std::clamp(span.from, 0.0, 1.0), to = std::clamp(span.to, 0.0, 1.0);
        const bool hatched = span.css == "unknown";
        const double y = hatched ? 0 : 4, height = hatched ? kRowHeight : kRowHeight - 8;
        out += "\n" + rect(from, std::max(to - from, kLeastShare), y, height, span.css, span.hint);
    }
    return out + "</svg>\n";
}

std::string axis(const std::vector<ChartTick>& ticks) {
    std::string out = begin_svg(kTickHeight, "");
    for (const ChartTick& tick : ticks)
        out += text(tick.at, 14, tick.minor ? "minor" : "", tick.label);
    return out + "</svg>\n";
}

std::string lying_bar(int value, int top) {
    std::string out = begin_svg(kRowHeight, "");
    if (value > 0) out += rect(0, static_cast<double>(value) / top, 6, kRowHeight - 12, "bar", "");
    return out + "</svg>\n";
}

std::string chart_patterns() {
    return "<svg width=\"0\" height=\"0\" style=\"position:absolute;width:0\" aria-hidden=\"true\"><defs>"
           "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
           "patternTransform=\"rotate(45)\"><line x1=\"0\" x2=\"0\" y1=\"0\" y2=\"6\" "
           "stroke=\"var(--hatch)\" "
           "stroke-width=\"3\"/></pattern></defs></svg>\n";
}

}  // namespace chairside
