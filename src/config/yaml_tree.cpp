#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <map>
#include <sstream>
#include <utility>

#include "base/check.hpp"
#include "config/text_checks.hpp"

namespace chairside {
namespace {

constexpr std::string_view kTextTag = "tag:yaml.org,2002:str";

// Thrown through yaml-cpp, whose handlers have no other way to stop it.
class Refused : public std::exception {
  public:
    Refused(const YAML::Mark& mark, std::string message)
        : fault_{mark.line + 1, mark.column + 1, std::move(message)} {}
    const char* what() const noexcept override { return fault_.message.c_str(); }
    const YamlFault& fault() const { return fault_; }

  private:
    YamlFault fault_;
};

std::size_t count_nodes(const YamlNode& node) {
    std::size_t count = 1 + node.keys.size();
    for (const auto& item : node.items)
        count += count_nodes(item);
    return count;
}

class TreeBuilder final : public YAML::EventHandler {
  public:
    explicit TreeBuilder(std::string_view text) : text_(text) {}
    YamlNode take_root() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1)
            throw Refused(mark, "a second document begins here; the file must hold one (remove the '---')");
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        attach(at(mark, YamlNode::Kind::kNull), anchor, mark);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end())
            throw Refused(mark, "an alias that stands for a part which it is inside of");
        const YamlNode& node = found->second;
        if (static_cast<int>(open_.size()) + node.height > kMaxYamlDepth) refuse_depth(mark);
        count(count_nodes(node), mark);
        attach(node, 0, mark);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_tag(mark, tag);
        if (tag == "!" && never_closed(text_, static_cast<std::size_t>(std::max(0, mark.pos))))
            throw Refused(mark, "not valid YAML: a quotation begins here that is never closed");
        YamlNode node = at(mark, YamlNode::Kind::kScalar);
        node.text = value;
        node.quoted = tag == "!" || tag == kTextTag;
        attach(std::move(node), anchor, mark);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        check_tag(mark, tag);
        open(at(mark, YamlNode::Kind::kList), anchor, mark);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        check_tag(mark, tag);
        open(at(mark, YamlNode::Kind::kMap), anchor, mark);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Level {
        YamlNode node;
        YAML::anchor_t anchor;
        YAML::Mark mark;
    };

    static YamlNode at(const YAML::Mark& mark, YamlNode::Kind kind) {
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        return node;
    }

    [[noreturn]] static void refuse_depth(const YAML::Mark& mark) {
        throw Refused(mark, "nested more than " + std::to_string(kMaxYamlDepth) + " levels deep");
    }

    static void check_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!" && tag != kTextTag)
            throw Refused(mark, "tags (words that begin with '!') are not used here");
    }

    void count(std::size_t nodes, const YAML::Mark& mark) {
        nodes_ += nodes;
        if (nodes_ > kMaxYamlNodes)
            throw Refused(mark, "more than " + std::to_string(kMaxYamlNodes) +
                                    " values, counting what aliases stand for");
    }

    void open(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
        if (static_cast<int>(open_.size()) >= kMaxYamlDepth) refuse_depth(mark);
        open_.push_back({std::move(node), anchor, mark});
    }

    void close() {
        CHAIRSIDE_CHECK(!open_.empty());
        Level level = std::move(open_.back());
        open_.pop_back();
        for (const auto& item : level.node.items)
            level.node.height = std::max(level.node.height, item.height + 1);
        attach(std::move(level.node), level.anchor, level.mark);
    }

    void attach(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
        if (anchor != 0) {
            // The anchor's copy costs as much as an alias would.
            count(count_nodes(node), mark);
            anchors_.insert_or_assign(anchor, node);
        }
        count(1, mark);
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        YamlNode& parent = open_.back().node;
        const bool is_key = parent.kind == YamlNode::Kind::kMap && parent.keys.size() == parent.items.size();
        if (is_key && node.kind != YamlNode::Kind::kScalar) throw Refused(mark, "a key must be plain text");
        (is_key ? parent.keys : parent.items).push_back(std::move(node));
    }

    std::string_view text_;
    YamlNode root_;
    std::vector<Level> open_;
    std::map<YAML::anchor_t, YamlNode> anchors_;
    std::size_t nodes_ = 0;
    int documents_ = 0;
};

// yaml-cpp's words for what people do most often are about its own insides.
std::string friendlier(const std::string& message) {
    struct Phrase {
        std::string_view theirs, ours;
    };
    static constexpr Phrase kPhrases[] = {
        {"end of map not found", "the indentation does not match the lines above"},
        {"end of sequence not found", "the indentation of this list does not match the lines above"},
        {"illegal map value", "a ':' where none can be: check the indentation, or put the text in quotes"},
        {"end of map flow", "a '{' that is never closed by '}'"},
        {"end of sequence flow", "a '[' that is never closed by ']'"},
        {"illegal EOF in scalar", "a quotation that is never closed"},
        {"unknown token", "a character that cannot begin a value; put the text in quotes"},
    };
    for (const auto& phrase : kPhrases)
        if (message.find(phrase.theirs) != std::string::npos) return std::string(phrase.ours);
    return message;
}

}  // namespace

tl::expected<YamlNode, std::vector<YamlFault>> parse_yaml(const std::string& text) {
    if (text.size() > kMaxYamlBytes) {
        const std::string limit = std::to_string(kMaxYamlBytes / 1024) + " KB";
        return tl::unexpected(std::vector<YamlFault>{{0, 0, "larger than the limit of " + limit}});
    }
    if (text.starts_with(kByteOrderMark)) return parse_yaml(text.substr(kByteOrderMark.size()));
    if (auto faults = character_faults(text); !faults.empty()) return tl::unexpected(std::move(faults));
    const auto failure = [&](int line, int column, const std::string& message) {
        const int in_characters = line > 0 ? characters_up_to(text, line, column) : column;
        return tl::unexpected(std::vector<YamlFault>{{line, in_characters, message}});
    };
    TreeBuilder builder(text);
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Refused& refused) {
        const auto& fault = refused.fault();
        return failure(fault.line, fault.column, fault.message);
    } catch (const YAML::Exception& error) {
        const bool known = !error.mark.is_null();
        return failure(known ? error.mark.line + 1 : 0, known ? error.mark.column + 1 : 0,
                       "not valid YAML: " + friendlier(error.msg));
    } catch (const std::exception& error) {
        return failure(0, 0, std::string("not valid YAML: ") + error.what());
    }
    YamlNode root = builder.take_root();
    place_left_out_values(text, root);
    columns_to_characters(text, root);
    return root;
}

}  // namespace chairside
