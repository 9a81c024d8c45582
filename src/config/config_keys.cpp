#include "config/config_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace chairside {
namespace {

using K = KeyKind;

constexpr double kMiB = 1024.0 * 1024.0;
constexpr std::string_view kDecoders = "ssd|ssd-raw|yolox|yolov5|yolov8|yolo-e2e|detr";

constexpr std::array kKeys = std::to_array<KeySpec>({
    {"branch", K::kSection, ""},
    {"branch.name", K::kText, "", 1, 100},
    {"branch.timezone", K::kText, R"("local")", 1, 100},

    {"device", K::kSection, ""},
    {"device.id", K::kText, "", 1, 64},

    {"dwell_time", K::kSection, ""},
    {"dwell_time.chair", K::kDuration, "120", 0.1, 86400},
    {"dwell_time.wash", K::kDuration, "60", 0.1, 86400},
    {"dwell_time.wait", K::kDuration, "30", 0.1, 86400},

    {"grace", K::kSection, ""},
    {"grace.chair", K::kDuration, "40", 0, 3600},
    {"grace.wash", K::kDuration, "40", 0, 3600},
    {"grace.wait", K::kDuration, "15", 0, 3600},

    {"counting", K::kSection, ""},
    {"counting.count_from", K::kNumber, "0.5", 0, 1},
    {"counting.review_from", K::kNumber, "0.2", 0, 1},
    {"counting.chair", K::kSection, ""},
    {"counting.chair.count_from", K::kNumber, "", 0, 1},
    {"counting.chair.review_from", K::kNumber, "", 0, 1},
    {"counting.wash", K::kSection, ""},
    {"counting.wash.count_from", K::kNumber, "", 0, 1},
    {"counting.wash.review_from", K::kNumber, "", 0, 1},
    {"counting.wait", K::kSection, ""},
    {"counting.wait.count_from", K::kNumber, "", 0, 1},
    {"counting.wait.review_from", K::kNumber, "", 0, 1},

    {"visits", K::kSection, ""},
    {"visits.same_service_within", K::kDuration, "2700", 0, 86400},

    {"cameras", K::kList, ""},
    {"cameras[].id", K::kText, "", 1, 64, "", true},
    {"cameras[].source", K::kSecret, "", 0, 0, "", true},
    {"cameras[].target_fps", K::kNumber, "", 0.1, 60},
    {"cameras[].priority", K::kInteger, "5", 1, 10},
    {"cameras[].skip_still", K::kFlag, ""},
    {"cameras[].realtime", K::kFlag, "false"},
    {"cameras[].loop", K::kFlag, "false"},
    {"cameras[].start_time", K::kMoment, ""},
    {"cameras[].rtsp_transport", K::kChoice, R"("tcp")", 0, 0, "tcp|udp"},
    {"cameras[].timeout", K::kDuration, "10", 1, 300},
    {"cameras[].tiles", K::kTiles, ""},
    {"cameras[].ignore", K::kList, ""},
    {"cameras[].ignore[].name", K::kText, "", 1, 100, "", true},
    {"cameras[].ignore[].polygon", K::kPolygon, "", 0, 1, "", true},
    {"cameras[].ignore_still", K::kFlag, "true"},
    {"cameras[].zones", K::kList, ""},
    {"cameras[].zones[].name", K::kText, "", 1, 100, "", true},
    {"cameras[].zones[].type", K::kChoice, "", 0, 0, "CHAIR|WASH|WAIT", true},
    {"cameras[].zones[].polygon", K::kPolygon, "", 0, 1, "", true},
    {"cameras[].zones[].capacity", K::kInteger, "1", 1, 100},
    {"cameras[].zones[].anchor", K::kChoice, R"("foot")", 0, 0, "foot|center|overlap"},
    {"cameras[].zones[].overlap", K::kNumber, "0.5", 0.01, 1},
    {"cameras[].zones[].dwell_time", K::kDuration, "", 0.1, 86400},
    {"cameras[].zones[].grace", K::kDuration, "", 0, 3600},

    {"detector", K::kSection, ""},
    {"detector.model", K::kText, R"("nanodet-g-416")", 1, 4096},
    {"detector.models_dir", K::kPath, "", 1, 4096},
    {"detector.device", K::kChoice, R"("CPU")", 0, 0, "CPU|GPU|NPU|AUTO"},
    {"detector.precision", K::kChoice, R"("auto")", 0, 0, "auto|f32"},
    {"detector.threads", K::kInteger, "0", 0, 256},
    {"detector.int8", K::kChoice, R"("auto")", 0, 0, "auto|off"},
    {"detector.tiles", K::kTiles, R"("1x1")"},
    {"detector.score_threshold", K::kNumber, "0.15", 0, 1},
    {"detector.nms_iou", K::kNumber, "0.6", 0, 1},
    {"detector.decoder", K::kChoice, "", 0, 0, kDecoders},
    {"detector.input_width", K::kInteger, "", 32, 4096},
    {"detector.input_height", K::kInteger, "", 32, 4096},
    {"detector.color", K::kChoice, "", 0, 0, "rgb|bgr"},
    {"detector.scale", K::kNumber, "", 1e-6, 1000},
    {"detector.mean", K::kNumbers, "", -255, 255},
    {"detector.person_class", K::kInteger, "", 0, 9999},

    {"storage", K::kSection, ""},
    {"storage.path", K::kPath, R"("chairside.db")", 1, 4096},
    {"storage.retention_days", K::kInteger, "400", 1, 36500},
    {"storage.max_size", K::kSize, R"("1 GB")", 16 * kMiB, 1024 * 1024 * kMiB},

    {"reports", K::kSection, ""},
    {"reports.dir", K::kPath, R"("reports")", 1, 4096},
    {"reports.schedule", K::kFlag, "true"},
    {"reports.day_end", K::kTimeOfDay, R"("00:00")"},
    {"reports.archive_after_days", K::kInteger, "30", 1, 36500},
    {"reports.delete_after_days", K::kInteger, "730", 1, 36500},

    {"logging", K::kSection, ""},
    {"logging.level", K::kChoice, R"("info")", 0, 0, "debug|info|warning|error"},
    {"logging.file", K::kPath, "", 1, 4096},
    {"logging.json", K::kFlag, "false"},
    {"logging.console", K::kFlag, "true"},
    {"logging.max_size", K::kSize, R"("10 MB")", 65536, 1024 * kMiB},
    {"logging.max_files", K::kInteger, "5", 1, 100},

    {"supabase", K::kSection, ""},
    {"supabase.url", K::kSecret, ""},
    {"supabase.key", K::kSecret, ""},
    {"supabase.email", K::kSecret, ""},
    {"supabase.password", K::kSecret, ""},
    {"supabase.branch_code", K::kText, R"("DEMO")", 1, 64},
    {"supabase.start_delay", K::kDuration, "60", 0, 3600},

    {"runtime", K::kSection, ""},
    {"runtime.heartbeat_interval", K::kDuration, "30", 1, 3600},
    {"runtime.target_fps", K::kNumber, "10", 0.1, 60},
    {"runtime.when_busy", K::kChoice, R"("evenly")", 0, 0, "evenly|priority"},
    {"runtime.skip_still", K::kFlag, "true"},
    {"runtime.spare_decoding", K::kFlag, "true"},
    {"runtime.crops", K::kFlag, "false"},
    {"runtime.decode_on", K::kChoice, R"("cpu")", 0, 0, "cpu|vaapi|auto"},
    {"runtime.socket", K::kPath, "", 1, 4096},

    {"dashboard", K::kSection, ""},
    {"dashboard.listen", K::kChoice, R"("local")", 0, 0, "off|local|network"},
    {"dashboard.port", K::kInteger, "8090", 0, 65535},
    {"dashboard.viewing", K::kChoice, R"("login")", 0, 0, "login|open"},
    {"dashboard.picture", K::kChoice, R"("pixelated")", 0, 0, "off|pixelated|full"},
    {"dashboard.name", K::kText, "", 1, 253},
    {"dashboard.certificate", K::kPath, "", 1, 4096},
    {"dashboard.key", K::kPath, "", 1, 4096},
    {"dashboard.metrics_token", K::kSecret, ""},

    {"mqtt", K::kSection, ""},
    {"mqtt.url", K::kText, "", 1, 300},
    {"mqtt.user", K::kText, "", 1, 200},
    {"mqtt.password", K::kSecret, ""},
    {"mqtt.ca", K::kPath, "", 1, 4096},
    {"mqtt.topic", K::kText, R"("chairside")", 1, 100},
    {"mqtt.discovery", K::kFlag, "true"},
    {"mqtt.discovery_topic", K::kText, R"("homeassistant")", 1, 100},
});

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours count one each.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j)
        d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
            const bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

