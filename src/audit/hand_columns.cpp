#include "audit/hand_columns.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>

namespace chairside {
namespace {

using Words = std::initializer_list<std::string_view>;

struct Heading {
    HandColumn column;
    std::vector<std::string_view> words;
};

const std::vector<Heading>& headings() {
    static const std::vector<Heading> kAll = {
        {HandColumn::kDate, {"date", "day", "datum", "tag"}},
        {HandColumn::kHour, {"hour", "hours", "stunde", "uhrzeit", "time", "zeit"}},
        {HandColumn::kType, {"type", "service", "kind", "typ", "art", "leistung", "dienst"}},
        {HandColumn::kCount, {"count", "counts", "number", "n", "anzahl", "zahl", "menge"}},
        {HandColumn::kZone, {"zone", "seat", "place", "chair_name", "platz", "stuhl", "bereich"}},
        {HandColumn::kStart,
         {"start", "start_s", "begin", "from", "enter", "enter_s", "started", "von", "beginn", "anfang"}},
        {HandColumn::kEnd, {"end", "end_s", "stop", "to", "until", "exit", "exit_s", "ended", "bis", "ende"}},
    };
    return kAll;
}

bool is_one_of(const std::string& word, Words words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string plain_word(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size() && text[i] != '('; ++i) {
        const char c = text[i];
        const std::string_view two = std::string_view(text).substr(i, 2);
        if (two == "ä" || two == "Ä" || two == "ö" || two == "Ö" || two == "ü" || two == "Ü" || two == "ß") {
            out += two == "ä" || two == "Ä"   ? "ae"
                   : two == "ö" || two == "Ö" ? "oe"
                   : two == "ß"               ? "ss"
                                              : "ue";
            ++i;
        } else {
            out +=
                c == ' ' || c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    while (out.ends_with('_'))
        out.pop_back();
    return out;
}

std::optional<ZoneType> read_hand_type(const std::string& cell) {
    const std::string word = plain_word(cell);
    if (is_one_of(word, {"chair", "chairs", "haircut", "haircuts", "cut", "cuts", "haarschnitt",
                         "haarschnitte", "schnitt", "schnitte", "stuhl", "schneiden"}))
        return ZoneType::kChair;
    if (is_one_of(word, {"wash", "washes", "washing", "waesche", "waschen", "haarwaesche", "waschbecken"}))
        return ZoneType::kWash;
    if (is_one_of(word, {"wait", "waits", "waiting", "warten", "wartebereich", "wartende"}))
        return ZoneType::kWait;
    return std::nullopt;
}

HandHeader read_header(const std::vector<std::string>& cells) {
    HandHeader out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string word = plain_word(cells[i]);
        const auto& all = headings();
        const auto found = std::find_if(all.begin(), all.end(), [&](const Heading& heading) {
            return std::find(heading.words.begin(), heading.words.end(), word) != heading.words.end();
        });
        if (found != all.end()) {
            int& at = out.at[static_cast<std::size_t>(found->column)];
            if (at >= 0)
                out.faults.push_back("columns " + std::to_string(at + 1) + " and " + std::to_string(i + 1) +
                                     " both say '" + cells[static_cast<std::size_t>(at)] + "' and '" +
                                     cells[i] + "'; one is allowed");
            at = static_cast<int>(i);
        } else if (const auto type = read_hand_type(cells[i])) {
            out.counts.emplace_back(static_cast<int>(i), *type);
        }
    }
    return out;
}

}  // namespace chairside
