#include "config/sections.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "config/address.hpp"
#include "config/path_checks.hpp"
#include "config/secrets.hpp"

namespace chairside {
namespace {

constexpr std::array kTypes{ZoneType::kChair, ZoneType::kWash, ZoneType::kWait};
constexpr std::string_view kIdentifierRule = "allowed: letters, digits, '-' and '_'";

std::string host_name() {
    std::array<char, 256> buffer{};
    if (gethostname(buffer.data(), buffer.size() - 1) != 0) return "device";
    std::string name(buffer.data());
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !is_identifier(std::string_view(&c, 1)); }, '-');
    constexpr std::size_t kLongest = 64;
    if (name.size() > kLongest) name.resize(kLongest);
    return name.empty() ? "device" : name;
}

void read_identifier(Section& section, std::string_view name, std::string& out) {
    std::string value;
    const YamlNode* node = section.text(name, value);
    if (!node) return;
    if (is_identifier(value))
        out = value;
    else
        section.fault(name, "found " + found(*node) + "; " + std::string(kIdentifierRule));
}

// "CHAIR" -> "chair", the name of its key.
std::string key_of_type(ZoneType type) {
    std::string key = to_string(type);
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return key;
}

// What may stand after "Bearer" (RFC 6750), long enough that nobody guesses it.
bool is_token(std::string_view text) {
    return text.size() >= 16 && text.size() <= 200 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=") ==
               std::string_view::npos;
}

bool is_model_file(const std::filesystem::path& path) {
    const std::string extension = path.extension().string();
    return extension == ".onnx" || extension == ".xml" || extension == ".pb" || extension == ".tflite";
}

// A name of `chairside models list` stays as it is; a path is resolved.
void read_model(Section& detector, DetectorConfig& out) {
    std::string written;
    const YamlNode* node = detector.text("model", written);
    if (!node) return;
    const bool is_path = is_model_file(written) || written.find('/') != std::string::npos;
    if (!is_path) {
        out.model = written;
        return;
    }
    const Context& context = detector.context();
    const auto path = (context.base / written).lexically_normal();
    if (!is_model_file(path)) {
        detector.fault("model", "found " + found(*node) +
                                    "; allowed: a name that 'chairside models list' shows, or a path of a " +
                                    ".onnx, .xml, .pb or .tflite file");
        return;
    }
    if (context.check_paths)
        if (auto why = unreadable_file(path)) detector.fault("model", *why);
    out.model = path.string();
}

void check_url(Section& supabase, std::string& text) {
    const auto url = parse_url(text);
    const std::string allowed =
        "; allowed: https://<project>.supabase.co, or http:// on this machine (localhost)";
    if (!url) {
        supabase.fault("url", "not an address: " + url.error() + allowed);
        return;
    }
    const bool secure = url->scheme == "https" || (url->scheme == "http" && is_loopback(*url));
    if (!secure)
        supabase.fault("url", "found '" + without_secrets(text) + "', which is not encrypted" + allowed);
    if (!url->user.empty() || !url->password.empty())
        supabase.fault("url", "a user or password in the address is not used; the key goes into 'key'");
    while (text.ends_with('/'))
        text.pop_back();
}

// Who the device is to the project. Both or none: without a log-in events wait in the outbox.
void read_login(Section& supabase, SupabaseConfig& out) {
    const bool no_email = supabase.secret("email", out.email) ? out.email.empty() : !supabase.has("email");
    const bool no_password =
        supabase.secret("password", out.password) ? out.password.empty() : !supabase.has("password");
    if (!out.email.empty() &&
        (out.email.find('@') == std::string::npos || out.email.find(' ') != std::string::npos))
        supabase.fault("email",
                       "is no e-mail address; allowed: the log-in of this device, such as "
                       "ber-01@devices.example.com");
    if (!no_email && no_password) supabase.fault("password", "is missing; 'email' needs it to log in");
    if (!no_password && no_email) supabase.fault("email", "is missing; 'password' is of no use without it");
    if (!no_email && !no_password && out.url.empty() && !supabase.has("url"))
        supabase.fault("url", "is missing; 'email' and 'password' are of no use without it");
}

}  // namespace

