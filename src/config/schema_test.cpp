// schema/config.schema.json, docs/config.md and the program say the same about every key.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "config/config.hpp"
#include "config/config_keys.hpp"

namespace chairside {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::string read_text(const char* file) {
    std::ifstream stream(fs::path(CHAIRSIDE_SOURCE_DIR) / file, std::ios::binary);
    std::ostringstream out;
    out << stream.rdbuf();
    return out.str();
}

const Json& schema() {
    static const Json kSchema = Json::parse(read_text("schema/config.schema.json"));
    return kSchema;
}

// A node of the schema with what it refers to; its own members win.
Json resolved(const Json& node) {
    if (!node.contains("$ref")) return node;
    const std::string pointer = node["$ref"].get<std::string>().substr(1);
    Json out = resolved(schema().at(Json::json_pointer(pointer)));
    for (const auto& [name, value] : node.items())
        if (name != "$ref") out[name] = value;
    return out;
}

struct SchemaKey {
    Json node;
    bool required = false;
};

void gather(const Json& section, const std::string& prefix, std::map<std::string, SchemaKey>& out) {
    EXPECT_EQ(section.value("additionalProperties", true), false) << prefix << " must refuse unknown keys";
    const Json required = section.value("required", Json::array());
    for (const auto& [name, value] : section.at("properties").items()) {
        const Json node = resolved(value);
        const std::string path = prefix.empty() ? name : prefix + "." + name;
        out[path] = {node, std::find(required.begin(), required.end(), name) != required.end()};
        if (node.contains("properties")) gather(node, path, out);
        const Json items = node.contains("items") ? resolved(node["items"]) : Json();
        if (items.contains("properties")) gather(items, path + "[]", out);
    }
}

std::map<std::string, SchemaKey> schema_keys() {
    std::map<std::string, SchemaKey> keys;
    gather(schema(), "", keys);
    return keys;
}

std::set<std::string> words(std::string_view list) {
    std::set<std::string> out;
    std::istringstream stream{std::string(list)};
    for (std::string word; std::getline(stream, word, '|');)
        out.insert(word);
    return out;
}

std::string lower(std::string text) {
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

// The node that holds minimum and maximum.
const Json& ranged(const Json& node, KeyKind kind) {
    if (kind == KeyKind::kDuration || kind == KeyKind::kSize) return node.at("anyOf").at(0);
    if (kind == KeyKind::kNumbers) return node.at("items");
    if (kind == KeyKind::kPolygon) return node.at("items").at("items");
    return node;
}

bool has_range(KeyKind kind) {
    return kind == KeyKind::kNumber || kind == KeyKind::kInteger || kind == KeyKind::kDuration ||
           kind == KeyKind::kSize || kind == KeyKind::kNumbers || kind == KeyKind::kPolygon;
}

Json good_config() {
    return Json::parse(R"({
        "cameras": [{"id": "cam", "source": "clip.avi", "zones": [
            {"name": "z", "type": "CHAIR", "polygon": [[0, 0], [1, 0], [1, 1]]}]}],
        "counting": {"count_from": 1, "review_from": 0},
        "detector": {"input_width": 320, "input_height": 320},
        "reports": {"archive_after_days": 1, "delete_after_days": 36500}})");
}

// Where a key of the table is in a document; the first entry of lists.
Json::json_pointer pointer_to(std::string_view path) {
    std::string out = "/";
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path.substr(i, 2) == "[]") {
            out += "/0";
            ++i;
        } else {
            out += path[i] == '.' ? '/' : path[i];
        }
    }
    return Json::json_pointer(out);
}

// JSON is YAML.
ConfigResult parse(const Json& document) {
    return parse_config(document.dump(), "test", "/nowhere", {.check_paths = false});
}
ConfigResult parse_with(std::string_view path, const Json& value) {
    Json document = good_config();
    document[pointer_to(path)] = value;
    return parse(document);
}

std::string first_error(const ConfigResult& result) {
    return result ? "" : result.error().front().to_string();
}

