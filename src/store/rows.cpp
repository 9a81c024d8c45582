#include "store/rows.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace chairside {
namespace {

using Json = nlohmann::json;

// Text that is not UTF-8 becomes U+FFFD: a strange name must not cost the event.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_share(double value) {
    return std::isfinite(value) && value >= 0 && value <= 1;
}

// SQLite would take a name with a NUL but cut it short for everyone else.
bool is_name(const std::string& text) {
    return !text.empty() && text.find('\0') == std::string::npos;
}

bool is_known(ZoneType type) {
    return parse_zone_type(to_string(type)) == type;
}

tl::unexpected<Error> refuse(const std::string& what, const std::string& why) {
    return fail(ErrorKind::kInvalid, what + ": " + why + "; not stored");
}

std::optional<std::span<const std::uint8_t>> blob_of(const std::optional<EventId>& id) {
    if (!id) return std::nullopt;
    return std::span(id->bytes);
}

std::optional<EventId> read_id(std::span<const std::uint8_t> blob) {
    EventId id;
    if (blob.size() != id.bytes.size()) return std::nullopt;
    std::copy(blob.begin(), blob.end(), id.bytes.begin());
    return id;
}

std::optional<std::map<std::string, std::string>> read_metadata(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string()) return std::nullopt;
        out.emplace(key, value.get<std::string>());
    }
    return out;
}

}  // namespace

Result<void> check(const Event& event) {
    const std::string what = "event " + event.id.to_string();
    if (event.id == EventId{}) return refuse(what, "the id is empty");
    if (!is_name(event.camera)) return refuse(what, "the camera's name is empty or has a zero byte");
    if (!is_name(event.zone)) return refuse(what, "the zone's name is empty or has a zero byte");
    if (!is_known(event.type)) return refuse(what, "the zone's type is none of CHAIR, WASH, WAIT");
    if (event.revision < 1) return refuse(what, "the revision is below 1");
    if (event.dwell < Duration(0)) return refuse(what, "the dwell time is negative");
    if (!is_share(event.confidence)) return refuse(what, "the confidence is not within 0 and 1");
    return {};
}

Result<void> check(const OpenSession& session) {
    const std::string what =
        "session " + std::to_string(session.session) + " of camera '" + session.camera + "'";
    if (!is_name(session.camera)) return refuse(what, "the camera's name is empty or has a zero byte");
    if (!is_name(session.zone)) return refuse(what, "the zone's name is empty or has a zero byte");
    if (!is_known(session.type)) return refuse(what, "the zone's type is none of CHAIR, WASH, WAIT");
    if (session.revision < 0) return refuse(what, "the revision is negative");
    if (!is_share(session.confidence)) return refuse(what, "the confidence is not within 0 and 1");
    if (!std::isfinite(session.anchor.x) || !std::isfinite(session.anchor.y)) {
        return refuse(what, "the place is not a number");
    }
    return {};
}

const char* const kEventColumns =
    "id, revision, branch, device, boot, camera, zone, type, person, start_us, end_us, dwell_us, state, "
    "verdict, "
    "confidence, metadata, visit, part_of";

void bind_event(sqlite::Query& query, const StoredEvent& stored) {
    const Event& e = stored.event;
    query.bind(std::span(e.id.bytes), e.revision, stored.branch, stored.device, stored.boot, e.camera, e.zone)
        .bind(to_string(e.type), e.person.value, us(e.start), us(e.end), e.dwell.count())
        .bind(to_string(e.state), to_string(e.verdict), e.confidence, dump(e.metadata))
        .bind(blob_of(e.visit), blob_of(e.part_of));
}

