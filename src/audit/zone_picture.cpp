#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "audit/doctor_words.hpp"
#include "audit/seat_places.hpp"

namespace chairside {
namespace {

constexpr double kWidth = 1280;  // of the drawing, pixels
constexpr double kLegend = 44;
constexpr double kFaint = 0.02;  // of the largest: cells with less are left blank
struct Ink {
    FootKind kind;
    const char* color;
    const char* what;
};
constexpr std::array kInks = {Ink{FootKind::kWalking, "#7a8794", "walked"},
                              Ink{FootKind::kStanding, "#2f7fd0", "stood"},
                              Ink{FootKind::kSeated, "#e0641c", "sat"}};

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

template <typename... Values>
std::string format(const char* pattern, Values... values) {
    char text[512];
    std::snprintf(text, sizeof text, pattern, values...);
    return text;
}

class Drawing {
  public:
    Drawing(const CameraExam& exam, const FootMap& feet)
        : exam_(exam), picture_(feet), height_(std::round(kWidth * picture_.height / picture_.width)) {}

    std::string svg(bool suggest_all) {
        out_ = format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f "
            "%.0f\" "
            "font-family=\"sans-serif\" font-size=\"15\">\n",
            kWidth, height_ + kLegend, kWidth, height_ + kLegend);
        out_ += "<title>Where people's feet were, camera " + escaped(exam_.camera) + "</title>\n";
        out_ +=
            format("<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n", kWidth, height_ + kLegend);
        out_ += format("<rect width=\"%.0f\" height=\"%.0f\" fill=\"#f4f4f2\"/>\n", kWidth, height_);
        for (const Ink& ink : kInks)
            heat(ink);
        for (const ZoneExam& zone : exam_.zones) {
            outline(zone.zone.polygon, zone.has_problem() ? "#c0182b" : "#1d232b", "");
            if (!zone.suggestion.empty() && (suggest_all || zone.has_problem()))
                outline(zone.suggestion, "#0a8a3c", " stroke-dasharray=\"9 6\"");
        }
        for (const ZoneExam& zone : exam_.zones)
            label(zone);
        legend();
        return out_ + "</svg>\n";
    }

  private:
    void heat(const Ink& ink) {
        const auto kind = static_cast<std::size_t>(ink.kind);
        float top = 0;
        for (int i = 0; i < FootMap::kCells; ++i)
            top = std::max(top, picture_.feet.cell(i).seconds[kind]);
        if (top <= 0) return;
        out_ += format("<g fill=\"%s\">\n", ink.color);
        const double w = kWidth / FootMap::kColumns, h = height_ / FootMap::kRows;
        for (int i = 0; i < FootMap::kCells; ++i) {
            const double share =
                static_cast<double>(picture_.feet.cell(i).seconds[kind]) / static_cast<double>(top);
            if (share < kFaint) continue;
            // A root, so that an hour in one place does not hide a minute in another.
            out_ +=
                format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" opacity=\"%.2f\"/>\n",
                       i % FootMap::kColumns * w, i / FootMap::kColumns * h, w, h, 0.85 * std::sqrt(share));
        }
        out_ += "</g>\n";
    }

    Point place(Point p) const { return {p.x * kWidth, p.y * height_}; }

    void outline(const Polygon& polygon, const char* color, const char* dashes) {
        out_ += format("<polygon fill=\"none\" stroke=\"%s\" stroke-width=\"3\"%s points=\"", color, dashes);
        for (const Point corner : polygon) {
            const Point p = place(corner);
            out_ += format("%.1f,%.1f ", p.x, p.y);
        }
        out_ += "\"/>\n";
    }

    void label(const ZoneExam& zone) {
        const Box box = bounds(zone.zone.polygon);
        const Point p = place({box.x, box.y});
        const double y = p.y > 22 ? p.y - 6 : p.y + 18;
        out_ += format(
            "<text x=\"%.1f\" y=\"%.1f\" stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\" "
            "fill=\"%s\">",
            p.x, y, zone.has_problem() ? "#c0182b" : "#1d232b");
        out_ += escaped(zone.zone.name) + "</text>\n";
    }

    void legend() {
        const double y = height_ + 28;
        double x = 16;
        const auto entry = [&](const std::string& mark, const std::string& text) {
            out_ += mark + format("<text x=\"%.0f\" y=\"%.0f\" fill=\"#1d232b\">", x + 30, y) + text +
                    "</text>\n";
            x += 48 + 7.4 * static_cast<double>(text.size());
        };
        for (auto ink = kInks.rbegin(); ink != kInks.rend(); ++ink)
            entry(format("<rect x=\"%.0f\" y=\"%.0f\" width=\"22\" height=\"14\" fill=\"%s\"/>\n", x, y - 12,
                         ink->color),
                  std::string("feet of people who ") + ink->what);
        const auto line = [&](const char* color, const char* dashes) {
            return format(
                "<line x1=\"%.0f\" y1=\"%.0f\" x2=\"%.0f\" y2=\"%.0f\" stroke=\"%s\" "
                "stroke-width=\"3\"%s/>\n",
                x, y - 5, x + 24, y - 5, color, dashes);
        };
        entry(line("#1d232b", ""), "zone that fits");
        entry(line("#c0182b", ""), "zone with a problem");
        entry(line("#0a8a3c", " stroke-dasharray=\"9 6\""), "suggestion");
    }

    const CameraExam& exam_;
    FootPicture picture_;
    double height_;
    std::string out_;
};

}  // namespace

std::string exam_as_svg(const CameraExam& exam, const FootMap& feet, bool suggest_all) {
    return Drawing(exam, feet).svg(suggest_all);
}

}  // namespace chairside