// Everything that defaults decide, as text.
std::string fingerprint(const Config& c) {
    std::ostringstream out;
    const auto& camera = c.cameras.at(0);
    const auto& zone = camera.zones.at(0);
    out << c.branch_code << c.branch_name << c.timezone << '|' << c.device_id << '|' << camera.target_fps
        << camera.realtime << camera.loop << camera.rtsp_transport << camera.timeout.count() << '|'
        << camera.tiles.columns << camera.tiles.rows << '|' << zone.capacity << to_string(zone.anchor)
        << zone.overlap << '|' << zone.counting.count_from << zone.counting.review_from
        << camera.ignore.size() << camera.ignore_still << camera.priority << camera.skip_still
        << c.visits.same_service_within.count() << '|' << zone.dwell.count() << '|' << zone.grace.count()
        << '|' << c.detector.model << c.detector.models_dir << c.detector.device << c.detector.precision
        << c.detector.threads << c.detector.use_int8 << '|' << c.detector.score_threshold << '|'
        << c.detector.nms_iou << c.detector.decoder << c.detector.person_class << '|' << c.storage.path
        << c.storage.retention_days << '|' << c.storage.max_bytes << '|' << c.supabase.start_delay.count()
        << '|' << c.reports.dir << c.reports.schedule << c.reports.day_end.count() << '|'
        << c.reports.archive_after_days << '|' << c.reports.delete_after_days << '|'
        << static_cast<int>(c.logging.level) << c.logging.file << c.logging.json << c.logging.console
        << c.logging.max_bytes << '|' << c.logging.max_files << '|' << c.runtime.heartbeat_interval.count()
        << '|' << c.runtime.target_fps << to_string(c.runtime.when_busy) << c.runtime.skip_still
        << c.runtime.spare_decoding << c.runtime.crops << to_string(c.runtime.decode_on) << c.runtime.socket
        << '|' << to_string(c.dashboard.listen) << c.dashboard.port << c.dashboard.open_viewing
        << to_string(c.dashboard.picture);
    return out.str();
}

TEST(Schema, HasExactlyTheKeysOfTheProgram) {
    std::set<std::string> ours, theirs;
    for (const auto& key : config_keys())
        ours.emplace(key.path);
    for (const auto& [path, key] : schema_keys())
        theirs.insert(path);
    EXPECT_EQ(ours, theirs);
}

TEST(Schema, AgreesOnRequiredKeysDefaultsRangesAndChoices) {
    const auto keys = schema_keys();
    for (const auto& ours : config_keys()) {
        SCOPED_TRACE(ours.path);
        const auto& theirs = keys.at(std::string(ours.path));
        EXPECT_GT(theirs.node.value("description", "").size(), 5u);
        // The list of cameras is required by 'run' and 'check' only, which the table does not say.
        if (ours.path != "cameras") {
            EXPECT_EQ(theirs.required, ours.required);
        }
        const Json fallback = ours.fallback.empty() ? Json() : Json::parse(ours.fallback);
        EXPECT_EQ(theirs.node.value("default", Json()), fallback);
        if (has_range(ours.kind)) {
            EXPECT_EQ(ranged(theirs.node, ours.kind).at("minimum").get<double>(), ours.min);
            EXPECT_EQ(ranged(theirs.node, ours.kind).at("maximum").get<double>(), ours.max);
        }
        if (ours.kind == KeyKind::kText || ours.kind == KeyKind::kPath) {
            EXPECT_EQ(theirs.node.at("minLength").get<double>(), ours.min);
            EXPECT_EQ(theirs.node.at("maxLength").get<double>(), ours.max);
        }
        EXPECT_EQ(theirs.node.contains("enum"), ours.kind == KeyKind::kChoice);
        std::set<std::string> choices, allowed;
        for (const auto& value : theirs.node.value("enum", Json::array()))
            choices.insert(lower(value));
        for (const auto& value : words(ours.allowed))
            allowed.insert(lower(value));
        EXPECT_EQ(choices, allowed);
        EXPECT_EQ(theirs.node.value("type", Json()) == "boolean", ours.kind == KeyKind::kFlag);
        EXPECT_EQ(theirs.node.value("type", Json()) == "integer", ours.kind == KeyKind::kInteger);
    }
}

TEST(Schema, RangesAreWhatTheProgramAccepts) {
    for (const auto& key : config_keys()) {
        if (!has_range(key.kind) || key.kind == KeyKind::kPolygon) continue;
        SCOPED_TRACE(key.path);
        const auto value = [&](double number) {
            const Json plain =
                number == std::floor(number) ? Json(static_cast<std::int64_t>(number)) : Json(number);
            return key.kind == KeyKind::kNumbers ? Json::array({plain}) : plain;
        };
        EXPECT_EQ(first_error(parse_with(key.path, value(key.min))), "");
        EXPECT_EQ(first_error(parse_with(key.path, value(key.max))), "");
        const double step = key.kind == KeyKind::kInteger || key.kind == KeyKind::kSize ? 1 : 1e-9;
        EXPECT_NE(first_error(parse_with(key.path, value(key.min - step))), "");
        EXPECT_NE(first_error(parse_with(key.path, value(key.max + key.max * 0.001 + step))), "");
    }
}

