#include "report/csv.hpp"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace chairside {
namespace {

// Spreadsheets on Windows take a file without it for the system's 8-bit code page.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kHeader =
    "id,branch,device,camera,zone,type,service,person,start,end,dwell_s,state,verdict,confidence,revision,"
    "metadata,visit,part_of,reasons\r\n";

bool begins_formula(char c) {
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

// Where the list separator is a semicolon or a tab, a cell can begin in the middle of ours.
bool begins_cell(char c) {
    return c == ';' || c == '\t' || c == '\r' || c == '\n';
}

std::string in_quotes(std::string_view text) {
    if (text.find_first_of("\",;\r\n\t") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

std::string text_cell(std::string_view text) {
    return in_quotes(defuse(text));
}

// Shortest digits that give the same number back, never with an exponent.
std::string number_cell(double value) {
    std::array<char, 400> digits{};
    const auto done =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
    return {digits.data(), done.ptr};
}

std::string row_of(const StoredEvent& stored, const TimeZone& zone) {
    const Event& e = stored.event;
    const nlohmann::json metadata = e.metadata;
    const auto reasons = e.metadata.find("reasons");
    const std::array cells = {
        e.id.to_string(),
        text_cell(stored.branch),
        text_cell(stored.device),
        text_cell(e.camera),
        text_cell(e.zone),
        std::string(to_string(e.type)),
        std::string(service_name(e.type)),
        std::to_string(e.person.value),
        zone.format_iso(e.start),
        zone.format_iso(e.end),
        // Divided, not multiplied by 1e-6: only that gives 3.7 and not 3.6999999999999997.
        number_cell(static_cast<double>(e.dwell.count()) / 1e6),
        std::string(to_string(e.state)),
        std::string(to_string(e.verdict)),
        number_cell(e.confidence),
        std::to_string(e.revision),
        text_cell(metadata.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)),
        e.visit ? e.visit->to_string() : "",
        e.part_of ? e.part_of->to_string() : "",
        text_cell(reasons != e.metadata.end() ? reasons->second : ""),
    };
    std::string out;
    for (const std::string& cell : cells)
        out += (&cell == cells.data() ? "" : ",") + cell;
    return out + "\r\n";
}

}  // namespace

std::string defuse(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool after_quote = i > 1 && text[i - 1] == '"' && begins_cell(text[i - 2]);
        if (i == 0 || begins_cell(text[i - 1]) || after_quote) {
            // Apostrophes that stand there already get one more, so that taking one away gives the text back.
            const std::size_t end = text.find_first_not_of('\'', i);
            if (end != std::string_view::npos && begins_formula(text[end])) out += '\'';
        }
        out += text[i];
    }
    return out;
}

std::string events_as_csv(const std::vector<StoredEvent>& events, const TimeZone& zone) {
    std::string out;
    out += kByteOrderMark;
    out += kHeader;
    for (const StoredEvent& event : events)
        out += row_of(event, zone);
    return out;
}

}  // namespace chairside
