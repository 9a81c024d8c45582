#include "config/yaml_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/text_checks.hpp"

namespace chairside {
namespace {

using ::testing::HasSubstr;

std::string place(const YamlNode& node) {
    return std::to_string(node.line) + ":" + std::to_string(node.column);
}

std::string fault_of(const std::string& text) {
    const auto root = parse_yaml(text);
    if (root) return "";
    const auto& fault = root.error().front();
    return std::to_string(fault.line) + ":" + std::to_string(fault.column) + " " + fault.message;
}

TEST(YamlTree, KeysAndValuesKeepTheirPlaces) {
    const auto root = parse_yaml("a: 1\nb:\n  - x\n  - {c: \"d\"}\n");
    ASSERT_TRUE(root);
    ASSERT_EQ(root->keys.size(), 2u);
    EXPECT_EQ(place(root->keys[1]), "2:1");
    EXPECT_EQ(place(root->items[0]), "1:4");
    const auto& list = root->items[1];
    EXPECT_EQ(place(list.items[0]), "3:5");
    EXPECT_EQ(place(list.items[1].items[0]), "4:9");
    EXPECT_TRUE(list.items[1].items[0].quoted);
    EXPECT_FALSE(list.items[0].quoted);
}

TEST(YamlTree, ColumnsAreCountedInCharacters) {
    const auto root = parse_yaml("{größe: é, b: 1}\n");
    ASSERT_TRUE(root);
    EXPECT_EQ(place(root->keys[1]), "1:12");
}

TEST(YamlTree, DuplicateKeysAreKept) {
    const auto root = parse_yaml("a: 1\na: 2\n");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->keys.size(), 2u);
}

TEST(YamlTree, LeftOutValuesAreWhereTheyWereLeftOut) {
    const auto root = parse_yaml("a:\n\n\nb:\n  -\n  # comment\n  - 1\n  -   # none\n");
    ASSERT_TRUE(root);
    EXPECT_EQ(place(root->items[0]), "1:1");
    EXPECT_EQ(place(root->items[1].items[0]), "5:3");
    EXPECT_EQ(place(root->items[1].items[2]), "8:3");
}

TEST(YamlTree, AliasesAreCopiesWithTheAnchorsPlace) {
    const auto root = parse_yaml("a: &x [1, 2]\nb: *x\n");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->items[1].items.size(), 2u);
    EXPECT_EQ(place(root->items[1].items[0]), "1:8");
}

TEST(YamlTree, SizeDepthAndNumberOfValuesAreBounded) {
    EXPECT_THAT(fault_of(std::string(kMaxYamlBytes + 1, ' ')), HasSubstr("larger than the limit"));
    EXPECT_EQ(fault_of("a: " + std::string(30, '[') + std::string(30, ']')), "");
    EXPECT_THAT(fault_of("a: " + std::string(32, '[') + std::string(32, ']')), HasSubstr("levels deep"));
    for (const char* repeated : {"[", "{a: ", "- ", "? ", "{? "}) {
        std::string text;
        while (text.size() < 100'000)
            text += repeated;
        EXPECT_NE(fault_of(text), "") << repeated;
    }
    std::string many = "a: [0";
    for (std::size_t i = 0; i < kMaxYamlNodes; ++i)
        many += ",0";
    EXPECT_THAT(fault_of(many + "]"), HasSubstr("values"));
}

TEST(YamlTree, DepthCannotGrowThroughAliases) {
    std::string text = "a0: &a0 [1]\n";
    for (int i = 1; i < 100; ++i)
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    EXPECT_THAT(fault_of(text), HasSubstr("levels deep"));
}

TEST(YamlTree, QuotationsMustBeClosed) {
    EXPECT_THAT(fault_of("a: 'b\n"), HasSubstr("1:4 not valid YAML"));
    EXPECT_THAT(fault_of("é: \"b\\\"\n"), HasSubstr("1:4 not valid YAML"));
    EXPECT_THAT(fault_of("a: &x \"b\n"), HasSubstr("never closed"));
    EXPECT_EQ(fault_of("a: 'it''s'\nb: \"\\\"\"\nc: \"x\n  y\"\n"), "");
    EXPECT_EQ(fault_of("a: |\n  it's\nb: don't\n"), "");
}

TEST(YamlTree, BytesThatAreNoTextAreNamedWithTheirPlace) {
    EXPECT_EQ(fault_of("a: b\nc: \xff\n").substr(0, 3), "2:4");
    EXPECT_EQ(fault_of("é\x01").substr(0, 3), "1:2");
    EXPECT_EQ(fault_of("a: b\r\nc: d\r\n"), "");
    EXPECT_NE(fault_of("a: b\rc: d\n"), "");
    EXPECT_EQ(fault_of("\xEF\xBB\xBF"
                       "a: 'b'\n"),
              "");
}

TEST(YamlTree, TabsAndHardSpacesInIndentationAreToldLineByLine) {
    const auto root = parse_yaml("a:\n\tb: 1\n \tc: 2\n\t# comment\n\xC2\xA0 d: 3\n");
    ASSERT_FALSE(root);
    ASSERT_EQ(root.error().size(), 3u);
    EXPECT_EQ(root.error()[1].line, 3);
    EXPECT_EQ(root.error()[1].column, 2);
    EXPECT_EQ(root.error()[2].line, 5);
}

TEST(TextChecks, OnlyWellFormedUtf8IsText) {
    for (const char* good : {"a", "é", "€", "😀", "\xF4\x8F\xBF\xBF"})
        EXPECT_GT(utf8_length(good, 0), 0) << good;
    for (const char* bad : {"\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xC3", "\xE2\x82"})
        EXPECT_EQ(utf8_length(bad, 0), 0);
    EXPECT_EQ(count_characters("größe"), 5u);
}

}  // namespace
}  // namespace chairside
