#pragma once
// A shop of the tests' own: two cameras, somebody in a chair, somebody who waits; and the dashboard's parts over it.

#include <algorithm>
#include <map>

#include "serve/shop.hpp"
#include "store/store_test_support.hpp"
#include "support/manual_clock.hpp"

namespace chairside::serve_test {

inline ZoneConfig zone_of(const std::string& name, ZoneType type) {
    ZoneConfig out;
    out.name = name;
    out.type = type;
    out.polygon = {{0.1, 0.2}, {0.5, 0.2}, {0.5, 0.9}};
    out.dwell = default_dwell(type);
    out.grace = default_grace(type);
    return out;
}

inline OpenSession stay_of(std::int64_t number, const std::string& zone, ZoneType type, WallTime start,
                           WallTime seen) {
    OpenSession out;
    out.session = number;
    out.camera = "front";
    out.zone = zone;
    out.type = type;
    out.person = {number};
    out.start_wall = start;
    out.last_seen_wall = seen;
    out.anchor = {0.3, 0.6};
    return out;
}

class FakeShop final : public Shop {
  public:
    FakeShop(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

    ShopNow now() const override {
        ShopNow out = shop;
        const WallTime now = clock_.wall_now();
        for (ShopCamera& camera : out.cameras) {
            if (camera.status.state == "ok") camera.last_frame = now;
            out.status.cameras.push_back(camera.status);
        }
        return out;
    }
    Result<Event> decide(const EventId& id, Verdict verdict, bool) override {
        auto stored = store_.event(id).value();
        if (!stored) return fail(ErrorKind::kNotFound, "none");
        Event event = stored->event;
        event.verdict = verdict;
        ++event.revision;
        if (auto written = store_.write({{event}, {}, {}}); !written) return tl::unexpected(written.error());
        return event;
    }
    Result<ShopPicture> picture(const std::string& camera, Duration) override {
        ++pictures_asked;
        if (camera != "front") return fail(ErrorKind::kNotFound, "There is no camera '" + camera + "'.");
        return picture_;
    }

    Faults zone_faults(const std::string& settings) const override {
        settings_asked = settings;
        return faults;
    }
    Result<void> use_zones(const std::string& settings) override {
        settings_used = settings;
        return {};
    }

    Changed reload() override {
        ++reloads;
        if (!faults.empty()) return tl::unexpected(faults);
        return ConfigChange{{"side"}, {}, {"front"}, {"detector"}, {"a note"}};
    }
    Changed put_camera(const std::string& id, const std::string& members) override {
        camera_put = members;
        if (!faults.empty()) return tl::unexpected(faults);
        auto there = std::find_if(shop.cameras.begin(), shop.cameras.end(),
                                  [&](const ShopCamera& camera) { return camera.config.id == id; });
        if (there == shop.cameras.end()) there = shop.cameras.insert(there, ShopCamera{});
        there->config.id = there->status.id = id;
        there->config.added = true;
        there->status.state = "starting";
        return ConfigChange{};
    }
    Changed drop_camera(const std::string& id) override {
        std::erase_if(shop.cameras, [&](const ShopCamera& camera) { return camera.config.id == id; });
        return ConfigChange{};
    }

    Result<Trials> try_zones(const std::string&, const std::string& settings, Duration) const override {
        settings_asked = settings;
        Trials out;
        out.tried.frames = out.now.frames = 10;
        out.tried.from = out.tried.to = clock_.wall_now();
        out.tried.zones = {{"chair 1", ZoneType::kChair, 1, 0, {store_test::event_of(1)}}};
        return out;
    }

    Result<SourceTrial> try_source(const std::string& source) override {
        if (source.find("good") == std::string::npos)
            return fail(ErrorKind::kInvalid,
                        "rtsp://***@10.0.0.9/bad: the user name or the password is wrong");
        SourceTrial out{std::chrono::milliseconds(1200), 1920, 1080, 25, picture_};
        return out;
    }

    // Front sees a client in chair 1 for ten minutes and one who waits; back is offline.
    static ShopNow busy(WallTime now) {
        ShopNow out;
        out.status.running = true;
        out.status.branch = "DEMO";
        out.status.sync.state = "off";
        out.status.sync.breaker = "closed";
        ShopCamera front;
        front.config.id = "front";
        front.config.source = "rtsp://user:secret@10.0.0.5/stream?token=abc";
        front.config.live = true;
        front.config.zones = {zone_of("chair 1", ZoneType::kChair), zone_of("chair 2", ZoneType::kChair),
                              zone_of("bench", ZoneType::kWait)};
        front.status = {"front", "ok", 9.9, 0.1, 100, 0, 2, 0, std::nullopt, ""};
        front.sessions = {stay_of(1, "chair 1", ZoneType::kChair, now - std::chrono::minutes(10), now),
                          stay_of(2, "bench", ZoneType::kWait, now - std::chrono::minutes(2), now)};
        front.sessions[0].event = store_test::id_of(500);
        front.width = 1280;
        front.height = 720;
        ShopCamera back;
        back.config.id = "back";
        back.config.live = true;
        back.config.zones = {zone_of("basin", ZoneType::kWash)};
        back.status = {"back", "offline", 0, 120.0, 50, 0, 0, 0, std::nullopt, "timed out"};
        out.cameras = {front, back};
        return out;
    }

    ShopNow shop;
    ShopPicture picture_;
    int pictures_asked = 0;
    Faults faults;
    mutable std::string settings_asked;
    std::string settings_used, camera_put;
    int reloads = 0;

  private:
    Store& store_;
    const Clock& clock_;
};

}  // namespace chairside::serve_test
