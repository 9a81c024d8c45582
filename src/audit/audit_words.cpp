#include "audit/audit_words.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace chairside {
namespace {

template <typename... Values>
std::string format(const char* pattern, Values... values) {
    char text[512];
    std::snprintf(text, sizeof text, pattern, values...);
    return text;
}

std::string signed_percent(double share) {
    return format("%+.1f %%", 100 * share);
}

std::string percent_of(int difference, int hand) {
    if (difference == 0) return "";
    return hand > 0 ? signed_percent(static_cast<double>(difference) / hand) : "none by hand";
}

std::string seconds(double s) {
    return s < 100 ? format("%.1f s", s) : format("%.1f min", s / 60);
}

std::size_t letters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Rows of cells under each other; numbers (from `right` on) to the right.
std::string table(const std::vector<std::vector<std::string>>& rows, std::size_t right) {
    std::vector<std::size_t> width;
    for (const auto& row : rows) {
        width.resize(std::max(width.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            width[i] = std::max(width[i], letters(row[i]));
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string pad(width[i] - letters(row[i]), ' ');
            line += (i > 0 ? "  " : "") + (i >= right ? pad + row[i] : row[i] + pad);
        }
        line.resize(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string blind_words(double blind_s) {
    return blind_s < 30 ? "" : format("the camera saw nothing for %.0f min", std::ceil(blind_s / 60));
}

std::string difference_table(const Audit& audit) {
    std::vector<std::vector<std::string>> rows;
    int quiet = 0;
    if (audit.by_service)
        rows.push_back({"zone", "type", "hand", "counted", "difference", "", ""});
    else
        rows.push_back({"date", "hour", "zone", "type", "hand", "counted", "difference", "", ""});
    for (const Difference& d : audit.rows) {
        if (d.hand == 0 && d.counted == 0 && blind_words(d.blind_s).empty()) {
            ++quiet;
            continue;
        }
        std::vector<std::string> row;
        if (!audit.by_service) row = {d.date.empty() ? "-" : d.date, format("%02d:00", d.hour.value_or(0))};
        for (std::string cell : {d.zone.empty() ? std::string("all") : d.zone, std::string(to_string(d.type)),
                                 std::to_string(d.hand), std::to_string(d.counted),
                                 d.difference() == 0 ? std::string("0") : format("%+d", d.difference()),
                                 percent_of(d.difference(), d.hand), blind_words(d.blind_s)})
            row.push_back(std::move(cell));
        rows.push_back(std::move(row));
    }
    std::string out = table(rows, audit.by_service ? 2 : 4);
    if (quiet > 0) out += format("(%d more with none by hand and none counted)\n", quiet);
    return out;
}

std::string signed_number(int value) {
    return value == 0 ? "0" : format("%+d", value);
}

std::string total_lines(const Audit& audit) {
    std::string out;
    for (const TypeTotal& t : audit.totals) {
        const std::string percent = percent_of(t.counted - t.hand, t.hand);
        out += format("%-5s  %d by hand, %d counted: difference %s%s", to_string(t.type), t.hand, t.counted,
                      signed_number(t.counted - t.hand).c_str(),
                      percent.empty() ? "" : (" (" + percent + ")").c_str());
        if (t.difference)
            out +=
                format("; 95 %%: %s to %s (bootstrap over %s)", signed_percent(t.difference->low).c_str(),
                       signed_percent(t.difference->high).c_str(), audit.by_service ? "services" : "hours");
        else if (t.hand > 0 && t.off > 0)
            out +=
                audit.by_service ? "; too few services for an interval" : "; too few hours for an interval";
        out += format("\n       %d off %s", t.off,
                      audit.by_service ? "(missed or wrong)" : "(too many or too few in an hour)");
        if (t.hand > 0)
            out += format(": %.1f %%; 95 %%: %.1f to %.1f %% (Poisson)", 100.0 * t.off / t.hand,
                          100 * t.off_share.low, 100 * t.off_share.high);
        out += "\n";
    }
    return out;
}

std::string share_line(const char* name, double value, const Interval& interval) {
    return format("  %-10s %.3f   95 %%: %.3f to %.3f\n", name, value, interval.low, interval.high);
}

std::string match_lines(const MatchFigures& m) {
    std::string out = format("%d services by hand, %d counted; %d matched, %d missed, %d wrong\n",
                             m.matched + m.missed, m.matched + m.wrong, m.matched, m.missed, m.wrong);
    out +=
        "  (matched: same zone and type, at least half of both times' union in common; intervals: Wilson)\n";
    out += share_line("precision", m.precision, m.precision_interval);
    out += share_line("recall", m.recall, m.recall_interval);
    out += share_line("F1", m.f1, m.f1_interval);
    if (m.matched == 0) return out;
    out += "\nHow far off the matched ones are\n";
    return out + table({{"", "median", "95 of 100 within"},
                        {"  start", seconds(m.start.median), seconds(m.start.p95)},
                        {"  end", seconds(m.end.median), seconds(m.end.p95)},
                        {"  dwell", seconds(m.dwell.median), seconds(m.dwell.p95)}},
                       1);
}

std::string look_lines(const Audit& audit, const AuditWords& words) {
    if (audit.look_at.empty()) return "Nothing to look at.\n";
    std::vector<std::vector<std::string>> rows;
    for (const LookAt& look : audit.look_at) {
        if (rows.size() >= words.listed_most) break;
        rows.push_back({"  " + words.time(look.from), "to " + words.time(look.to),
                        look.zone.empty() ? "all" : look.zone, to_string(look.type), look.reason});
    }
    std::string out = "Look at these in the recording\n" + table(rows, 99);
    if (audit.look_at.size() > rows.size())
        out += format("  … and %zu more; --list %zu shows all\n", audit.look_at.size() - rows.size(),
                      audit.look_at.size());
    return out;
}

}  // namespace

std::string audit_as_text(const Audit& audit, const AuditWords& words) {
    std::string out = words.hand + " against " + words.counted + "; " + words.times + "\n\n" +
                      difference_table(audit) + "\n";
    if (audit.match) out += match_lines(*audit.match) + "\n";
    out += total_lines(audit) + "\n" + look_lines(audit, words);
    for (const std::string& note : words.notes)
        out += "Note: " + note + ".\n";
    return out;
}

}  // namespace chairside
