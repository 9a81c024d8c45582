#include "config/section.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "config/address.hpp"

namespace chairside {
namespace {

using Kind = YamlNode::Kind;

std::vector<std::string_view> names_in(std::string_view table) {
    std::vector<std::string_view> names;
    for (const auto& key : config_keys())
        if (section_of(key.path) == table) names.push_back(leaf_of(key.path));
    return names;
}

std::string readable(std::string_view table) {
    return table.empty() ? std::string("the top of the file") : "'" + std::string(table) + "'";
}

// Where else a key of this name is known, for people who put it in the wrong place.
std::string elsewhere(std::string_view name) {
    std::string places;
    for (const auto& key : config_keys())
        if (leaf_of(key.path) == name)
            places += (places.empty() ? "" : " or ") + readable(section_of(key.path));
    return places;
}

std::string joined(const std::vector<std::string_view>& names) {
    std::string out;
    for (const auto& name : names)
        out.append(out.empty() ? "" : ", ").append(name);
    return out;
}

}  // namespace

Section::Section(Context& context, const YamlNode* node, std::string key, std::string table)
    : context_(&context), node_(node), key_(std::move(key)), table_(std::move(table)) {
    if (!node_ || node_->kind == Kind::kMap) {
        if (node_) check_keys();
        return;
    }
    // A section whose keys are all commented out is as good as none.
    if (node_->kind != Kind::kNull || table_.ends_with("[]")) {
        const std::string what = node_->kind == Kind::kScalar ? "a single value" : found(*node_);
        broken_ = true;
        context_->faults.add(*node_, key_,
                             "found " + what + "; allowed: a map of keys (" + joined(names_in(table_)) + ")");
    }
    node_ = nullptr;
}

void Section::check_keys() {
    for (std::size_t i = 0; i < node_->keys.size(); ++i) {
        const YamlNode& written = node_->keys[i];
        const std::string path = table_.empty() ? written.text : table_ + "." + written.text;
        const KeySpec* known = find_key(path);
        if (!known || section_of(known->path) != table_) {
            unknown_key(written);
            continue;
        }
        const auto same = [&](const YamlNode& other) { return other.text == written.text; };
        const auto first = std::find_if(node_->keys.begin(), node_->keys.end(), same);
        if (first != node_->keys.begin() + static_cast<std::ptrdiff_t>(i))
            context_->faults.add(written, key_of(written.text),
                                 "the key is given twice, first on line " + std::to_string(first->line));
    }
    for (const auto& known : config_keys()) {
        if (!known.required || section_of(known.path) != table_ || peek(leaf_of(known.path))) continue;
        context_->faults.add(*node_, key_of(leaf_of(known.path)), "is missing; allowed: " + expected(known));
    }
}

void Section::unknown_key(const YamlNode& written) {
    std::string name = written.text;
    std::string message = "unknown key";
    // "key:value" without a space is one word to YAML; the value may be a secret.
    if (const auto colon = name.find(':'); colon != std::string::npos) {
        name.resize(colon);
        message += "; a space is missing after the ':'";
    } else if (name == "<<") {
        message += "; merging with '<<' is not supported";
    } else {
        const auto names = names_in(table_);
        const auto near = nearest(name, names);
        const std::string places = near ? std::string() : elsewhere(name);
        if (near)
            message += "; did you mean '" + *near + "'?";
        else if (!places.empty())
            message += "; it belongs in " + places;
        message += std::string(near ? " Known here: " : "; known here: ") + joined(names);
    }
    YamlNode shown = written;
    shown.text = name;
    shown.quoted = false;
    std::string label = found(shown);
    label = label.substr(1, label.size() - 2);  // without the quotes
    context_->faults.add(written, key_.empty() ? label : key_ + "." + label, message);
}

const KeySpec& Section::spec(std::string_view name) const {
    const std::string path = table_.empty() ? std::string(name) : table_ + "." + std::string(name);
    const KeySpec* known = find_key(path);
    CHAIRSIDE_CHECK(known != nullptr);
    return *known;
}

std::string Section::key_of(std::string_view name) const {
    return key_.empty() ? std::string(name) : key_ + "." + std::string(name);
}

const YamlNode* Section::peek(std::string_view name) const {
    for (std::size_t i = 0; node_ && i < node_->keys.size(); ++i)
        if (node_->keys[i].text == name) return &node_->items[i];
    return nullptr;
}

bool Section::may_lack(std::string_view list_name) const {
    const YamlNode* node = peek(list_name);
    return !broken_ && (!node || (node->kind == Kind::kList && node->items.empty()));
}

const YamlNode* Section::find(std::string_view name) {
    asked_.push_back(leaf_of(spec(name).path));
    return peek(name);
}

const YamlNode* Section::scalar(std::string_view name) {
    const YamlNode* node = find(name);
    if (!node || node->kind == Kind::kScalar) return node;
    return wrong(name, *node);
}

const YamlNode* Section::wrong(std::string_view name, const YamlNode& node, const std::string& detail) {
    const KeySpec& known = spec(name);
    std::string message = "found " + found(node) + (detail.empty() ? "; " : " (" + detail + "); ");
    if (known.kind == KeyKind::kChoice && node.kind == Kind::kScalar) {
        std::vector<std::string_view> values;
        for (std::string_view rest = known.allowed; !rest.empty();) {
            values.push_back(rest.substr(0, rest.find('|')));
            rest.remove_prefix(std::min(rest.size(), values.back().size() + 1));
        }
        if (const auto near = nearest(node.text, values)) message += "did you mean '" + *near + "'? ";
    }
    context_->faults.add(node, key_of(name), message + "allowed: " + expected(known));
    return nullptr;
}

bool Section::in_range(std::string_view name, const YamlNode& node, double value) {
    const KeySpec& known = spec(name);
    if (value >= known.min && value <= known.max) return true;
    wrong(name, node);
    return false;
}

void Section::fault(std::string_view name, std::string message) {
    const YamlNode* node = peek(name);
    if (!node) node = node_;
    if (node)
        context_->faults.add(*node, key_of(name), std::move(message));
    else
        context_->faults.add(1, 1, key_of(name), std::move(message));
}

void Section::all_read() const {
    for (const auto& name : names_in(table_))
        CHAIRSIDE_CHECK(std::find(asked_.begin(), asked_.end(), name) != asked_.end());
}

Section Section::section(std::string_view name) {
    const std::string path(spec(name).path);
    return {*context_, find(name), key_of(name), path};
}

std::vector<Section> Section::list(std::string_view name, std::size_t most) {
    std::vector<Section> sections;
    const YamlNode* node = find(name);
    if (!node) return sections;
    if (node->kind != Kind::kList) {
        wrong(name, *node);
        return sections;
    }
    if (node->items.size() > most)
        fault(name, "found " + std::to_string(node->items.size()) + " entries; allowed: up to " +
                        std::to_string(most));
    const std::string path = std::string(spec(name).path) + "[]";
    for (std::size_t i = 0; i < std::min(most, node->items.size()); ++i)
        sections.emplace_back(*context_, &node->items[i], key_of(name) + "[" + std::to_string(i) + "]", path);
    return sections;
}

}  // namespace chairside
