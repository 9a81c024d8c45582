#include "config/added_cameras.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace chairside {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Kind = YamlNode::Kind;

constexpr char kList[] = "cameras";

tl::unexpected<Error> io_error(const fs::path& file, const char* what) {
    return fail(ErrorKind::kIo, file.string() + ": " + what + " (" + std::strerror(errno) + ")");
}

// What was written and synced so far is either all of it, or the file of before.
Result<void> write_synced(const fs::path& file, const std::string& text) {
    (void)::unlink(file.c_str());  // another's, with other rights
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) return io_error(file, "cannot be made");
    std::size_t written = 0;
    while (written < text.size()) {
        const auto done = ::write(descriptor, text.data() + written, text.size() - written);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) break;
        written += static_cast<std::size_t>(done);
    }
    const bool good = written == text.size() && ::fsync(descriptor) == 0;
    auto result = good ? Result<void>{} : io_error(file, "cannot be written");
    ::close(descriptor);
    return result;
}

void sync_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    (void)::fsync(descriptor);
    ::close(descriptor);
}

Result<Json> list_of(const std::string& added) {
    if (added.empty()) return Json::array();
    const Json all = Json::parse(added, nullptr, false);
    const auto list = all.is_object() ? all.find(kList) : all.end();
    if (!all.is_object() || list == all.end() || !list->is_array())
        return fail(ErrorKind::kInvalid, "the file of added cameras holds no list of them");
    return *list;
}

auto find_in(Json& list, const std::string& id) {
    return std::find_if(list.begin(), list.end(),
                        [&](const Json& one) { return one.is_object() && one.value("id", "") == id; });
}

std::string text_of(Json list) {
    return Json{{kList, std::move(list)}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string taken_as_it_is(const std::string& source) {
    std::string out;
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source.compare(i, 2, "${") == 0) out += '$';
        out += source[i];
    }
    return out;
}

YamlNode* member(YamlNode& map, std::string_view name) {
    for (std::size_t i = 0; i < map.keys.size(); ++i)
        if (map.keys[i].text == name) return &map.items[i];
    return nullptr;
}

// Its lines are not those of the owner's file.
void without_place(YamlNode& node) {
    node.line = node.column = 0;
    for (YamlNode& key : node.keys)
        without_place(key);
    for (YamlNode& item : node.items)
        without_place(item);
}

YamlNode& cameras_of(YamlNode& root) {
    if (YamlNode* there = member(root, kList)) return *there;
    YamlNode key, list;
    key.kind = Kind::kScalar;
    key.text = kList;
    list.kind = Kind::kList;
    list.line = list.column = key.line = key.column = 0;
    root.kind = Kind::kMap;
    root.keys.push_back(std::move(key));
    root.items.push_back(std::move(list));
    return root.items.back();
}

void append(ConfigTree& tree, YamlNode added, Faults& faults) {
    YamlNode* list = added.kind == Kind::kMap && added.keys.size() == 1 ? member(added, kList) : nullptr;
    if (list == nullptr || list->kind != Kind::kList) {
        faults.add(0, 0, "", "the file of added cameras holds no list of them");
        return;
    }
    without_place(*list);
    YamlNode& own = cameras_of(tree.root);
    if (own.kind == Kind::kNull) own.kind = Kind::kList;
    if (own.kind != Kind::kList) return;  // told of as it is read
    tree.own = own.items.size();
    for (YamlNode& camera : list->items) {
        const YamlNode* id = member(camera, "id");
        const bool there =
            id != nullptr && std::any_of(own.items.begin(), own.items.end(), [&](YamlNode& one) {
                const YamlNode* its = member(one, "id");
                return its != nullptr && its->text == id->text;
            });
        if (there)
            tree.shadowed.push_back(id->text);
        else
            own.items.push_back(std::move(camera));
    }
    tree.root.height = std::max(tree.root.height, added.height);
}

}  // namespace

fs::path added_cameras_file(const Config& config) {
    return fs::path(config.storage.path).replace_extension(".cameras.json");
}

Result<std::string> read_added_cameras(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error) && !error) return std::string();
    std::ifstream stream(file, std::ios::binary);
    std::string text(kMaxYamlBytes + 1, '\0');
    if (!fs::is_regular_file(file, error) || !stream) return io_error(file, "cannot be read");
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) return io_error(file, "cannot be read");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

Result<void> write_added_cameras(const fs::path& file, const std::string& text) {
    const fs::path part = file.string() + ".part";
    if (auto written = write_synced(part, text); !written) return written;
    if (::rename(part.c_str(), file.c_str()) != 0) return io_error(file, "cannot be put in place");
    sync_folder(file.has_parent_path() ? file.parent_path() : ".");
    return {};
}

Result<std::string> with_camera(const std::string& added, const std::string& id, const std::string& members) {
    auto list = list_of(added);
    if (!list) return tl::unexpected(list.error());
    Json change = Json::parse(members, nullptr, false);
    if (!change.is_object()) return fail(ErrorKind::kInvalid, "a camera's members are no object");
    if (const auto source = change.find("source"); source != change.end() && source->is_string())
        *source = taken_as_it_is(source->get<std::string>());
    auto camera = find_in(*list, id);
    if (camera == list->end()) {
        list->push_back(Json{{"id", id}});
        camera = std::prev(list->end());
    }
    camera->merge_patch(change);
    return text_of(std::move(*list));
}

Result<std::string> without_camera(const std::string& added, const std::string& id) {
    auto list = list_of(added);
    if (!list) return tl::unexpected(list.error());
    const auto camera = find_in(*list, id);
    if (camera == list->end())
        return fail(ErrorKind::kNotFound, "There is no camera '" + id + "' that was added here.");
    list->erase(camera);
    return text_of(std::move(*list));
}

std::optional<ConfigTree> config_tree(const std::string& text, const std::string& added, Faults& faults) {
    const auto tree_of = [&](const std::string& yaml, bool places) -> std::optional<YamlNode> {
        auto root = parse_yaml(yaml);
        if (root) return std::move(*root);
        for (const auto& fault : root.error())
            faults.add(places ? fault.line : 0, places ? fault.column : 0, "", fault.message);
        return std::nullopt;
    };
    auto own = tree_of(text, true);
    if (!own) return std::nullopt;
    ConfigTree out{std::move(*own), 0, {}};
    if (added.empty()) {
        if (YamlNode* list = member(out.root, kList)) out.own = list->items.size();
        return out;
    }
    auto more = tree_of(added, false);
    const bool lacks_room = out.root.kind != Kind::kMap && out.root.kind != Kind::kNull;
    if (more && !lacks_room) append(out, std::move(*more), faults);
    if (!more || !faults.empty()) return std::nullopt;
    return out;
}

ConfigResult with_added_cameras(const Config& base, const std::string& added, const ConfigOptions& options) {
    ConfigOptions with = options;
    with.added = added;
    auto config = parse_config(base.text, added_cameras_file(base).string(), base.file.parent_path(), with);
    if (config) config->file = base.file;
    return config;
}

}  // namespace chairside