Result<StoredEvent> read_event(const sqlite::Query& row) {
    StoredEvent out;
    Event& e = out.event;
    const auto id = read_id(row.blob(0));
    const auto type = parse_zone_type(row.text(7));
    const auto state = parse_event_state(row.text(12));
    const auto verdict = parse_verdict(row.text(13));
    auto metadata = read_metadata(row.text(15));
    if (!row.is_null(16)) e.visit = read_id(row.blob(16));
    if (!row.is_null(17)) e.part_of = read_id(row.blob(17));
    const bool lost = (!row.is_null(16) && !e.visit) || (!row.is_null(17) && !e.part_of);
    if (!id || !type || !state || !verdict || !metadata || lost) {
        const std::string name = id ? id->to_string() : "with an unreadable id";
        return fail(ErrorKind::kCorrupt, "the store's event " + name + " holds a value that is not allowed");
    }
    e.id = *id;
    e.revision = static_cast<int>(row.integer(1));
    out.branch = row.text(2);
    out.device = row.text(3);
    out.boot = row.text(4);
    e.camera = row.text(5);
    e.zone = row.text(6);
    e.type = *type;
    e.person = {row.integer(8)};
    e.start = wall(row.integer(9));
    e.end = wall(row.integer(10));
    e.dwell = Duration(row.integer(11));
    e.state = *state;
    e.verdict = *verdict;
    e.confidence = row.real(14);
    e.metadata = std::move(*metadata);
    if (auto valid = check(e); !valid)
        return fail(ErrorKind::kCorrupt, "in the store: " + valid.error().message);
    return out;
}

const char* const kSessionColumns =
    "camera, session, zone, type, person, start_us, last_seen_us, start_wall_us, last_seen_wall_us, "
    "anchor_x, "
    "anchor_y, event, revision, confidence";

void bind_session(sqlite::Query& query, const OpenSession& s) {
    const auto event = blob_of(s.event);
    query.bind(s.camera, s.session, s.zone, to_string(s.type), s.person.value)
        .bind(us(s.start), us(s.last_seen), us(s.start_wall), us(s.last_seen_wall))
        .bind(s.anchor.x, s.anchor.y, event, s.revision, s.confidence);
}

Result<OpenSession> read_session(const sqlite::Query& row) {
    OpenSession s;
    s.camera = row.text(0);
    s.session = row.integer(1);
    s.zone = row.text(2);
    const auto type = parse_zone_type(row.text(3));
    s.person = {row.integer(4)};
    s.start = mono(row.integer(5));
    s.last_seen = mono(row.integer(6));
    s.start_wall = wall(row.integer(7));
    s.last_seen_wall = wall(row.integer(8));
    s.anchor = {row.real(9), row.real(10)};
    if (!row.is_null(11)) s.event = read_id(row.blob(11));
    s.revision = static_cast<int>(row.integer(12));
    s.confidence = row.real(13);
    if (!type || (!row.is_null(11) && !s.event)) {
        return fail(ErrorKind::kCorrupt, "the store's session " + std::to_string(s.session) + " of camera '" +
                                             s.camera + "' holds a value that is not allowed");
    }
    s.type = *type;
    if (auto valid = check(s); !valid)
        return fail(ErrorKind::kCorrupt, "in the store: " + valid.error().message);
    return s;
}

Result<Gap> read_gap(const sqlite::Query& row) {
    Gap gap{row.integer(0), row.text(1), wall(row.integer(2)), std::nullopt, row.text(4)};
    if (!row.is_null(3)) gap.end = wall(row.integer(3));
    return gap;
}

std::string event_json(const StoredEvent& stored) {
    const Event& e = stored.event;
    const auto text_of = [](const std::optional<EventId>& other) {
        return other ? Json(other->to_string()) : Json(nullptr);
    };
    return dump(Json{
        {"event_id", e.id.to_string()},
        {"revision", e.revision},
        {"branch_code", stored.branch},
        {"device_id", stored.device},
        {"boot_id", stored.boot},
        {"camera", e.camera},
        {"zone", e.zone},
        {"type", to_string(e.type)},
        {"service", service_name(e.type)},
        {"person", e.person.value},
        {"started_at", format_utc(e.start)},
        {"ended_at", format_utc(e.end)},
        {"dwell_s", to_seconds(e.dwell)},
        {"state", to_string(e.state)},
        {"verdict", to_string(e.verdict)},
        {"confidence", e.confidence},
        {"metadata", e.metadata},
        {"visit_id", text_of(e.visit)},
        {"part_of", text_of(e.part_of)},
    });
}

}  // namespace chairside
