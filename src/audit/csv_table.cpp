#include "audit/csv_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace chairside {
namespace {

constexpr std::size_t kLargest = 64'000'000;

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        const std::size_t more = c < 0x80                ? 0
                                 : c >= 0xC2 && c < 0xE0 ? 1
                                 : c >= 0xE0 && c < 0xF0 ? 2
                                 : c >= 0xF0 && c < 0xF5 ? 3
                                                         : 9;
        if (more == 9 || i + more >= text.size() + (more == 0 ? 1 : 0)) return false;
        for (std::size_t k = 1; k <= more; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
        i += more + 1;
    }
    return true;
}

// Spreadsheets on Windows save "CSV" in the system's code page; its letters are those of ISO 8859-1.
std::string from_latin1(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0 | (byte >> 6));
            out += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return out;
}

std::string trimmed(const std::string& cell) {
    std::size_t from = 0, to = cell.size();
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (from < to && blank(cell[from]))
        ++from;
    while (to > from && blank(cell[to - 1]))
        --to;
    return cell.substr(from, to - from);
}

char separator_of(std::string_view line) {
    std::array<std::pair<char, int>, 3> found{{{';', 0}, {',', 0}, {'\t', 0}}};
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        for (auto& [separator, count] : found)
            if (!quoted && c == separator) ++count;
    }
    return std::max_element(found.begin(), found.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

class Scanner {
  public:
    Scanner(std::string_view text, int line, char separator)
        : text_(text), line_(line), separator_(separator) {}

    bool at_end() const { return at_ >= text_.size(); }
    // 0: fine; else the line on which a quote was opened and not closed.
    int row(CsvRow& out) {
        out = {line_, {}};
        for (;;) {
            std::string cell;
            if (const int open = this->cell(cell); open != 0) return open;
            out.cells.push_back(trimmed(cell));
            if (at_end()) return 0;
            const char c = text_[at_++];
            if (c == separator_) continue;
            if (c == '\r' && !at_end() && text_[at_] == '\n') ++at_;
            ++line_;
            return 0;
        }
    }

  private:
    int cell(std::string& out) {
        while (!at_end() && text_[at_] == ' ')
            ++at_;
        if (!at_end() && text_[at_] == '"') {
            const int opened = line_;
            ++at_;
            for (;; ++at_) {
                if (at_end()) return opened;
                if (text_[at_] == '\n') ++line_;
                if (text_[at_] != '"') {
                    out += text_[at_];
                } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                    out += text_[at_++];
                } else {
                    ++at_;
                    break;
                }
            }
        }
        while (!at_end() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r')
            out += text_[at_++];
        return 0;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_;
    char separator_;
};

}  // namespace

bool read_number(const std::string& cell, double& value) {
    std::string text = cell;
    if (std::count(text.begin(), text.end(), ',') == 1 && text.find('.') == std::string::npos)
        std::replace(text.begin(), text.end(), ',', '.');
    const char* begin = text.data() + (!text.empty() && text[0] == '+' ? 1 : 0);
    const auto done = std::from_chars(begin, text.data() + text.size(), value);
    return done.ec == std::errc() && done.ptr == text.data() + text.size() && std::isfinite(value);
}

Result<CsvTable> read_csv(std::string_view text, const std::string& name) {
    if (text.size() > kLargest) return fail(ErrorKind::kInvalid, name + ": is larger than 64 MB");
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
        return fail(ErrorKind::kInvalid, name + ": is UTF-16; save it as 'CSV UTF-8'");
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::string converted;
    if (!is_utf8(text)) {
        converted = from_latin1(text);
        text = converted;
    }
    CsvTable out;
    int line = 1;
    std::string_view first = text.substr(0, text.find_first_of("\r\n"));
    if (first.starts_with("sep=") && first.size() == 5) {  // a spreadsheet's own hint
        out.separator = first[4];
        text.remove_prefix(std::min(text.size(), text.find('\n', 0) + 1));
        line = 2;
    } else {
        const std::size_t begin = std::min(text.find_first_not_of(" \r\n"), text.size());
        out.separator = separator_of(text.substr(begin, text.find_first_of("\r\n", begin) - begin));
    }
    Scanner scanner(text, line, out.separator);
    while (!scanner.at_end()) {
        CsvRow row;
        if (const int open = scanner.row(row); open != 0)
            return fail(ErrorKind::kInvalid,
                        name + ":" + std::to_string(open) + ": a quote is opened and never closed");
        if (std::all_of(row.cells.begin(), row.cells.end(), [](const auto& c) { return c.empty(); }))
            continue;
        if (out.header.cells.empty())
            out.header = std::move(row);
        else
            out.rows.push_back(std::move(row));
    }
    if (out.header.cells.empty()) return fail(ErrorKind::kInvalid, name + ": is empty");
    return out;
}

}  // namespace chairside
