// Cameras added, changed and removed on the dashboard; the configuration's file read again.

#include <algorithm>
#include <mutex>

#include "config/address.hpp"
#include "config/demo_video.hpp"
#include "serve/api.hpp"

namespace chairside {
namespace {

constexpr std::size_t kLongestSource = 2000, kMostTiles = 3;
constexpr char kDemo[] = "demo";

// One change at a time, so that what was looked up still holds when it is made.
std::mutex& editing() {
    static std::mutex mutex;
    return mutex;
}

std::optional<ShopCamera> camera_of(const ApiContext& api, const std::string& id) {
    ShopNow shop = api.shop.now();
    for (ShopCamera& camera : shop.cameras)
        if (camera.config.id == id) return std::move(camera);
    return std::nullopt;
}

// What the API calls `source`, as members of docs/config.md.
void read_source(ObjectReader& object, bool required, Json& members) {
    const auto source = object.text("source", 1, kLongestSource, required);
    if (!source) return;
    members["realtime"] = nullptr;
    members["loop"] = nullptr;
    if (*source == kDemo) {
        const auto video = demo_video();
        if (!video) return object.fault("source", "the sample video is not on this machine");
        members["source"] = video->string();
        members["realtime"] = true;
        members["loop"] = true;
        return;
    }
    // No files: a name would let a browser find out what lies on this machine's disk.
    const auto kind = classify_source(*source);
    if (!kind || *kind == SourceKind::kFile)
        return object.fault("source",
                            "is no address of a camera; allowed: rtsp://, rtsps://, http://, https://, "
                            "/dev/videoN, or demo");
    members["source"] = *source;
}

Json read_members(ObjectReader& object, bool required) {
    Json members = Json::object();
    read_source(object, required, members);
    if (const auto fps = object.number("target_fps", 0.1, 60)) members["target_fps"] = *fps;
    if (const auto how = object.choice("rtsp_transport", {"tcp", "udp"}, false))
        members["rtsp_transport"] = *how;
    if (const auto tiles = object.text("tiles", 1, kMostTiles, false)) members["tiles"] = *tiles;
    if (const auto timeout = object.number("timeout_s", 1, 300)) members["timeout"] = *timeout;
    object.no_others();
    return members;
}

// A fault without a place is not the caller's: what was asked for is right, but cannot be done.
tl::unexpected<Problem> as_problem(const Shop::Faults& faults) {
    std::vector<ApiFault> out;
    for (const auto& [at, words] : faults) {
        if (at.empty()) return problem(500, words);
        out.push_back({at, words});
    }
    return faulty(std::move(out));
}

// The camera, if it may be changed here.
tl::expected<ShopCamera, Problem> changeable(const ApiContext& api, const std::string& id) {
    auto camera = camera_of(api, id);
    if (!camera) return problem(404, "There is no camera '" + id + "'.");
    if (!camera->config.added)
        return problem(409, "Camera '" + id + "' stands in the configuration's file; change it there.",
                       "/problems/file");
    return std::move(*camera);
}

Answer answer_with(const ApiContext& api, const std::string& id, int status) {
    const auto camera = camera_of(api, id);
    if (!camera) return problem(500, "The camera was kept, but is not there; the log says why.");
    WebResponse out = json_response(camera_json(api, *camera), status);
    if (status == 201) out.headers.emplace_back("Location", "/api/v1/cameras/" + id);
    return out;
}

Json names(const std::vector<std::string>& all) {
    Json out = Json::array();
    for (const std::string& one : all)
        out.push_back(one);
    return out;
}

}  // namespace

Answer add_camera(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    ObjectReader object(*body, "", faults);
    const auto id = object.text("id", 1, 64, true);
    const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
    if (id && !std::all_of(id->begin(), id->end(), plain))
        object.fault("id", "holds other characters; allowed: letters, digits, '-' and '_'");
    const Json members = read_members(object, true);
    if (!faults.empty()) return faulty(std::move(faults));
    const std::lock_guard lock(editing());
    if (camera_of(api, *id)) return problem(409, "There is already a camera '" + *id + "'.");
    const auto changed = api.shop.put_camera(*id, dumped(members));
    if (!changed) return as_problem(changed.error());
    api.access.note(call.request, call.who.role, "camera", "add " + *id);
    return answer_with(api, *id, 201);
}

Answer change_camera(ApiContext& api, const ApiCall& call) {
    auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    const std::string& id = call.parts[0];
    std::vector<std::string> back;  // to their defaults
    for (const char* name : {"target_fps", "rtsp_transport", "tiles", "timeout_s"}) {
        if (!body->contains(name) || !(*body)[name].is_null()) continue;
        back.emplace_back(name);
        body->erase(name);
    }
    std::vector<ApiFault> faults;
    ObjectReader object(*body, "", faults);
    Json members = read_members(object, false);
    for (const std::string& name : back)
        members[name == "timeout_s" ? "timeout" : name] = nullptr;
    const std::lock_guard lock(editing());
    if (const auto camera = changeable(api, id); !camera) return tl::unexpected(camera.error());
    if (!faults.empty()) return faulty(std::move(faults));
    const auto changed = api.shop.put_camera(id, dumped(members));
    if (!changed) return as_problem(changed.error());
    api.access.note(call.request, call.who.role, "camera", "change " + id);
    return answer_with(api, id, 200);
}

Answer remove_camera(ApiContext& api, const ApiCall& call) {
    const std::string& id = call.parts[0];
    const std::lock_guard lock(editing());
    if (const auto camera = changeable(api, id); !camera) return tl::unexpected(camera.error());
    const auto changed = api.shop.drop_camera(id);
    if (!changed) return as_problem(changed.error());
    api.access.note(call.request, call.who.role, "camera", "remove " + id);
    WebResponse out;
    out.status = 204;
    return out;
}

Answer reload_config(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    const std::lock_guard lock(editing());
    const auto changed = api.shop.reload();
    api.access.note(call.request, call.who.role, "config", changed ? "reload" : "reload: the file is wrong");
    if (!changed) {
        Problem wrong =
            problem(409, "The configuration's file is wrong; what ran before goes on.", "/problems/config")
                .value();
        for (const auto& [at, words] : changed.error())
            wrong.faults.push_back({at, words});
        return tl::unexpected(std::move(wrong));
    }
    return json_response({{"added", names(changed->added)},
                          {"removed", names(changed->removed)},
                          {"changed", names(changed->changed)},
                          {"restart", names(changed->restart)},
                          {"notes", names(changed->notes)}});
}

}  // namespace chairside
