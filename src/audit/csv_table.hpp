#pragma once
// A CSV file as spreadsheets of any language leave it: UTF-8 with or without a byte-order mark or an 8-bit code page,
// separated by comma, semicolon or tab, lines ended by LF or CR LF, cells quoted or not. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace chairside {

struct CsvRow {
    int line = 0;                    // of the file, from 1
    std::vector<std::string> cells;  // without blanks around them
};

struct CsvTable {
    char separator = ',';
    CsvRow header;
    std::vector<CsvRow> rows;  // empty ones are left out; as long as the header or shorter or longer
};

// Limits: 64 MB. Error{kInvalid} names the line.
Result<CsvTable> read_csv(std::string_view text, const std::string& name);

// A number as people write it, with a decimal point or a decimal comma; false: it is none.
bool read_number(const std::string& cell, double& value);

}  // namespace chairside
