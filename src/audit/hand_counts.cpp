#include "audit/hand_counts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "audit/csv_table.hpp"
#include "audit/hand_columns.hpp"

namespace chairside {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr int kMostPerHour = 10'000;
constexpr char kAllowed[] =
    "allowed are a heading 'date,hour,type,count' (with 'zone' if you like; or "
    "'date,hour,haircuts,washes,waits'), or "
    "'zone,type,start,end'";

class HandReader {
  public:
    HandReader(const std::string& name, const HandFormat& format) : name_(name), format_(format) {}

    tl::expected<HandCounts, std::vector<std::string>> read(std::string_view csv) {
        const auto table = read_csv(csv, name_);
        if (!table) return tl::unexpected(std::vector<std::string>{table.error().message});
        header_ = read_header(table->header.cells);
        for (const std::string& fault : header_.faults)
            wrong(table->header.line, "heading", fault);
        if (has(HandColumn::kStart) && has(HandColumn::kEnd))
            out_.by_service = true;
        else if (!has(HandColumn::kHour) || (!has(HandColumn::kCount) && header_.counts.empty()))
            wrong(table->header.line, "heading", "found '" + joined(table->header.cells) + "'; " + kAllowed);
        if (out_.by_service && !has(HandColumn::kZone))
            wrong(table->header.line, "heading", std::string("there is no column 'zone'; ") + kAllowed);
        if (!faults_.empty()) return tl::unexpected(faults_);
        for (const CsvRow& row : table->rows) {
            if (is_total(row)) continue;
            out_.by_service ? service(row) : hour(row);
        }
        if (out_.hours.empty() && out_.services.empty() && faults_.empty())
            wrong(table->header.line, "rows", "there is no row below the heading");
        if (!faults_.empty()) return tl::unexpected(faults_);
        if (!out_.by_service) note_missing_hours();
        return std::move(out_);
    }

  private:
    bool has(HandColumn column) const { return header_.has(column); }
    std::string cell(const CsvRow& row, HandColumn column) const { return cell(row, header_.index(column)); }
    static std::string cell(const CsvRow& row, int index) {
        return index >= 0 && static_cast<std::size_t>(index) < row.cells.size()
                   ? row.cells[static_cast<std::size_t>(index)]
                   : std::string();
    }
    static std::string joined(const std::vector<std::string>& cells) {
        std::string out;
        for (const std::string& c : cells)
            out += (out.empty() ? "" : ",") + c;
        return out;
    }

    void wrong(int line, const std::string& column, const std::string& what) {
        faults_.push_back(name_ + ":" + std::to_string(line) + ": " + column + ": " + what);
    }

    // A spreadsheet's last line.
    bool is_total(const CsvRow& row) {
        const std::string word = plain_word(row.cells.front());
        if (word != "total" && word != "sum" && word != "summe" && word != "gesamt") return false;
        out_.notes.push_back("line " + std::to_string(row.line) + " ('" + row.cells.front() +
                             "') was left out");
        return true;
    }

    // "" with a fault where the name is not known.
    std::string zone_of(const CsvRow& row) {
        const std::string given = cell(row, HandColumn::kZone);
        if (given.empty()) {
            wrong(row.line, "zone", "it is empty");
            return {};
        }
        std::string all;
        for (const KnownZone& zone : format_.zones) {
            if (plain_word(zone.name) == plain_word(given)) return zone.name;
            all += (all.empty() ? "" : ", ") + zone.name;
        }
        if (format_.other_zones) return given;
        wrong(row.line, "zone", "found '" + given + "'; allowed are " + all);
        return {};
    }

    std::optional<ZoneType> type_of(const CsvRow& row, const std::string& zone) {
        const std::string given = cell(row, HandColumn::kType);
        const auto known = std::find_if(format_.zones.begin(), format_.zones.end(),
                                        [&](const KnownZone& z) { return z.name == zone; });
        if (given.empty() && known != format_.zones.end()) return known->type;
        const auto type = read_hand_type(given);
        if (!type)
            wrong(row.line, "type",
                  "found '" + given + "'; allowed are CHAIR, WASH and WAIT, also haircut, wash, wait");
        else if (known != format_.zones.end() && known->type != *type)
            wrong(row.line, "type",
                  "found '" + given + "', but '" + zone + "' is a zone of type " + to_string(known->type));
        return type;
    }

    std::string date_of(const CsvRow& row) {
        const std::string given = cell(row, HandColumn::kDate);
        if (given.empty()) return format_.timeline.date;
        const auto date = read_date(given);
        if (date) return *date;
        wrong(row.line, "date", date.error().message);
        return {};
    }

