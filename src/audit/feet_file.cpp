#include "audit/feet_file.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace chairside {
namespace {

using Json = nlohmann::json;

constexpr char kFormat[] = "chairside-feet";
constexpr int kVersion = 1;
constexpr int kCellMembers = 2 + 2 * static_cast<int>(kFootKinds);
constexpr double kLongest = 1e10;  // s; more is no time
constexpr int kLargestPicture = 100'000, kLargestCapacity = 1000;

double rounded(double value) {
    return std::round(value * 1e4) / 1e4;
}

Json zone_json(const ZoneConfig& zone) {
    Json polygon = Json::array();
    for (const Point p : zone.polygon)
        polygon.push_back({p.x, p.y});
    return {{"name", zone.name},
            {"type", to_string(zone.type)},
            {"capacity", zone.capacity},
            {"anchor", to_string(zone.anchor)},
            {"polygon", polygon}};
}

Json cells_json(const FootMap& feet) {
    Json cells = Json::array();
    for (int i = 0; i < FootMap::kCells; ++i) {
        const FootCell& cell = feet.cell(i);
        if (cell.empty()) continue;
        Json row = {i % FootMap::kColumns, i / FootMap::kColumns};
        for (const float s : cell.seconds)
            row.push_back(rounded(static_cast<double>(s)));
        for (const float w : cell.width_s)
            row.push_back(rounded(static_cast<double>(w)));
        cells.push_back(std::move(row));
    }
    return cells;
}

// Reads with words for what is wrong; the first fault ends it (this file is written by us).
class Reader {
  public:
    Reader(const Json& json, const std::string& name) : json_(json), name_(name) {}

    Result<FeetFile> read() {
        FeetFile out;
        if (!json_.is_object() || json_.value("format", Json()) != kFormat)
            return wrong("is not a file of 'chairside replay --feet'");
        if (json_.value("version", Json()) != kVersion)
            return wrong("is of another version of the format; this one reads version " +
                         std::to_string(kVersion));
        if (json_.value("columns", Json()) != FootMap::kColumns ||
            json_.value("rows", Json()) != FootMap::kRows)
            return wrong("'columns' and 'rows' must be " + std::to_string(FootMap::kColumns) + " and " +
                         std::to_string(FootMap::kRows));
        const auto width = number(json_, "width", 0, kLargestPicture),
                   height = number(json_, "height", 0, kLargestPicture),
                   watched = number(json_, "watched_s", 0, kLongest);
        if (!width || !height || !watched)
            return wrong("'width', 'height' and 'watched_s' must be numbers from 0");
        const Json camera = json_.value("camera", Json());
        if (!camera.is_string()) return wrong("'camera' must be a text");
        out.camera = camera.get<std::string>();
        out.feet.watch(*watched, static_cast<int>(*width), static_cast<int>(*height));
        if (auto done = cells(out.feet); !done) return tl::unexpected(done.error());
        if (auto done = zones(out.zones); !done) return tl::unexpected(done.error());
        return out;
    }

  private:
    tl::unexpected<Error> wrong(const std::string& what) const {
        return fail(ErrorKind::kInvalid, name_ + ": " + what);
    }

    static std::optional<double> number(const Json& json, const char* key, double low, double high) {
        const auto at = json.find(key);
        if (at == json.end()) return std::nullopt;
        return within(*at, low, high);
    }
    static std::optional<double> within(const Json& json, double low, double high) {
        if (!json.is_number()) return std::nullopt;
        const auto value = json.get<double>();
        if (!(value >= low && value <= high)) return std::nullopt;
        return value;
    }

    Result<void> cells(FootMap& feet) const {
        const Json list = json_.value("cells", Json());
        if (!list.is_array()) return wrong("'cells' must be a list");
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto bad = [&] {
                return wrong("cells[" + std::to_string(i) +
                             "] must be [column, row, three times, three widths]");
            };
            if (!list[i].is_array() || list[i].size() != kCellMembers) return bad();
            const auto column = within(list[i][0], 0, FootMap::kColumns - 1),
                       row = within(list[i][1], 0, FootMap::kRows - 1);
            if (!column || !row) return bad();
            FootCell cell;
            for (std::size_t k = 0; k < kFootKinds; ++k) {
                const auto seconds = within(list[i][2 + k], 0, kLongest),
                           width = within(list[i][2 + kFootKinds + k], 0, kLongest);
                if (!seconds || !width) return bad();
                cell.seconds[k] = static_cast<float>(*seconds);
                cell.width_s[k] = static_cast<float>(*width);
            }
            feet.set(static_cast<int>(*row) * FootMap::kColumns + static_cast<int>(*column), cell);
        }
        return {};
    }

    Result<void> zones(std::vector<ZoneConfig>& out) const {
        const Json list = json_.value("zones", Json());
        if (!list.is_array()) return wrong("'zones' must be a list");
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto zone = read_zone(list[i]);
            if (!zone)
                return wrong(
                    "zones[" + std::to_string(i) +
                    "] must have a name, a type, a capacity from 1, an anchor and a polygon of corners 0..1");
            out.push_back(*zone);
        }
        return {};
    }

    static std::optional<ZoneConfig> read_zone(const Json& json) {
        if (!json.is_object()) return std::nullopt;
        const auto text = [&](const char* key) {
            const auto at = json.find(key);
            return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
        };
        ZoneConfig zone;
        zone.name = text("name");
        const auto type = parse_zone_type(text("type"));
        const auto anchor = parse_zone_anchor(text("anchor"));
        const auto capacity = number(json, "capacity", 1, kLargestCapacity);
        if (zone.name.empty() || !type || !anchor || !capacity) return std::nullopt;
        zone.type = *type;
        zone.anchor = *anchor;
        zone.capacity = static_cast<int>(*capacity);
        for (const Json& corner : json.value("polygon", Json::array())) {
            if (!corner.is_array() || corner.size() != 2) return std::nullopt;
            const auto x = within(corner[0], 0, 1), y = within(corner[1], 0, 1);
            if (!x || !y) return std::nullopt;
            zone.polygon.push_back({*x, *y});
        }
        if (polygon_fault(zone.polygon)) return std::nullopt;
        return zone;
    }

    const Json& json_;
    const std::string& name_;
};

}  // namespace

std::string feet_as_json(const FeetFile& file) {
    Json zones = Json::array();
    for (const ZoneConfig& zone : file.zones)
        zones.push_back(zone_json(zone));
    const Json json = {{"format", kFormat},
                       {"version", kVersion},
                       {"camera", file.camera},
                       {"columns", FootMap::kColumns},
                       {"rows", FootMap::kRows},
                       {"width", file.feet.width()},
                       {"height", file.feet.height()},
                       {"watched_s", rounded(file.feet.watched_s())},
                       {"zones", zones},
                       {"cells", cells_json(file.feet)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<FeetFile> parse_feet(const std::string& text, const std::string& name) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return fail(ErrorKind::kInvalid, name + ": is not JSON");
    return Reader(json, name).read();
}

}  // namespace chairside