bool holds_word(std::string_view name, std::string_view word) {
    const auto at = name.find(word);
    if (word.size() < 2 || at == std::string_view::npos) return false;
    const bool starts = at == 0 || name[at - 1] == '_';
    const bool ends = at + word.size() == name.size() || name[at + word.size()] == '_';
    return starts && ends;
}

}  // namespace

std::span<const KeySpec> config_keys() {
    return kKeys;
}

const KeySpec* find_key(std::string_view path) {
    const auto found =
        std::find_if(kKeys.begin(), kKeys.end(), [&](const KeySpec& key) { return key.path == path; });
    return found == kKeys.end() ? nullptr : &*found;
}

std::string_view leaf_of(std::string_view path) {
    const auto dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

std::string_view section_of(std::string_view path) {
    const auto dot = path.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

std::optional<std::string> nearest(std::string_view written, std::span<const std::string_view> known) {
    constexpr std::size_t kLongest = 64;  // nobody misspells a name into something longer
    if (written.empty() || written.size() > kLongest) return std::nullopt;
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(1, written.size() / 3) + 1;
    for (const auto& name : known) {
        const std::size_t distance = edit_distance(written, name);
        if (distance < best_distance && distance < name.size()) {
            best_distance = distance;
            best = std::string(name);
        }
    }
    constexpr std::size_t kShortestPrefix = 3;
    for (const auto& name : known) {
        const bool begins = written.size() >= kShortestPrefix && name.starts_with(written);
        if (!best && (begins || holds_word(name, written))) best = std::string(name);
    }
    return best;
}

}  // namespace chairside
