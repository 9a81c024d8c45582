#pragma once
// Shop: what the dashboard asks of the running service. The pipeline is this; tests have one of their own.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/latency.hpp"
#include "base/result.hpp"
#include "capture/frame.hpp"
#include "config/config.hpp"
#include "events/event.hpp"
#include "serve/status.hpp"

namespace chairside {

// Where a picture spends its time, and all of it: from its arrival until its events are stored.
enum class Stage { kQueue, kDetect, kAnalyse, kTotal };
inline constexpr std::size_t kStages = 4;
const char* to_string(Stage stage);  // "queue", "detect", "analyse", "total"

// One camera as it runs.
struct ShopCamera {
    CameraConfig config;  // with the zones that run now
    CameraStatus status;
    std::vector<OpenSession> sessions;  // now, by start
    std::optional<WallTime>
        last_frame;             // its time; of a file that plays faster than life it is ahead of the clock
    int width = 0, height = 0;  // of the picture, pixels; 0 before the first
    std::array<LatencyCounts, kStages> latency{};  // by Stage, since the start
};

// What a zone of a type gets that says nothing itself.
struct ZoneDefaults {
    Duration dwell{}, grace{};
};

struct ShopNow {
    Status status;
    std::vector<ShopCamera> cameras;
    std::size_t kept_batches = 0;  // that the disk did not take yet
    std::array<ZoneDefaults, kZoneTypes> zone_defaults{};
};

// A picture for people to look at, taken when somebody asked. Never stored.
struct ShopPicture {
    Image image;  // kRgb24
    WallTime time{};
    std::vector<Box>
        people;  // pixels of this image: whoever was seen or guessed in it and in the seconds before
};

// What came of opening an address.
struct SourceTrial {
    Duration took{};
    int width = 0, height = 0;  // pixels
    double fps = 0;             // as the stream says; 0: it does not
    std::optional<ShopPicture> picture;
};

// What zones would have counted of what was seen lately.
struct ZoneTrial {
    struct Zone {
        std::string name;
        ZoneType type = ZoneType::kChair;
        int counted = 0, to_review = 0;
        std::vector<Event> stays;  // by start
    };
    std::optional<WallTime> from, to;  // of the boxes that are kept
    std::size_t frames = 0;
    std::vector<Zone> zones;
};

// What a change of the configuration did.
struct ConfigChange {
    std::vector<std::string> added, removed, changed;  // cameras
    std::vector<std::string> restart;                  // sections that wait for one
    std::vector<std::string> notes;                    // in words, for the owner
};

// Threads: any.
class Shop {
  public:
    virtual ~Shop() = default;
    virtual ShopNow now() const = 0;
    // The event as a person's review left it: stored with a new revision, told to the centre, kept against what the
    // program thinks later. `by_hand` false: the review was taken back, the verdict is the program's own. kNotFound;
    // kInvalid if it is open.
    virtual Result<Event> decide(const EventId& id, Verdict verdict, bool by_hand) = 0;
    // Zones and ignored regions of some cameras, {"cameras": {"<id>": {"zones": […], "ignore": […]}}} in the words of
    // docs/config.md: what is wrong with them, by place and in words.
    using Faults = std::vector<std::pair<std::string, std::string>>;
    virtual Faults zone_faults(const std::string& settings) const = 0;
    // They run from the next picture on; who sits where stays. What was saved (DashboardRows) is taken up again at a start.
    virtual Result<void> use_zones(const std::string& settings) = 0;
    // One camera's zones as they would have been, and as they are, on the last `time`. kNotFound; kInvalid: zone_faults()
    // has something to say.
    struct Trials {
        ZoneTrial tried, now;
    };
    virtual Result<Trials> try_zones(const std::string& camera, const std::string& settings,
                                     Duration time) const = 0;
    // Opens a stream that is no camera of the shop (yet); up to 15 s. Failure: why it cannot be seen, without its password.
    virtual Result<SourceTrial> try_source(const std::string& source) = 0;
    // Reads the device's file again; it runs from the next picture on. Failure: what is wrong with it, and what ran before goes on.
    using Changed = tl::expected<ConfigChange, Faults>;
    virtual Changed reload() = 0;
    // Adds a camera, or changes one that was added on the dashboard: `members` is a JSON object in the words of docs/config.md (null:
    // back to the default). It is kept, opened and watched. Failure: by the API's members; nothing has changed.
    virtual Changed put_camera(const std::string& id, const std::string& members) = 0;
    // Takes out a camera that was added on the dashboard; its sessions end.
    virtual Changed drop_camera(const std::string& id) = 0;
    // The newest picture of a camera; waits this long for one. kNotFound: no such camera; kUnavailable: none came.
    virtual Result<ShopPicture> picture(const std::string& camera, Duration patience) = 0;
};

}  // namespace chairside
