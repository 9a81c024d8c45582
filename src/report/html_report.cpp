#include "report/html_report.hpp"

#include <algorithm>
#include <tuple>

#include "report/page_css.hpp"
#include "report/svg_chart.hpp"
#include "report/words.hpp"

namespace chairside {
namespace {

constexpr std::size_t kLeastHours = 8;  // fewer columns would look like walls

std::string lower(std::string word) {
    word[0] = static_cast<char>(word[0] - 'A' + 'a');
    return word;
}

// ---- Tables

struct HtmlTable {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> footer;
};

std::string table_row(const std::vector<std::string>& cells, bool head) {
    std::string out = "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string text = escape_html(cells[i]);
        if (head) {
            out += "<th scope=\"col\">" + text + "</th>";
        } else {
            out += i == 0 ? "<th scope=\"row\">" + text + "</th>" : "<td>" + text + "</td>";
        }
    }
    return out + "</tr>\n";
}

std::string behind(const HtmlTable& table, const std::string& caption) {
    std::string out =
        "<details><summary>Show as a table</summary><div class=\"scroll\"><table aria-label=\"" +
        escape_html(caption) + "\">\n<thead>" + table_row(table.header, true) + "</thead>\n<tbody>";
    for (const auto& row : table.rows)
        out += table_row(row, false);
    out += "</tbody>";
    if (!table.footer.empty()) out += "\n<tfoot>" + table_row(table.footer, false) + "</tfoot>";
    return out + "</table></div></details>\n";
}

std::vector<std::string> with_types(std::vector<std::string> header) {
    for (const ZoneType type : kReportTypes)
        header.push_back(services_name(type));
    return header;
}

// ---- The top of the page

std::string hero(const DailySummary& s) {
    const bool nothing_seen = std::all_of(s.by_day.begin(), s.by_day.end(), [](const DayFigures& day) {
        return day.coverage == Coverage::kUnknown;
    });
    std::string out = "<ul class=\"hero\">\n";
    for (const ZoneType type : kReportTypes) {
        const TypeFigures& f = s.by_type.at(type);
        const bool unknown = nothing_seen && f.count == 0;
        out += unknown ? "<li><span class=\"number word\">unknown</span>"
                       : "<li><span class=\"number\">" + std::to_string(f.count) + "</span>";
        out += std::string("<h3>") + services_name(type) + "</h3>";
        if (f.finished > 0) {
            out += "<p class=\"soft\">typically " + dwell_words(f.median_dwell_s) + "</p>";
        }
        if (f.to_review > 0)
            out += "<p class=\"soft\">" + std::to_string(f.to_review) + " more to review</p>";
        out += "</li>\n";
    }
    return out + "</ul>\n";
}

std::string chips(const DailySummary& s) {
    std::string out = "<ul class=\"chips\">\n";
    const auto chip = [&](const std::string& words) { out += "<li>" + escape_html(words) + "</li>\n"; };
    chip(std::to_string(s.unique_people) + (s.unique_people == 1 ? " person" : " people") +
         " served or waiting");
    if (s.open > 0) chip(std::to_string(s.open) + " still going on");
    if (s.to_review > 0) chip(std::to_string(s.to_review) + " to review, not counted");
    if (s.rejected > 0) chip(std::to_string(s.rejected) + " rejected, not counted");
    chip(s.gaps.empty() && !s.seen_until ? "every camera saw the whole time"
                                         : "part of the time is unknown, see below");
    return out + "</ul>\n";
}

// ---- By hour, by day

// The chart of one type; a row of nothing known to be nothing needs no picture.
std::string panel(ZoneType type, const TypeFigures& f, const std::vector<ChartColumn>& columns, int top,
                  const char* by) {
    const bool blank =
        f.count == 0 && std::all_of(columns.begin(), columns.end(), [](const ChartColumn& column) {
            return column.coverage == Coverage::kKnown;
        });
    std::string side = blank ? "none" : std::to_string(f.count);
    if (f.finished > 0) side += ", average " + dwell_words(f.mean_dwell_s);
    std::string out = std::string("<figure><figcaption><h3>") + services_name(type) +
                      "</h3><span class=\"soft\">" + side + "</span></figcaption>";
    if (!blank) {
        out += column_chart(columns, top,
                            std::string(services_name(type)) + by + "; the table below has the figures");
    }
    return out + "</figure>\n";
}

std::string hint_of(const std::string& when, ZoneType type, int count, Coverage coverage) {
    return when + ": " + count_words(count, coverage) + " " + lower(services_name(type));
}

// "9" of "09:00", "9:30" of "09:30".
std::string tick_of(const std::string& label) {
    std::string hour = label.substr(0, 2), minute = label.substr(3, 2);
    if (hour[0] == '0') hour.erase(0, 1);
    return minute == "00" ? hour : hour + ":" + minute;
}

std::string hatch_note() {
    return "<p class=\"note\"><svg class=\"key\" aria-hidden=\"true\"><rect width=\"24\" height=\"14\" "
           "class=\"unknown\"/></svg>hatched: unknown, a camera saw nothing; ≥ means at least</p>\n";
}

ChartColumn hour_column(const DailySummary& s, std::size_t i, ZoneType type) {
    const HourFigures& hour = s.by_hour[i];
    const int count = count_of(hour.counts, type);
    // Over several days some part of every hour may be unknown: then the table says how much.
    const bool one_day = s.by_day.size() == 1;
    const Coverage shown = one_day || hour.coverage == Coverage::kUnknown ? hour.coverage : Coverage::kKnown;
    return {.tick = tick_of(s.hour_labels[i]),
            .hint = hint_of(s.hour_labels[i], type, count, shown),
            .value = count,
            .words = count_words(count, shown),
            .coverage = shown};
}

HtmlTable hours_table(const DailySummary& s) {
    HtmlTable table{with_types({"Hour"}), {}, {}};
    table.header.push_back("Unknown");
    for (std::size_t i = 0; i < s.by_hour.size(); ++i) {
        const HourFigures& hour = s.by_hour[i];
        std::vector<std::string> row = {s.hour_labels[i]};
        for (const ZoneType type : kReportTypes)
            row.push_back(hour_column(s, i, type).words);
        row.push_back(hour.coverage == Coverage::kKnown ? "–" : dwell_words(hour.unknown_s));
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string by_hour(const DailySummary& s) {
    // More labels than these leave no room for "≥" on a phone; the hatching says it then.
    constexpr std::size_t kMostLabels = 14;
    const auto [begin, end] = shown_hours(s, kLeastHours);
    int top = 1;
    bool hatched = false;
    for (std::size_t i = begin; i < end; ++i) {
        for (const auto& [type, count] : s.by_hour[i].counts)
            top = std::max(top, count);
        hatched = hatched || hour_column(s, i, ZoneType::kChair).coverage != Coverage::kKnown;
    }
    std::string out = "<section><h2>When</h2>\n<p class=\"note\">by the hour in which they began";
    out += s.by_day.size() > 1 ? ", all days together</p>\n" : "</p>\n";
    if (hatched) out += hatch_note();
    for (const ZoneType type : kReportTypes) {
        std::vector<ChartColumn> columns;
        for (std::size_t i = begin; i < end; ++i) {
            columns.push_back(hour_column(s, i, type));
            columns.back().minor = (i - begin) % 2 == 1;
            if (end - begin > kMostLabels) columns.back().words = std::to_string(columns.back().value);
        }
        out += panel(type, s.by_type.at(type), columns, top, " by hour");
    }
    return out + behind(hours_table(s), "Services by hour") + "</section>\n";
}

HtmlTable days_table(const DailySummary& s, const TimeZone& zone) {
    HtmlTable table{with_types({"Day"}), {}, {"Total"}};
    table.header.insert(table.header.end(), {"To review", "Unknown"});
    for (const DayFigures& day : s.by_day) {
        std::vector<std::string> row = {day_words(zone, day.date)};
        for (const ZoneType type : kReportTypes)
            row.push_back(day_count_words(day, type));
        row.push_back(std::to_string(day.to_review));
        row.push_back(unknown_time_words(day.coverage, day.unknown_s));
        table.rows.push_back(std::move(row));
    }
    for (const ZoneType type : kReportTypes)
        table.footer.push_back(std::to_string(s.by_type.at(type).count));
    table.footer.insert(table.footer.end(), {std::to_string(s.to_review), ""});
    return table;
}

std::string by_day(const DailySummary& s, const TimeZone& zone) {
    constexpr double kHatchedFrom_s = 3600;  // a shorter gap stands in the table
    int top = 1;
    bool hatched = false;
    std::vector<Coverage> shown;
    for (const DayFigures& day : s.by_day) {
        for (const auto& [type, count] : day.counts)
            top = std::max(top, count);
        shown.push_back(day.unknown_s >= kHatchedFrom_s ? day.coverage : Coverage::kKnown);
        hatched = hatched || shown.back() != Coverage::kKnown;
    }
    const std::size_t step = (s.by_day.size() + 13) / 14;  // room for 14 dates
    std::string out = "<section><h2>Day by day</h2>\n";
    if (hatched) out += hatch_note();
    for (const ZoneType type : kReportTypes) {
        std::vector<ChartColumn> columns;
        for (std::size_t i = 0; i < s.by_day.size(); ++i) {
            const std::string date = day_words(zone, s.by_day[i].date);
            const int count = count_of(s.by_day[i].counts, type);
            columns.push_back({.tick = i % step == 0 ? date.substr(4) : "",
                               .minor = (i / step) % 2 == 1,
                               .hint = hint_of(date, type, count, shown[i]),
                               .value = count,
                               .words = count_words(count, shown[i]),
                               .coverage = shown[i]});
        }
        out += panel(type, s.by_type.at(type), columns, top, " by day");
    }
    return out + behind(days_table(s, zone), "Services by day") + "</section>\n";
}

// ---- Who sat where

class TimeLine {
  public:
    TimeLine(const DailySummary& summary, const TimeZone& zone) : s_(summary), zone_(zone) {
        std::tie(begin_, end_) = shown_hours(summary, kLeastHours);
        // The hours are chosen by when stays began; the last of them may end later.
        for (const ReportedStay& stay : summary.stays) {
            while (end_ < summary.by_hour.size() && stay.end > summary.from + std::chrono::hours(end_))
                ++end_;
        }
        from_ = summary.from + std::chrono::hours(begin_);
        to_ = std::min<WallTime>(summary.from + std::chrono::hours(end_), summary.to);
        for (std::size_t i = begin_; i < end_; ++i)
            lines_.push_back(place(summary.from + std::chrono::hours(i)));
    }

    std::string row(const std::string& zone) const {
        std::vector<ChartSpan> spans = unknown(s_.cameras_of.at(zone));
        int stays = 0;
        for (const ReportedStay& stay : s_.stays) {
            if (stay.zone != zone) continue;
            ++stays;
            const std::string css = stay.to_review ? "review" : stay.open ? "bar goes-on" : "bar";
            spans.push_back({place(stay.start), place(stay.end), css, words(stay)});
        }
        return span_chart(
            spans, lines_,
            zone_words(s_, zone) + ": " + std::to_string(stays) + (stays == 1 ? " stay" : " stays"));
    }

    std::string hours() const {
        std::vector<ChartTick> ticks;
        for (std::size_t i = begin_; i < end_; ++i) {
            ticks.push_back({lines_[i - begin_], tick_of(s_.hour_labels[i]), (i - begin_) % 2 == 1});
        }
        return axis(ticks);
    }

  private:
    double place(WallTime t) const { return to_seconds(t - from_) / to_seconds(to_ - from_); }

    std::vector<ChartSpan> unknown(const std::string& camera) const {
        std::vector<ChartSpan> out;
        const auto add = [&](WallTime from, WallTime to) {
            if (to <= from_ || from >= to_) return;
            out.push_back({place(from), place(to), "unknown",
                           "unknown, " + zone_.format(std::max(from, s_.from), "%H:%M") + " to " +
                               zone_.format(std::min(to, s_.to), "%H:%M")});
        };
        for (const Gap& gap : s_.gaps) {
            if (gap.camera == camera) add(gap.start, gap.end.value_or(s_.to));
        }
        if (s_.seen_until) add(*s_.seen_until, s_.to);
        return out;
    }

    std::string words(const ReportedStay& stay) const {
        std::string out = zone_.format(stay.start, "%H:%M") + " to " + zone_.format(stay.end, "%H:%M") +
                          ", " + dwell_words(to_seconds(stay.end - stay.start));
        if (stay.open) out += ", still going on";
        if (stay.to_review) out += ", to review";
        return out;
    }

    const DailySummary& s_;
    const TimeZone& zone_;
    std::size_t begin_ = 0, end_ = 0;
    WallTime from_{}, to_{};
    std::vector<double> lines_;
};

std::string time_line(const DailySummary& s, const TimeZone& zone) {
    const TimeLine line(s, zone);
    std::string out =
        "<section><h2>Who sat where</h2>\n<p class=\"note\">each bar is a stay that was counted; dashed: to "
        "review; "
        "hatched: unknown</p>\n<div class=\"rows\">\n";
    for (const auto& [name, by_type] : s.by_zone) {
        out += "<div>" + escape_html(zone_words(s, name)) + "</div><div>" + line.row(name) + "</div>\n";
    }
    out += "<div></div><div>" + line.hours() + "</div></div>\n";
    HtmlTable table{{"Zone", "Service", "Begin", "End", "State"}, {}, {}};
    for (const ReportedStay& stay : s.stays) {
        table.rows.push_back({zone_words(s, stay.zone), service_name(stay.type),
                              zone.format(stay.start, "%H:%M"), zone.format(stay.end, "%H:%M"),
                              stay.to_review ? "to review"
                              : stay.open    ? "still going on"
                                             : "finished"});
    }
    return out + behind(table, "Stays in order of time") + "</section>\n";
}

// ---- By zone, by camera

using Places = std::map<std::string, std::map<ZoneType, TypeFigures>>;

std::string by_place(const DailySummary& s, const Places& places, const std::string& title,
                     const std::string& what, bool zones) {
    int top = 1;
    for (const auto& [name, by_type] : places) {
        for (const auto& [type, f] : by_type)
            top = std::max(top, f.count);
    }
    std::string out = "<section><h2>" + title + "</h2>\n<div class=\"rows\">\n";
    HtmlTable table{{what, "Service", "Count", "Average", "Median", "To review"}, {}, {}};
    for (const auto& [name, by_type] : places) {
        const std::string words = zones ? zone_words(s, name) : name;
        for (const auto& [type, f] : by_type) {
            const std::string unit = f.count == 1 ? service_name(type) : lower(services_name(type));
            std::string beside = std::to_string(f.count) + " " + unit;
            if (f.finished > 0) beside += ", typically " + dwell_words(f.median_dwell_s);
            out += "<div>" + escape_html(words) + "<span class=\"soft\">" + beside + "</span></div><div>" +
                   lying_bar(f.count, top) + "</div>\n";
            table.rows.push_back({words, service_name(type), std::to_string(f.count),
                                  typical_words(f.mean_dwell_s, f.finished),
                                  typical_words(f.median_dwell_s, f.finished), std::to_string(f.to_review)});
        }
    }
    return out + "</div>\n" + behind(table, title) + "</section>\n";
}

std::string unknown_times(const DailySummary& s, const TimeZone& zone) {
    std::string out = "<section><h2>Unknown times</h2>\n";
    const auto lines = unknown_words(zone, s);
    if (lines.empty()) return out + "<p>None: every camera saw the whole time.</p></section>\n";
    out +=
        "<p class=\"note\">Nobody can say what happened there; the figures do not take it for "
        "nothing.</p>\n<ul>\n";
    for (const std::string& line : lines)
        out += "<li>" + escape_html(line) + "</li>\n";
    return out + "</ul></section>\n";
}

}  // namespace

std::string summary_as_html(const DailySummary& s, const TimeZone& zone) {
    const std::string when = date_words(zone, s);
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n";
    out += "<title>" + escape_html(s.branch + ", " + when) + "</title>\n<style>\n" + kPageCss +
           "</style>\n</head>\n<body>\n";
    out += chart_patterns() + "<header><h1>" + escape_html(when) + "</h1>\n<p class=\"soft\">" +
           escape_html(s.branch + ", " + clock_words(zone, s)) + "</p></header>\n<main>\n";
    out += hero(s) + chips(s);
    if (s.by_day.size() > 1) out += by_day(s, zone);
    out += by_hour(s);
    if (s.by_day.size() == 1 && !s.by_zone.empty()) out += time_line(s, zone);
    if (!s.by_zone.empty()) out += by_place(s, s.by_zone, "Where", "Zone", true);
    if (s.by_camera.size() > 1) out += by_place(s, s.by_camera, "By camera", "Camera", false);
    out += unknown_times(s, zone);
    return out + "</main>\n<footer>Written by Chairside on " + escape_html(s.device) +
           ". Services are counted by when they began; those to review or rejected are not in the "
           "figures.</footer>\n</body>\n</html>\n";
}

}  // namespace chairside