bool is_identifier(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

ZoneTimes ZoneTimes::defaults() {
    ZoneTimes times{};
    for (const auto type : kTypes) {
        times.dwell[static_cast<int>(type)] = default_dwell(type);
        times.grace[static_cast<int>(type)] = default_grace(type);
    }
    return times;
}

void read_identity(Section& top, Config& config) {
    Section branch = top.section("branch");
    branch.text("name", config.branch_name);
    std::string zone;
    if (branch.text("timezone", zone)) {
        if (TimeZone::find(zone))
            config.timezone = zone;
        else
            branch.fault("timezone",
                         "found '" + zone +
                             "', which is no time zone; allowed: 'local' or a name such as Europe/Berlin");
    }
    branch.all_read();
    Section device = top.section("device");
    config.device_id = host_name();
    read_identifier(device, "id", config.device_id);
    device.all_read();
}

void read_times(Section& top, ZoneTimes& times) {
    Section dwell = top.section("dwell_time");
    Section grace = top.section("grace");
    for (const auto type : kTypes) {
        dwell.duration(key_of_type(type), times.dwell[static_cast<int>(type)]);
        grace.duration(key_of_type(type), times.grace[static_cast<int>(type)]);
    }
    dwell.all_read();
    grace.all_read();
}

void read_counting(Section& top, ZoneTimes& times) {
    const auto read = [](Section& section, CountingLimits& limits) {
        section.number("count_from", limits.count_from);
        section.number("review_from", limits.review_from);
        if (limits.review_from > limits.count_from)
            section.fault("review_from", "found " + format_number(limits.review_from) +
                                             "; allowed: not above count_from (" +
                                             format_number(limits.count_from) + ")");
    };
    Section counting = top.section("counting");
    CountingLimits all;
    read(counting, all);
    for (const auto type : kTypes) {
        Section one = counting.section(key_of_type(type));
        CountingLimits& limits = times.counting[static_cast<int>(type)];
        limits = all;
        if (one.has("count_from") || one.has("review_from")) {
            read(one, limits);
        } else {
            CountingLimits none;
            one.number("count_from", none.count_from);
            one.number("review_from", none.review_from);
        }
        one.all_read();
    }
    counting.all_read();
}

void read_visits(Section visits, Config& config) {
    visits.duration("same_service_within", config.visits.same_service_within);
    visits.all_read();
}

void read_detector(Section detector, Config& config, Tiles& default_tiles) {
    DetectorConfig& out = config.detector;
    read_model(detector, out);
    if (detector.path("models_dir", out.models_dir) && detector.context().check_paths)
        if (auto why = unwritable_folder(out.models_dir)) detector.fault("models_dir", *why);
    detector.choice("device", out.device);
    detector.choice("precision", out.precision);
    detector.integer("threads", out.threads);
    std::string int8 = "auto";
    detector.choice("int8", int8);
    out.use_int8 = int8 == "auto";
    detector.tiles("tiles", default_tiles);
    detector.number("score_threshold", out.score_threshold);
    detector.number("nms_iou", out.nms_iou);
    detector.choice("decoder", out.decoder);
    const bool width = detector.integer("input_width", out.input_width);
    const bool height = detector.integer("input_height", out.input_height);
    if (width != height)
        detector.fault(width ? "input_width" : "input_height",
                       "input_width and input_height are set together or not at all");
    detector.choice("color", out.color);
    detector.number("scale", out.scale);
    detector.numbers("mean", out.mean);
    detector.integer("person_class", out.person_class);
    detector.all_read();
}

void read_storage(Section storage, Config& config) {
    config.storage.path = storage.context().base / config.storage.path;
    storage.path("path", config.storage.path);
    if (storage.context().check_paths)
        if (auto why = unwritable_file(config.storage.path)) storage.fault("path", *why);
    storage.integer("retention_days", config.storage.retention_days);
    storage.size("max_size", config.storage.max_bytes);
    storage.all_read();
}

void read_reports(Section reports, Config& config) {
    ReportsConfig& out = config.reports;
    out.dir = reports.context().base / out.dir;
    reports.path("dir", out.dir);
    if (reports.context().check_paths)
        if (auto why = unwritable_folder(out.dir)) reports.fault("dir", *why);
    reports.flag("schedule", out.schedule);
    reports.time_of_day("day_end", out.day_end);
    reports.integer("archive_after_days", out.archive_after_days);
    reports.integer("delete_after_days", out.delete_after_days);
    if (out.delete_after_days < out.archive_after_days)
        reports.fault("delete_after_days", "found " + std::to_string(out.delete_after_days) +
                                               "; allowed: not before archive_after_days (" +
                                               std::to_string(out.archive_after_days) + ")");
    reports.all_read();
}

void read_logging(Section logging, Config& config) {
    LogOptions& out = config.logging;
    std::string level;
    logging.choice("level", level);
    if (level == "debug") out.level = LogLevel::kDebug;
    if (level == "warning") out.level = LogLevel::kWarning;
    if (level == "error") out.level = LogLevel::kError;
    if (logging.path("file", out.file) && logging.context().check_paths)
        if (auto why = unwritable_file(out.file)) logging.fault("file", *why);
    logging.flag("json", out.json);
    logging.flag("console", out.console);
    logging.size("max_size", out.max_bytes);
    logging.integer("max_files", out.max_files);
    logging.all_read();
}

void read_supabase(Section supabase, Config& config) {
    SupabaseConfig& out = config.supabase;
    const bool no_url = supabase.secret("url", out.url) ? out.url.empty() : !supabase.has("url");
    const bool no_key = supabase.secret("key", out.key) ? out.key.empty() : !supabase.has("key");
    if (!out.url.empty()) check_url(supabase, out.url);
    if (auto why = key_fault(out.key)) supabase.fault("key", *why);
    read_login(supabase, out);
    // A value that was there but bad has its own fault; these are for what was left out.
    if (!no_url && no_key) supabase.fault("key", "is missing; 'url' needs it to send anything");
    if (!no_key && no_url) supabase.fault("url", "is missing; 'key' is of no use without it");
    read_identifier(supabase, "branch_code", out.branch_code);
    config.branch_code = out.branch_code;
    supabase.duration("start_delay", out.start_delay);
    supabase.all_read();
}

void read_runtime(Section runtime, Config& config) {
    RuntimeConfig& out = config.runtime;
    runtime.duration("heartbeat_interval", out.heartbeat_interval);
    runtime.number("target_fps", out.target_fps);
    std::string when = to_string(out.when_busy), decode_on = to_string(out.decode_on);
    runtime.choice("when_busy", when);
    out.when_busy = when == "priority" ? WhenBusy::kByPriority : WhenBusy::kEvenly;
    runtime.flag("skip_still", out.skip_still);
    runtime.flag("spare_decoding", out.spare_decoding);
    runtime.flag("crops", out.crops);
    config.detector.crops = out.crops;
    runtime.choice("decode_on", decode_on);
    out.decode_on = decode_on == "vaapi"  ? DecodeOn::kVaapi
                    : decode_on == "auto" ? DecodeOn::kAuto
                                          : DecodeOn::kCpu;
    out.socket = config.storage.path;
    out.socket += ".sock";
    runtime.path("socket", out.socket);
    if (runtime.context().check_paths && runtime.has("socket"))
        if (auto why = unwritable_folder(out.socket.parent_path())) runtime.fault("socket", *why);
    runtime.all_read();
}

void read_dashboard(Section dashboard, Config& config) {
    DashboardConfig& out = config.dashboard;
    std::string listen = to_string(out.listen), picture = to_string(out.picture), viewing = "login";
    dashboard.choice("listen", listen);
    dashboard.integer("port", out.port);
    dashboard.choice("viewing", viewing);
    dashboard.choice("picture", picture);
    dashboard.text("name", out.name);
    if (dashboard.secret("metrics_token", out.metrics_token) && !out.metrics_token.empty() &&
        !is_token(out.metrics_token))
        dashboard.fault("metrics_token",
                        "is no good token; allowed: 16 to 200 letters, digits and -._~+/= without spaces");
    out.listen = listen == "off"       ? DashboardConfig::Listen::kOff
                 : listen == "network" ? DashboardConfig::Listen::kNetwork
                                       : DashboardConfig::Listen::kLocal;
    out.picture = picture == "off"    ? DashboardConfig::Picture::kOff
                  : picture == "full" ? DashboardConfig::Picture::kFull
                                      : DashboardConfig::Picture::kPixelated;
    out.open_viewing = viewing == "open";
    const bool certificate = dashboard.path("certificate", out.certificate),
               key = dashboard.path("key", out.key);
    if (certificate != key)
        dashboard.fault(certificate ? "certificate" : "key",
                        "certificate and key are set together or not at all");
    if (dashboard.context().check_paths) {
        for (const auto& [name, file] :
             {std::pair{"certificate", out.certificate}, std::pair{"key", out.key}})
            if (auto why = file.empty() ? std::nullopt : unreadable_file(file)) dashboard.fault(name, *why);
    }
    dashboard.all_read();
}

const char* to_string(WhenBusy when) {
    return when == WhenBusy::kByPriority ? "priority" : "evenly";
}

const char* to_string(DecodeOn on) {
    switch (on) {
        case DecodeOn::kCpu:
            return "cpu";
        case DecodeOn::kVaapi:
            return "vaapi";
        case DecodeOn::kAuto:
            return "auto";
    }
    return "?";
}

const char* to_string(DashboardConfig::Listen listen) {
    switch (listen) {
        case DashboardConfig::Listen::kOff:
            return "off";
        case DashboardConfig::Listen::kLocal:
            return "local";
        case DashboardConfig::Listen::kNetwork:
            return "network";
    }
    return "?";
}

const char* to_string(DashboardConfig::Picture picture) {
    switch (picture) {
        case DashboardConfig::Picture::kOff:
            return "off";
        case DashboardConfig::Picture::kPixelated:
            return "pixelated";
        case DashboardConfig::Picture::kFull:
            return "full";
    }
    return "?";
}

}  // namespace chairside
