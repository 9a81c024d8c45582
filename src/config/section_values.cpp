// The single values of a section: text and numbers to types.
#include <algorithm>
#include <cmath>

#include "config/address.hpp"
#include "config/secrets.hpp"
#include "config/section.hpp"
#include "config/text_checks.hpp"

namespace chairside {
namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t kMaxCorners = 100;

bool is_word_for_flag(const std::string& text) {
    return text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" ||
           text == "FALSE";
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

// YAML 1.1 took these for true and false, and many files still have them.
bool is_old_flag(const std::string& text) {
    const std::string word = lower(text);
    return word == "yes" || word == "no" || word == "on" || word == "off";
}

bool has_control(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// The finite number in a plain scalar; quotes make it text.
std::optional<double> plain_number(const YamlNode& node) {
    if (node.kind != Kind::kScalar || node.quoted) return std::nullopt;
    const auto value = parse_number(node.text);
    return value && std::isfinite(*value) ? std::optional(*value) : std::nullopt;
}

struct Corner {
    Point point;
    const YamlNode* fault_at = nullptr;  // what is wrong, if anything
    const char* fault = "";
    bool misunderstood = false;  // no pair, or pixels: the others will be the same
};

Corner read_corner(const YamlNode& item) {
    constexpr double kSurelyPixels = 1.5;  // up to here it may be a slip of the mouse
    if (item.kind != Kind::kList || item.items.size() != 2) return {{}, &item, " is not a pair [x, y]", true};
    Corner corner;
    double pair[2] = {0, 0};
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const YamlNode& part = item.items[axis];
        const auto value = plain_number(part);
        if (!value) return {{}, &part, " is not a pair of numbers", true};
        if (*value > kSurelyPixels)
            return {{}, &part, " looks like pixels: divide x by the picture's width, y by its height", true};
        pair[axis] = *value;
        if ((*value < 0 || *value > 1) && !corner.fault_at) {
            corner.fault_at = &part;
            corner.fault = " is outside the picture";
        }
    }
    corner.point = {pair[0], pair[1]};
    return corner;
}

std::string number_hint(const YamlNode& node) {
    if (node.kind == Kind::kScalar && node.quoted && parse_number(node.text))
        return "a number is written without quotes";
    return {};
}

}  // namespace

const YamlNode* Section::text(std::string_view name, std::string& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    if (!node->quoted && is_word_for_flag(node->text))
        return wrong(name, *node, "put it in quotes if it is a name");
    if (static_cast<double>(count_characters(node->text)) > spec(name).max)
        return wrong(name, *node, "it is too long");
    if (has_control(node->text))
        return wrong(name, *node, "it holds a line break or another control character");
    if (node->text.empty() || node->text.front() == ' ' || node->text.back() == ' ')
        return wrong(name, *node, node->text.empty() ? "it is empty" : "it begins or ends with a space");
    out = node->text;
    return node;
}

const YamlNode* Section::choice(std::string_view name, std::string& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    for (std::string_view rest = spec(name).allowed; !rest.empty();) {
        const std::string_view value = rest.substr(0, rest.find('|'));
        if (lower(value) == lower(node->text)) {
            out = value;
            return node;
        }
        rest.remove_prefix(std::min(rest.size(), value.size() + 1));
    }
    return wrong(name, *node);
}

const YamlNode* Section::number(std::string_view name, double& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    const auto value = plain_number(*node);
    if (!value) return wrong(name, *node, number_hint(*node));
    if (!in_range(name, *node, *value)) return nullptr;
    out = *value;
    return node;
}

const YamlNode* Section::integer(std::string_view name, int& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    const auto value = plain_number(*node);
    if (!value || *value != std::floor(*value)) return wrong(name, *node, number_hint(*node));
    if (!in_range(name, *node, *value)) return nullptr;
    out = static_cast<int>(*value);
    return node;
}

const YamlNode* Section::flag(std::string_view name, bool& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    if (node->quoted || !is_word_for_flag(node->text))
        return wrong(name, *node, is_old_flag(node->text) ? "yes, no, on and off are text in YAML 1.2" : "");
    out = node->text.front() == 't' || node->text.front() == 'T';
    return node;
}

const YamlNode* Section::duration(std::string_view name, Duration& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    if (const auto seconds = plain_number(*node)) {
        if (!in_range(name, *node, *seconds)) return nullptr;
        out = from_seconds(*seconds);
        return node;
    }
    const auto value = parse_duration(node->text);
    if (!value) return wrong(name, *node, value.error());
    if (!in_range(name, *node, to_seconds(*value))) return nullptr;
    out = *value;
    return node;
}

const YamlNode* Section::size(std::string_view name, std::size_t& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    if (const auto bytes = plain_number(*node)) {
        if (!in_range(name, *node, *bytes)) return nullptr;
        out = static_cast<std::size_t>(*bytes);
        return node;
    }
    const auto value = parse_size(node->text);
    if (!value) return wrong(name, *node, value.error());
    if (!in_range(name, *node, static_cast<double>(*value))) return nullptr;
    out = *value;
    return node;
}

const YamlNode* Section::path(std::string_view name, std::filesystem::path& out) {
    std::string written;
    const YamlNode* node = text(name, written);
    if (!node) return nullptr;
    if (written.front() == '~')
        return wrong(name, *node, "'~' is not replaced by the home folder; write the full path");
    out = (context_->base / written).lexically_normal();
    return node;
}

const YamlNode* Section::secret(std::string_view name, std::string& out) {
    const YamlNode* node = find(name);
    if (!node) return nullptr;
    const auto value = read_secret(*context_, *node, key_of(name));
    if (!value) return nullptr;
    const char* what = value->empty()        ? nullptr
                       : has_control(*value) ? "it holds a line break or another control character"
                                             : nullptr;
    if (what) {
        fault(name, std::string(what) + "; allowed: one line of text");
        return nullptr;
    }
    out = *value;
    return node;
}

const YamlNode* Section::tiles(std::string_view name, Tiles& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    const auto value = parse_tiles(node->text);
    if (!value) return wrong(name, *node, value.error());
    out = *value;
    return node;
}

const YamlNode* Section::time_of_day(std::string_view name, std::chrono::minutes& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    const auto value = parse_time_of_day(node->text);
    if (!value) return wrong(name, *node, value.error());
    out = *value;
    return node;
}

const YamlNode* Section::moment(std::string_view name, std::optional<WallTime>& out) {
    const YamlNode* node = scalar(name);
    if (!node) return nullptr;
    constexpr std::size_t kLongest = 40;  // date, time with microseconds, offset
    if (node->text.size() > kLongest) return wrong(name, *node);
    const auto value = parse_iso(node->text);
    if (!value) return wrong(name, *node);
    out = *value;
    return node;
}

const YamlNode* Section::numbers(std::string_view name, std::vector<double>& out) {
    const YamlNode* node = find(name);
    if (!node) return nullptr;
    if (node->kind != Kind::kList || (node->items.size() != 1 && node->items.size() != 3))
        return wrong(name, *node);
    std::vector<double> values;
    for (const auto& item : node->items) {
        const auto value = plain_number(item);
        if (!value) return wrong(name, item, number_hint(item));
        if (!in_range(name, item, *value)) return nullptr;
        values.push_back(*value);
    }
    out = std::move(values);
    return node;
}

const YamlNode* Section::polygon(std::string_view name, Polygon& out) {
    const YamlNode* node = find(name);
    if (!node) return nullptr;
    if (node->kind != Kind::kList) return wrong(name, *node);
    if (node->items.size() > kMaxCorners)
        return wrong(name, *node, "more than " + std::to_string(kMaxCorners) + " corners");
    Polygon corners;
    bool good = true;
    for (const auto& item : node->items) {
        const Corner corner = read_corner(item);
        corners.push_back(corner.point);
        if (!corner.fault_at) continue;
        good = false;
        wrong(name, *corner.fault_at, "corner " + std::to_string(corners.size()) + corner.fault);
        // The same misunderstanding is not told for each corner.
        if (corner.misunderstood) break;
    }
    if (!good) return nullptr;
    if (const auto why = polygon_fault(corners)) {
        fault(name, *why + "; allowed: " + expected(spec(name)) + ", in order around the zone");
        return nullptr;
    }
    out = std::move(corners);
    return node;
}

}  // namespace chairside
