#include "config/branch_settings.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "config/added_cameras.hpp"
#include "config/sections.hpp"

namespace chairside {
namespace {

using Json = nlohmann::json;
using Kind = YamlNode::Kind;

constexpr std::array<std::string_view, 5> kMembers{"dwell_time", "grace", "counting", "visits", "cameras"};
constexpr std::array<std::string_view, 3> kCameraMembers{"zones", "ignore", "ignore_still"};

YamlNode text_node(std::string text, bool quoted) {
    YamlNode node;
    node.kind = Kind::kScalar;
    node.line = node.column = 0;
    node.text = std::move(text);
    node.quoted = quoted;
    return node;
}

// JSON as the reader of the file sees its YAML. The depth is limited by whoever calls.
YamlNode node_of(const Json& json) {
    if (json.is_string()) return text_node(json.get<std::string>(), true);
    if (!json.is_structured() && !json.is_null()) return text_node(json.dump(), false);
    YamlNode node;
    node.line = node.column = 0;
    if (json.is_null()) return node;
    node.kind = json.is_array() ? Kind::kList : Kind::kMap;
    for (const auto& [key, value] : json.items()) {
        if (json.is_object()) node.keys.push_back(text_node(key, true));
        node.items.push_back(node_of(value));
        node.height = std::max(node.height, node.items.back().height + 1);
    }
    return node;
}

bool too_deep(const Json& json, int left) {
    if (!json.is_structured()) return false;
    return left == 0 ||
           std::any_of(json.begin(), json.end(), [&](const Json& item) { return too_deep(item, left - 1); });
}

YamlNode* member(YamlNode& map, std::string_view name) {
    for (std::size_t i = 0; i < map.keys.size(); ++i)
        if (map.keys[i].text == name) return &map.items[i];
    return nullptr;
}

void lay_over(YamlNode& under, const YamlNode& over) {
    if (under.kind != Kind::kMap || over.kind != Kind::kMap) {
        under = over;
        return;
    }
    for (std::size_t i = 0; i < over.keys.size(); ++i) {
        if (YamlNode* known = member(under, over.keys[i].text)) {
            lay_over(*known, over.items[i]);
        } else {
            under.keys.push_back(over.keys[i]);
            under.items.push_back(over.items[i]);
        }
    }
}

// One revision on its way into the file's tree.
class Overlay {
  public:
    Overlay(Faults& faults, YamlNode& file) : faults_(faults), file_(file) {}

    void put(const Json& settings) {
        if (!check_members(settings, "settings", kMembers)) return;
        for (const auto& [name, value] : settings.items()) {
            if (name == "cameras")
                put_cameras(value);
            else
                put_member(file_, name, value);
        }
    }
    std::vector<std::string> elsewhere;

  private:
    static void put_member(YamlNode& map, const std::string& name, const Json& value) {
        YamlNode one;
        one.kind = Kind::kMap;
        one.keys.push_back(text_node(name, true));
        one.items.push_back(node_of(value));
        lay_over(map, one);
    }

    void put_cameras(const Json& cameras) {
        if (!cameras.is_object()) return fault("cameras", "is no object; allowed: an object by camera id");
        for (const auto& [id, camera] : cameras.items()) {
            YamlNode* known = camera_of(id);
            if (!check_members(camera, "cameras." + id, kCameraMembers)) continue;
            if (known == nullptr) {
                elsewhere.push_back(id);
                continue;
            }
            for (const auto& [name, value] : camera.items())
                put_member(*known, name, value);
        }
    }

    YamlNode* camera_of(const std::string& id) {
        YamlNode* cameras = member(file_, "cameras");
        for (std::size_t i = 0; cameras != nullptr && i < cameras->items.size(); ++i) {
            const YamlNode* known = member(cameras->items[i], "id");
            if (known != nullptr && known->text == id) return &cameras->items[i];
        }
        return nullptr;
    }

    bool check_members(const Json& json, const std::string& what, std::span<const std::string_view> known) {
        std::string names;
        for (const auto name : known)
            names.append(names.empty() ? "" : ", ").append(name);
        if (!json.is_object()) {
            fault(what, "is no object; allowed: " + names);
            return false;
        }
        bool good = true;
        for (const auto& [name, value] : json.items()) {
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            fault(what, "found '" + name + "'; allowed: " + names);
            good = false;
        }
        return good;
    }

    void fault(std::string key, std::string message) {
        faults_.add(0, 0, std::move(key), std::move(message));
    }

    Faults& faults_;
    YamlNode& file_;
};

std::vector<ConfigError> one_fault(const std::string& name, std::string message) {
    return {{name, 0, 0, "", std::move(message)}};
}

// Managers know cameras by their ids, and nothing of lines.
std::vector<ConfigError> for_managers(std::vector<ConfigError> faults, const Config& base) {
    for (ConfigError& fault : faults) {
        fault.line = fault.column = 0;
        for (std::size_t i = 0; i < base.cameras.size(); ++i) {
            const std::string index = "cameras[" + std::to_string(i) + "]";
            if (fault.key.starts_with(index))
                fault.key.replace(0, index.size(), "cameras." + base.cameras[i].id);
        }
    }
    return faults;
}

Config read_again(Section& top, const Config& base) {
    Config read;
    ZoneTimes times = ZoneTimes::defaults();
    read_times(top, times);
    read_counting(top, times);
    read_visits(top.section("visits"), read);
    read_cameras(top, times, {}, !base.cameras.empty(), read);
    return read;
}

}  // namespace

tl::expected<WithSettings, std::vector<ConfigError>> with_settings(const Config& base,
                                                                   const std::string& settings_json,
                                                                   const std::string& name) {
    if (settings_json.size() > kMaxYamlBytes) return tl::unexpected(one_fault(name, "is longer than 1 MB"));
    const Json settings = Json::parse(settings_json, nullptr, false);
    if (settings.is_discarded()) return tl::unexpected(one_fault(name, "is no JSON"));
    if (too_deep(settings, kMaxYamlDepth)) return tl::unexpected(one_fault(name, "is nested too deep"));
    Faults faults(name);
    auto whole = config_tree(base.text, base.added, faults);
    if (!whole) return tl::unexpected(one_fault(name, "the device's own configuration is not at hand"));
    YamlNode* tree = &whole->root;
    Overlay overlay(faults, *tree);
    overlay.put(settings);
    std::vector<std::string> secrets;
    Context context{faults, base.file.parent_path(), false, secrets, false};
    Section top(context, tree, "", "");
    Config read = read_again(top, base);
    if (!faults.empty()) return tl::unexpected(for_managers(faults.take_sorted(), base));

    WithSettings out{base, std::move(overlay.elsewhere)};
    out.config.visits = read.visits;
    for (std::size_t i = 0; i < out.config.cameras.size(); ++i) {
        CameraConfig& camera = out.config.cameras[i];
        camera.zones = std::move(read.cameras[i].zones);
        camera.ignore = std::move(read.cameras[i].ignore);
        camera.ignore_still = read.cameras[i].ignore_still;
    }
    return out;
}

std::string in_words(const std::vector<ConfigError>& faults, std::size_t most) {
    std::string out;
    for (const ConfigError& fault : faults) {
        if (!out.empty()) out += "; ";
        out += fault.key.empty() ? fault.message : fault.key + ": " + fault.message;
    }
    if (out.size() <= most) return out;
    // Not in the middle of a character.
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80)
        --end;
    out.resize(end);
    return out;
}

}  // namespace chairside
