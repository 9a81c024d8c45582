#pragma once
// The configuration: YAML in, validated immutable structs out, once. docs/config.md describes every key;
// schema/config.schema.json is its JSON Schema for editors.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"
#include "config/zone.hpp"

namespace chairside {

struct Tiles {
    int columns = 1, rows = 1;  // 1x1: the whole picture only; else the whole picture and each tile
    friend bool operator==(const Tiles&, const Tiles&) = default;
};

// Who decodes video. kAuto: VAAPI where there is one.
enum class DecodeOn { kCpu, kVaapi, kAuto };
const char* to_string(DecodeOn on);  // "cpu", "vaapi", "auto"

// Which cameras are looked at less often when there is not enough CPU: all alike, or the least important first.
enum class WhenBusy { kEvenly, kByPriority };
const char* to_string(WhenBusy when);  // "evenly", "priority"

struct CameraConfig {
    std::string id;  // unique; letters, digits, - and _
    std::string
        source;  // rtsp://…, rtsps://, http(s)://, a file, or /dev/videoN. May hold a password: never log it.
    bool live = false;  // derived: a network stream or a device
    double target_fps = 10;
    bool realtime = false;  // files: play at their own speed
    bool loop = false;      // files: start again at the end
    std::optional<WallTime>
        start_time;           // files: wall time of the first frame; default is the time of opening
    int priority = 5;         // 1..10, 10 is the most important
    bool skip_still = false;  // pictures in which nothing moves are looked at once a second only
    std::string rtsp_transport = "tcp";           // tcp | udp
    Duration timeout = std::chrono::seconds(10);  // no data for this long is a failure
    Tiles tiles;
    std::vector<ZoneConfig> zones;
    std::vector<IgnoreRegion> ignore;
    bool ignore_still = true;  // people-shaped things that never move are learned and left out
    bool added = false;        // on the dashboard; false: it stands in the file
    friend bool operator==(const CameraConfig&, const CameraConfig&) = default;
};

struct DetectorConfig {
    std::string model = "nanodet-g-416";  // a name of `chairside models list`, or a path of .onnx
                                          // .xml .pb .tflite
    std::filesystem::path models_dir;     // where fetched models lie; empty: the default search path
    std::string device = "CPU";           // CPU | GPU | NPU | AUTO
    std::string precision = "auto";       // auto: what the device does fastest | f32
    int threads = 0;                      // 0: all cores
    bool use_int8 = true;                 // the model's INT8 version, where one is there, faster and as good
    bool crops = false;                   // prepared for parts of pictures, too: RuntimeConfig::crops
    double score_threshold = 0.15;        // detections below are dropped at once
    double nms_iou = 0.6;
    // For models that do not say it themselves; empty/0: read from the model.
    std::string decoder;  // ssd | ssd-raw | yolox | yolov5 | yolov8 | yolo-e2e | detr
    int input_width = 0, input_height = 0;
    std::string color;         // rgb | bgr
    double scale = 0;          // pixel value is multiplied by this … (0: the model's own or 1)
    std::vector<double> mean;  // … after this was subtracted, per channel (pixel units)
    int person_class = -1;
    friend bool operator==(const DetectorConfig&, const DetectorConfig&) = default;
};

struct VisitsConfig {
    // A second stay of a client in a chair (or at a basin) within this time is a part of the first; 0: never.
    Duration same_service_within = std::chrono::minutes(45);
    friend bool operator==(const VisitsConfig&, const VisitsConfig&) = default;
};

struct StorageConfig {
    std::filesystem::path path = "chairside.db";
    int retention_days = 400;  // events older than this are deleted once they were reported and acknowledged
    std::size_t max_bytes = std::size_t{1}
                            << 30;  // near this the least valuable is given up, see Store::make_room
    friend bool operator==(const StorageConfig&, const StorageConfig&) = default;
};

struct ReportsConfig {
    std::filesystem::path dir = "reports";
    bool schedule = true;
    std::chrono::minutes day_end{0};  // local time of day at which the business day ends (0 = midnight)
    int archive_after_days = 30;      // reports are compressed
    int delete_after_days = 730;      // … and deleted
    friend bool operator==(const ReportsConfig&, const ReportsConfig&) = default;
};

struct SupabaseConfig {
    std::string url, key;
    std::string email, password;  // the device's log-in; without them nothing is sent
    std::string branch_code = "DEMO";
    Duration start_delay = std::chrono::seconds(60);  // the first contact comes at a random time within it
    bool can_send() const { return !url.empty() && !key.empty() && !email.empty() && !password.empty(); }
    friend bool operator==(const SupabaseConfig&, const SupabaseConfig&) = default;
};

struct RuntimeConfig {
    Duration heartbeat_interval = std::chrono::seconds(30);
    double target_fps = 10;
    WhenBusy when_busy = WhenBusy::kEvenly;
    bool skip_still = true;      // of live cameras that do not say it themselves
    bool spare_decoding = true;  // pictures that no other needs stay undecoded where the rate allows
    bool crops =
        false;  // between whole pictures, only the parts in which people are known to be are looked at
    DecodeOn decode_on = DecodeOn::kCpu;
    std::filesystem::path socket;  // where `chairside status` reaches the service; default: <store path>.sock
    friend bool operator==(const RuntimeConfig&, const RuntimeConfig&) = default;
};

struct DashboardConfig {
    enum class Listen { kOff, kLocal, kNetwork };
    enum class Picture { kOff, kPixelated, kFull };
    Listen listen = Listen::kLocal;  // kNetwork: only once an admin password is set
    int port = 8090;                 // 0: one that is free; the log says which
    bool open_viewing = false;       // everybody in the network may look without a log-in
    Picture picture = Picture::kPixelated;
    std::string name;                        // a host name under which it is asked, besides the machine's own
    std::filesystem::path certificate, key;  // PEM; both or none: then plain HTTP
    std::string metrics_token;               // with it /metrics is read from other machines
    friend bool operator==(const DashboardConfig&, const DashboardConfig&) = default;
};

// The owner's MQTT broker.
struct MqttConfig {
    std::string host;  // empty: none
    int port = 1883;
    bool tls = false;
    std::string user, password;
    std::filesystem::path ca;         // of the broker's certificate; empty: those that the system trusts
    std::string topic = "chairside";  // first part of every topic
    bool discovery = true;            // tells Home Assistant of the sensors
    std::string discovery_topic = "homeassistant";
    friend bool operator==(const MqttConfig&, const MqttConfig&) = default;
};

const char* to_string(DashboardConfig::Listen listen);    // "off", "local", "network"
const char* to_string(DashboardConfig::Picture picture);  // "off", "pixelated", "full"

struct Config {
    std::filesystem::path
        file;  // where it came from; relative paths inside it were resolved against its folder
    std::string branch_code = "DEMO";
    std::string branch_name;
    std::string timezone = "local";
    std::string device_id;  // default: the host's name
    std::vector<CameraConfig> cameras;
    MqttConfig mqtt;
    DetectorConfig detector;
    VisitsConfig visits;
    StorageConfig storage;
    ReportsConfig reports;
    SupabaseConfig supabase;
    RuntimeConfig runtime;
    DashboardConfig dashboard;
    LogOptions logging;                // with branch_code and device_id filled in
    std::vector<std::string> secrets;  // every text that came from the environment or a file
    std::string text;   // the file as it was read: what with_settings() builds on; never log it
    std::string added;  // … and the file of cameras added on the dashboard (config/added_cameras.hpp)
    std::vector<std::string> notes;  // in words: what of the added cameras is left out, and why
};

// Sections that differ and take effect only at a start, like "detector"; the rest (cameras, zones, thresholds, visits) can change
// while the service runs.
std::vector<std::string> needs_restart(const Config& running, const Config& wanted);

// What must never be seen in a log: Config::secrets, the Supabase key, passwords and credentials inside
// addresses (as written and decoded). For mask_in_log().
std::vector<std::string> secrets_of(const Config& config);

// One fault found. Lines and columns from 1; key is the dotted path, e.g. "cameras[0].zones[2].polygon".
struct ConfigError {
    std::string file;
    int line = 0, column = 0;
    std::string key;
    std::string message;  // what was found and what is allowed
    std::string to_string()
        const;  // "config.yaml:12:5: cameras[0].zones[2].type: found 'CHIAR'; did you mean 'CHAIR'? …"
};

struct ConfigOptions {
    bool check_paths = true;  // sources that are files or devices exist, folders can be written
    bool need_cameras =
        true;  // run and check need one, or the dashboard, on which one can be added; others do not
    std::string added{};  // the file of cameras added on the dashboard; load_config() reads it itself
};

// All faults at once, in the order of the file. Failure leaves nothing behind.
using ConfigResult = tl::expected<Config, std::vector<ConfigError>>;
ConfigResult load_config(const std::filesystem::path& file, const ConfigOptions& options = {});
// For tests and fuzzing: `name` is printed in errors, relative paths are against `base`.
ConfigResult parse_config(const std::string& yaml, const std::string& name, const std::filesystem::path& base,
                          const ConfigOptions& options = {});

}  // namespace chairside