TEST(Schema, ChoicesOfTheSchemaAreAccepted) {
    for (const auto& [path, key] : schema_keys()) {
        for (const auto& value : key.node.value("enum", Json::array()))
            EXPECT_EQ(first_error(parse_with(path, value)), "") << path << value;
        if (key.node.contains("enum")) {
            EXPECT_NE(first_error(parse_with(path, "no-such-word")), "") << path;
        }
    }
}

TEST(Schema, DefaultsWrittenOutChangeNothing) {
    for (const auto& key : config_keys()) {
        if (key.fallback.empty()) continue;
        Json without = good_config();
        const auto pointer = pointer_to(key.path);
        if (without.contains(pointer)) without.at(pointer.parent_pointer()).erase(pointer.back());
        Json with = without;
        with[pointer] = Json::parse(key.fallback);
        const auto a = parse(without), b = parse(with);
        ASSERT_TRUE(a) << key.path << first_error(a);
        ASSERT_TRUE(b) << key.path << first_error(b);
        EXPECT_EQ(fingerprint(*a), fingerprint(*b)) << key.path;
    }
}

TEST(Schema, EveryKeyTakesAWrongTypeForAnError) {
    for (const auto& key : config_keys())
        EXPECT_NE(first_error(parse_with(key.path, Json::array({Json::array()}))), "") << key.path;
}

TEST(Docs, HaveARowForEveryKeyWithItsDefaultAndChoices) {
    std::map<std::string, std::string> rows;
    std::istringstream lines(read_text("docs/config.md"));
    for (std::string line; std::getline(lines, line);)
        if (line.rfind("| `", 0) == 0) rows[line.substr(3, line.find('`', 3) - 3)] = line;
    std::set<std::string> ours, theirs;
    for (const auto& [path, row] : rows)
        theirs.insert(path);
    for (const auto& key : config_keys()) {
        ours.emplace(key.path);
        const std::string& row = rows[std::string(key.path)];
        const Json fallback = key.fallback.empty() ? Json() : Json::parse(key.fallback);
        const std::string shown = fallback.is_string() ? fallback.get<std::string>() : fallback.dump();
        if (!key.fallback.empty()) {
            EXPECT_NE(row.find("`" + shown + "`"), std::string::npos) << key.path;
        }
        if (key.required) {
            EXPECT_NE(row.find("**required**"), std::string::npos) << key.path;
        }
        for (const auto& word : words(key.allowed))
            EXPECT_NE(row.find("`" + word + "`"), std::string::npos) << key.path;
    }
    EXPECT_EQ(ours, theirs);
}

// The examples: each block that is no fragment, with a camera added where it has none.
TEST(Docs, ExamplesAreAccepted) {
    setenv("CAMERA_PASSWORD", "secret", 1);
    setenv("ENTRANCE_CAMERA", "rtsp://10.0.0.6/live", 1);
    const fs::path folder = fs::path(::testing::TempDir()) / "chairside_docs";
    fs::create_directories(folder / "secrets");
    std::ofstream(folder / "secrets/supabase.key") << "sb_publishable_x\n";
    std::ofstream(folder / "secrets/supabase.password") << "word\n";
    std::ofstream(folder / "secrets/mqtt.password") << "word\n";
    std::istringstream lines(read_text("docs/config.md"));
    std::vector<std::string> examples;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == "```yaml" || (inside && line == "---")) {
            examples.emplace_back();
            inside = true;
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            examples.back() += line + "\n";
        }
    }
    EXPECT_GT(examples.size(), 10u);
    for (auto& example : examples) {
        if (example.front() == ' ') continue;
        if (example.find("cameras:") == std::string::npos)
            example += "cameras: [{id: c, source: clip.avi}]\n";
        const auto result = parse_config(example, "docs", folder, {.check_paths = false});
        EXPECT_EQ(first_error(result), "") << example;
    }
    fs::remove_all(folder);
}

}  // namespace
}  // namespace chairside
