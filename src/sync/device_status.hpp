#pragma once
// What a heartbeat says: the row of this device in `device_status`.

#include <cstdint>
#include <optional>
#include <string>

namespace chairside {

struct DeviceStatus {
    std::string version, boot;
    double uptime_s = 0;
    int active_tracks = 0, active_people = 0;
    int haircuts = 0, washes = 0, waits = 0;  // of the business day
    std::int64_t events_queued = 0, events_dead = 0, events_dropped = 0;
    std::optional<double> oldest_queued_s;
    int config_revision = 0;            // of branch_config, that runs; 0: the device's file alone
    std::optional<int> config_refused;  // the newest, if it does not fit this device …
    std::string config_error;           // … and why
    std::string last_error;             // of the cameras or of sending, in words; no secrets
    std::string cameras_json = "[]";    // cameras[] of docs/formats/status.md
};

}  // namespace chairside
