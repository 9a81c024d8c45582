#include "audit/csv_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace chairside {
namespace {

using Cells = std::vector<std::string>;

TEST(CsvTable, ReadsWhatSpreadsheetsInEitherLocaleLeave) {
    const std::string variants[] = {"a,b,c\n1,x y,3\n",
                                    "a;b;c\r\n1;x y;3\r\n",
                                    "a\tb\tc\n1\tx y\t3",
                                    "\xef\xbb\xbf\"a\";\"b\";\"c\"\r\n\"1\"; x y ;3\r\n",
                                    "sep=;\r\na;b;c\r\n1;x y;3\r\n",
                                    "\n\na,b,c\n\n,,\n1,\"x y\",3\n\n"};
    for (const std::string& text : variants) {
        const auto table = read_csv(text, "f.csv");
        ASSERT_TRUE(table) << text << table.error().message;
        EXPECT_EQ(table->header.cells, (Cells{"a", "b", "c"})) << text;
        ASSERT_EQ(table->rows.size(), 1u) << text;
        EXPECT_EQ(table->rows[0].cells, (Cells{"1", "x y", "3"})) << text;
    }
}

TEST(CsvTable, KeepsSeparatorsQuotesAndLineEndsInsideQuotes) {
    const auto table = read_csv("a,b\n\"x,\"\"y\"\"\nz\",2\nlast,3\n", "f.csv");
    ASSERT_TRUE(table);
    ASSERT_EQ(table->rows.size(), 2u);
    EXPECT_EQ(table->rows[0].cells, (Cells{"x,\"y\"\nz", "2"}));
    EXPECT_EQ(table->rows[1].line, 4) << "lines are those of the file";
}

TEST(CsvTable, TakesAnEightBitFileForLatin1AndRefusesUtf16) {
    const auto table = read_csv("zone;n\nSt\xfchle;1\n", "f.csv");
    ASSERT_TRUE(table);
    EXPECT_EQ(table->rows[0].cells[0], "Stühle");
    const auto wide = read_csv(std::string_view("\xff\xfe\x61\x00", 4), "f.csv");
    ASSERT_FALSE(wide);
    EXPECT_NE(wide.error().message.find("UTF-16"), std::string::npos);
}

TEST(CsvTable, AnOpenQuoteAndAnEmptyFileAreFaultsWithTheirPlace) {
    EXPECT_EQ(read_csv("a,b\n1,\"x\n2,y\n", "f.csv").error().message,
              "f.csv:2: a quote is opened and never closed");
    EXPECT_EQ(read_csv("\n ;;\n", "f.csv").error().message, "f.csv: is empty");
}

TEST(CsvTable, NumbersHaveADecimalPointOrComma) {
    double value = 0;
    EXPECT_TRUE(read_number("754,5", value));
    EXPECT_DOUBLE_EQ(value, 754.5);
    EXPECT_TRUE(read_number("+3.25", value));
    EXPECT_DOUBLE_EQ(value, 3.25);
    for (const char* wrong : {"", "x", "1.000,5", "3 ", "nan", "inf", "1e999", "--1"})
        EXPECT_FALSE(read_number(wrong, value)) << wrong;
}

RC_GTEST_PROP(CsvTableProperty, AnyCellsComeBackWhenTheyAreQuoted, (const std::vector<std::string>& cells)) {
    RC_PRE(!cells.empty());
    std::string text = "header\n";
    Cells expected;
    bool all_empty = true;
    for (const std::string& cell : cells) {
        std::string plain;
        for (const char c : cell)
            if (c > 0x20 && c < 0x7f) plain += c;
        text += expected.empty() ? "\"" : ",\"";
        for (const char c : plain)
            text += c == '"' ? std::string("\"\"") : std::string(1, c);
        text += '"';
        all_empty = all_empty && plain.empty();
        expected.push_back(plain);
    }
    const auto table = read_csv("h,i\n" + text.substr(7) + "\n", "f.csv");
    RC_ASSERT(table.has_value());
    if (!all_empty) RC_ASSERT(table->rows.at(0).cells == expected);
}

}  // namespace
}  // namespace chairside
