#include "audit/event_file.hpp"

#include <algorithm>

#include "audit/csv_table.hpp"

namespace chairside {
namespace {

constexpr double kLongest = 1e7;  // s

std::map<std::string, std::string> read_metadata(const std::string& cell) {
    std::map<std::string, std::string> out;
    for (std::size_t at = 0; at < cell.size();) {
        const std::size_t end = std::min(cell.find(';', at), cell.size()), equals = cell.find('=', at);
        if (equals < end)
            out.emplace(cell.substr(at, equals - at), cell.substr(equals + 1, end - equals - 1));
        at = end + 1;
    }
    return out;
}

}  // namespace

tl::expected<std::vector<AuditedEvent>, std::vector<std::string>> read_event_file(std::string_view csv,
                                                                                  const std::string& name,
                                                                                  WallTime begin) {
    std::vector<std::string> faults;
    const auto table = read_csv(csv, name);
    if (!table) return tl::unexpected(std::vector<std::string>{table.error().message});
    const auto& header = table->header.cells;
    const auto cell = [&](const CsvRow& row, const char* column) {
        const auto at =
            static_cast<std::size_t>(std::find(header.begin(), header.end(), column) - header.begin());
        return at < header.size() && at < row.cells.size() ? row.cells[at] : std::string();
    };
    for (const char* column : {"zone", "type", "enter_s", "exit_s"})
        if (std::find(header.begin(), header.end(), column) == header.end())
            faults.push_back(name + ":1: there is no column '" + column +
                             "'; is it a file of 'chairside replay --events'?");
    if (!faults.empty()) return tl::unexpected(faults);
    std::vector<AuditedEvent> out;
    for (const CsvRow& row : table->rows) {
        const auto wrong = [&](const std::string& what) {
            faults.push_back(name + ":" + std::to_string(row.line) + ": " + what);
        };
        AuditedEvent event;
        event.id = cell(row, "id");
        event.zone = cell(row, "zone");
        event.metadata = read_metadata(cell(row, "metadata"));
        double enter = 0, exit = 0;
        const auto type = parse_zone_type(cell(row, "type"));
        const std::string given = cell(row, "verdict"), confidence = cell(row, "confidence");
        const auto verdict = given.empty() ? Verdict::kCounted : parse_verdict(given);
        if (!type) wrong("type: found '" + cell(row, "type") + "'; allowed are CHAIR, WASH, WAIT");
        if (!verdict) wrong("verdict: found '" + given + "'; allowed are counted, review, rejected");
        if (!read_number(cell(row, "enter_s"), enter) || !read_number(cell(row, "exit_s"), exit) ||
            std::abs(enter) > kLongest || std::abs(exit) > kLongest)
            wrong("enter_s, exit_s: found '" + cell(row, "enter_s") + "' and '" + cell(row, "exit_s") +
                  "'; allowed are seconds");
        if (!confidence.empty() && !read_number(confidence, event.confidence))
            wrong("confidence: found '" + confidence + "'; allowed are numbers from 0 to 1");
        event.type = type.value_or(ZoneType::kChair);
        event.verdict = verdict.value_or(Verdict::kCounted);
        event.start = begin + from_seconds(enter);
        event.end = begin + from_seconds(exit);
        out.push_back(std::move(event));
    }
    if (!faults.empty()) return tl::unexpected(faults);
    return out;
}

}  // namespace chairside