    void service(const CsvRow& row) {
        const auto faults_before = faults_.size();
        HandService out;
        out.line = row.line;
        out.zone = zone_of(row);
        const auto type = type_of(row, out.zone);
        Timeline timeline = format_.timeline;
        timeline.date = date_of(row);
        const auto time = [&](HandColumn column, const char* name) {
            const auto at = read_time(cell(row, column), timeline);
            if (!at) wrong(row.line, name, at.error().message);
            return at.value_or(WallTime{});
        };
        out.start = time(HandColumn::kStart, "start");
        out.end = time(HandColumn::kEnd, "end");
        if (faults_.size() > faults_before) return;
        if (out.end <= out.start) {
            const auto later = after(out.start, out.end, timeline);
            if (!later)
                return wrong(row.line, "end",
                             "found '" + cell(row, HandColumn::kEnd) + "', which is not after the start '" +
                                 cell(row, HandColumn::kStart) + "'");
            out.end = *later;
        }
        out.type = *type;
        out_.services.push_back(std::move(out));
    }

    void hour(const CsvRow& row) {
        const auto faults_before = faults_.size();
        HandHour out;
        out.line = row.line;
        const auto at = read_hour(cell(row, HandColumn::kHour));
        if (!at) wrong(row.line, "hour", at.error().message);
        out.hour = at.value_or(0);
        out.date = date_of(row);
        if (has(HandColumn::kZone)) out.zone = zone_of(row);
        if (faults_.size() == faults_before) place(out);
        if (header_.counts.empty()) {
            const auto type = type_of(row, out.zone);
            if (type) out.type = *type;
            count(out, cell(row, HandColumn::kCount), "count");
        }
        for (const auto& [index, type] : header_.counts) {
            const std::string given = cell(row, index);
            if (given.empty()) continue;  // that type was not counted then
            out.type = type;
            count(out, given, to_string(type));
        }
    }

    void place(HandHour& out) {
        const Timeline& line = format_.timeline;
        if (!line.zone) {
            if (!out.date.empty())
                return wrong(out.line, "date",
                             "found '" + out.date + "', but the recording has no clock; give --begin");
            out.from = *line.begin + hours(out.hour);
            out.to = out.from + hours(1);
            return;
        }
        if (out.date.empty())
            return wrong(out.line, "date", "there is none; add a column 'date' or give --date");
        const auto from = line.zone->at(out.date, minutes(60 * out.hour));
        if (!from) return wrong(out.line, "date", from.error().message);
        if (line.zone->hour_of(*from) != out.hour)
            return wrong(out.line, "hour",
                         "there is no hour " + std::to_string(out.hour) + " on " + out.date +
                             ": the clocks went forward");
        out.from = *from;
        out.to = *from + hours(1);
        if (line.zone->hour_of(out.to) == out.hour) out.to += hours(1);  // it came twice
    }

    void count(HandHour out, const std::string& given, const char* column) {
        double number = 0;
        if (!read_number(given, number) || !(number >= 0 && number <= kMostPerHour) ||
            number != static_cast<int>(number))
            return wrong(out.line, column,
                         "found '" + given + "'; allowed are whole numbers from 0 (0 where there were none)");
        out.count = static_cast<int>(number);
        if (out.from == out.to) return;  // the row has no place in time: that was told
        const auto [at, fresh] = seen_.try_emplace({out.from, out.zone, out.type}, out.line);
        if (!fresh)
            return wrong(out.line, column,
                         "the same hour, type and zone stand in line " + std::to_string(at->second));
        out_.hours.push_back(std::move(out));
    }

    void note_missing_hours() {
        std::map<std::string, std::set<int>> days;
        for (const HandHour& h : out_.hours)
            days[h.date].insert(h.hour);
        for (const auto& [date, found] : days) {
            std::string missing;
            for (int hour = *found.begin(); hour < *found.rbegin(); ++hour)
                if (!found.contains(hour)) missing += (missing.empty() ? "" : ", ") + std::to_string(hour);
            if (!missing.empty())
                out_.notes.push_back(
                    "hours without a row are not compared: " + (date.empty() ? "" : date + ", ") + "hour " +
                    missing + "; write 0 where there was nothing");
        }
    }

    const std::string& name_;
    const HandFormat& format_;
    HandHeader header_;
    HandCounts out_;
    std::vector<std::string> faults_;
    std::map<std::tuple<WallTime, std::string, ZoneType>, int> seen_;
};

}  // namespace

tl::expected<HandCounts, std::vector<std::string>> read_hand_counts(std::string_view csv,
                                                                    const std::string& name,
                                                                    const HandFormat& format) {
    return HandReader(name, format).read(csv);
}

}  // namespace chairside
