// Cameras and what they see.

#include <sodium.h>

#include <cmath>
#include <mutex>

#include "capture/jpeg.hpp"
#include "config/address.hpp"
#include "config/demo_video.hpp"
#include "serve/api.hpp"
#include "serve/pixelate.hpp"

namespace chairside {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(2500);

std::string base64(const std::string& bytes) {
    constexpr int kKind = sodium_base64_VARIANT_ORIGINAL;
    std::string out(sodium_base64_ENCODED_LEN(bytes.size(), kKind), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), kKind);
    out.pop_back();  // its own end mark
    return out;
}

std::string shown_source(const CameraConfig& camera) {
    return camera.live ? without_secrets(camera.source)
                       : std::filesystem::path(camera.source).filename().string();
}

}  // namespace

Json camera_json(const ApiContext& api, const ShopCamera& camera) {
    const CameraConfig& config = camera.config;
    Json out = camera_status_json(camera.status);
    out["words"] = words_of(camera.status, api.view.zone(), api.clock.wall_now());
    out["source"] = shown_source(config);
    out["live"] = config.live;
    out["width"] = camera.width > 0 ? Json(camera.width) : Json(nullptr);
    out["height"] = camera.height > 0 ? Json(camera.height) : Json(nullptr);
    out["zones"] = config.zones.size();
    out["origin"] = config.added ? "dashboard" : "file";
    out["target_fps"] = to_milli(config.target_fps);
    out["rtsp_transport"] = config.rtsp_transport;
    out["tiles"] = std::to_string(config.tiles.columns) + "x" + std::to_string(config.tiles.rows);
    out["timeout_s"] = to_milli(to_seconds(config.timeout));
    return out;
}

Answer get_cameras(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    Json list = Json::array();
    for (const ShopCamera& camera : api.shop.now().cameras)
        list.push_back(camera_json(api, camera));
    return json_response({{"picture", to_string(api.config.dashboard.picture)},
                          {"cameras", std::move(list)},
                          {"demo", demo_video().has_value()}});
}

Answer test_camera(ApiContext& api, const ApiCall& call) {
    const auto body = read_json(call.request);
    if (!body) return tl::unexpected(body.error());
    std::vector<ApiFault> faults;
    ObjectReader object(*body, "", faults);
    const auto source = object.text("source", 1, 2000, true);
    object.no_others();
    // Streams only: a file's name would let a browser read this machine's disk.
    if (source && !classify_source(*source)
                       .map([](SourceKind kind) { return kind == SourceKind::kStream; })
                       .value_or(false))
        object.fault("source", "is no address of a camera; allowed: rtsp://, rtsps://, http:// or https://");
    if (!faults.empty()) return faulty(std::move(faults));
    static std::mutex one_at_a_time;
    const std::unique_lock lock(one_at_a_time, std::try_to_lock);
    if (!lock) {
        Problem busy =
            problem(429, "Another camera is being tested; try again in a moment.", "/problems/busy").value();
        busy.headers.emplace_back("Retry-After", "15");
        return tl::unexpected(std::move(busy));
    }
    api.access.note(call.request, call.who.role, "camera", "test " + without_secrets(*source));
    auto trial = api.shop.try_source(*source);
    Json out{{"ok", trial.has_value()}};
    for (const char* member : {"words", "details", "width", "height", "fps", "picture"})
        out[member] = nullptr;
    if (!trial) {
        const std::string& message = trial.error().message;
        const auto colon = message.find(": ");
        out["words"] = "The camera cannot be seen: " +
                       (colon == std::string::npos ? message : message.substr(colon + 2)) + ".";
        out["details"] = message;
        return json_response(out);
    }
    out["words"] = "A picture of " + std::to_string(trial->width) + " × " + std::to_string(trial->height) +
                   " came after " + Json(std::round(to_seconds(trial->took) * 10) / 10).dump() + " s.";
    out["width"] = trial->width;
    out["height"] = trial->height;
    if (trial->fps > 0) out["fps"] = to_milli(trial->fps);
    const auto mode = api.config.dashboard.picture;
    if (!trial->picture || mode == DashboardConfig::Picture::kOff) return json_response(out);
    if (mode == DashboardConfig::Picture::kPixelated) pixelate(trial->picture->image, trial->picture->people);
    if (const auto jpeg = encode_jpeg(trial->picture->image))
        out["picture"] = "data:image/jpeg;base64," + base64(*jpeg);
    return json_response(out);
}

Answer get_picture(ApiContext& api, const ApiCall& call) {
    QueryReader query(call.request.query);
    (void)query.text("t", 64);
    if (auto wrong = query.faults()) return tl::unexpected(std::move(*wrong));
    // Before anything is asked of the camera: with pictures off none is even made.
    const auto mode = api.config.dashboard.picture;
    if (mode == DashboardConfig::Picture::kOff)
        return problem(409, "Pictures are off (dashboard.picture in the configuration).", "/problems/off");
    auto picture = api.shop.picture(call.parts[0], kPatience);
    if (!picture && picture.error().kind == ErrorKind::kUnavailable)
        return problem(409, picture.error().message);
    if (!picture) return problem(picture.error());
    if (mode == DashboardConfig::Picture::kPixelated) pixelate(picture->image, picture->people);
    auto jpeg = encode_jpeg(picture->image);
    if (!jpeg) return problem(500, jpeg.error().message);
    WebResponse out;
    out.type = "image/jpeg";
    out.headers = {{"X-Picture-Time", format_utc(picture->time)}, {"X-Picture-Mode", to_string(mode)}};
    out.body = std::move(*jpeg);
    return out;
}

}  // namespace chairside
