#include "report/text_report.hpp"

#include <algorithm>

#include "report/words.hpp"

namespace chairside {
namespace {

// Columns on a terminal: code points, those of East Asia and emoji count twice, joining marks not at all.
std::size_t width_of(const std::string& text) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) == 0x80) continue;
        const bool three = byte >= 0xe3 && byte <= 0xed;
        const bool mark = byte == 0xcc || byte == 0xcd;
        width += mark ? 0 : three || byte >= 0xf0 ? 2 : 1;
    }
    return width;
}

// Line ends and escapes in a name must not break the table or the terminal.
std::string printable(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return text;
}

// The first column to the left, the others to the right.
class Table {
  public:
    explicit Table(std::vector<std::string> header) { add(std::move(header)); }
    void add(std::vector<std::string> row) {
        for (std::string& cell : row)
            cell = printable(std::move(cell));
        widths_.resize(std::max(widths_.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths_[i] = std::max(widths_[i], width_of(row[i]));
        rows_.push_back(std::move(row));
    }
    std::string print() const {
        std::string out;
        for (const auto& row : rows_) {
            std::string line = "  ";
            for (std::size_t i = 0; i < row.size(); ++i) {
                const std::string pad(widths_[i] - width_of(row[i]), ' ');
                line += i == 0 ? row[i] + pad : "  " + pad + row[i];
            }
            line.erase(line.find_last_not_of(' ') + 1);
            out += line + "\n";
        }
        return out;
    }

  private:
    std::vector<std::size_t> widths_;
    std::vector<std::vector<std::string>> rows_;
};

std::string figures_table(const DailySummary& s) {
    Table table({"", "count", "average", "median", "to review"});
    for (const ZoneType type : kReportTypes) {
        const TypeFigures& f = s.by_type.at(type);
        table.add({services_name(type), std::to_string(f.count), typical_words(f.mean_dwell_s, f.finished),
                   typical_words(f.median_dwell_s, f.finished), std::to_string(f.to_review)});
    }
    return table.print();
}

std::vector<std::string> count_header(const std::string& first) {
    std::vector<std::string> out = {first};
    for (const ZoneType type : kReportTypes) {
        std::string name = services_name(type);
        name[0] = static_cast<char>(name[0] - 'A' + 'a');
        out.push_back(std::move(name));
    }
    return out;
}

std::string hours_table(const DailySummary& s) {
    const auto [begin, end] = shown_hours(s, 1);
    const bool one_day = s.by_day.size() == 1;
    int sum = 0, unknown = 0;
    std::vector<std::string> header = count_header("By hour");
    // Over several days a part of nearly every hour is unknown: a column says how much, instead of "at
    // least".
    if (!one_day) header.push_back("unknown");
    Table table(std::move(header));
    for (std::size_t i = begin; i < end; ++i) {
        const HourFigures& hour = s.by_hour[i];
        sum += sum_of(hour.counts);
        if (hour.coverage != Coverage::kKnown) ++unknown;
        const Coverage shown =
            one_day || hour.coverage == Coverage::kUnknown ? hour.coverage : Coverage::kKnown;
        std::vector<std::string> row = {s.hour_labels[i]};
        for (const ZoneType type : kReportTypes)
            row.push_back(count_words(count_of(hour.counts, type), shown));
        if (!one_day) row.push_back(hour.coverage == Coverage::kKnown ? "–" : dwell_words(hour.unknown_s));
        table.add(std::move(row));
    }
    if (sum == 0 && unknown == 0) return "  Nothing was counted in any hour.\n";
    std::string out = table.print();
    if (begin > 0 || end < s.by_hour.size()) out += "  Nothing was counted in the other hours.\n";
    return out;
}

std::string days_table(const DailySummary& s, const TimeZone& zone) {
    std::vector<std::string> header = count_header("By day");
    header.push_back("unknown");
    Table table(std::move(header));
    for (const DayFigures& day : s.by_day) {
        std::vector<std::string> row = {day_words(zone, day.date) + " " + day.date.substr(0, 4)};
        for (const ZoneType type : kReportTypes)
            row.push_back(day_count_words(day, type));
        row.push_back(unknown_time_words(day.coverage, day.unknown_s));
        table.add(std::move(row));
    }
    std::vector<std::string> total = {"Total"};
    for (const ZoneType type : kReportTypes)
        total.push_back(std::to_string(s.by_type.at(type).count));
    table.add(std::move(total));
    return table.print();
}

std::string cameras_table(const DailySummary& s) {
    Table table(count_header("By camera"));
    for (const auto& [camera, figures] : s.by_camera) {
        std::vector<std::string> row = {camera};
        for (const ZoneType type : kReportTypes) {
            const auto found = figures.find(type);
            row.push_back(std::to_string(found != figures.end() ? found->second.count : 0));
        }
        table.add(std::move(row));
    }
    return table.print();
}

std::string zones_table(const DailySummary& s) {
    Table table({"By zone", "", "count", "average", "median"});
    for (const auto& [zone, by_type] : s.by_zone) {
        for (const auto& [type, f] : by_type) {
            table.add({zone_words(s, zone), services_name(type), std::to_string(f.count),
                       typical_words(f.mean_dwell_s, f.finished),
                       typical_words(f.median_dwell_s, f.finished)});
        }
    }
    return table.print();
}

std::string people_words(const DailySummary& s) {
    std::string out = "  People served or waiting: " + std::to_string(s.unique_people) + "\n";
    if (s.open > 0) out += "  Still going on: " + std::to_string(s.open) + "\n";
    if (s.to_review > 0) out += "  To review, not counted yet: " + std::to_string(s.to_review) + "\n";
    if (s.rejected > 0) out += "  Rejected, not counted: " + std::to_string(s.rejected) + "\n";
    return out;
}

}  // namespace

std::string summary_as_text(const DailySummary& s, const TimeZone& zone) {
    std::string out = printable(s.branch) + ", " + date_words(zone, s) + "\n";
    out += clock_words(zone, s) + ", device " + printable(s.device) + "\n\n";
    out += figures_table(s) + "\n" + people_words(s) + "\n";
    if (s.by_day.size() > 1) out += days_table(s, zone) + "\n";
    out += hours_table(s) + "\n";
    if (!s.by_camera.empty()) out += cameras_table(s) + "\n";
    if (!s.by_zone.empty()) out += zones_table(s) + "\n";
    const auto unknown = unknown_words(zone, s);
    if (unknown.empty()) return out + "  Nothing unknown: every camera saw the whole time.\n";
    out += "  Unknown times (a count there is \"at least\", ≥)\n";
    for (const std::string& line : unknown)
        out += "    " + printable(line) + "\n";
    return out;
}

}  // namespace chairside
