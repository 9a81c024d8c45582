#pragma once
// The sections of the configuration, each read on its own; what must fit between them is checked in
// config.cpp.

#include "config/section.hpp"

namespace chairside {

// Times by zone type as set at the top of the file.
struct ZoneTimes {
    Duration dwell[kZoneTypes], grace[kZoneTypes];
    CountingLimits counting[kZoneTypes];
    static ZoneTimes defaults();
};

void read_identity(Section& top, Config& config);  // branch, device
void read_times(Section& top, ZoneTimes& times);   // dwell_time, grace
void read_counting(Section& top, ZoneTimes& times);
void read_visits(Section visits, Config& config);
void read_detector(Section detector, Config& config, Tiles& default_tiles);
void read_storage(Section storage, Config& config);
void read_reports(Section reports, Config& config);
void read_logging(Section logging, Config& config);
void read_supabase(Section supabase, Config& config);
void read_runtime(Section runtime, Config& config);
void read_dashboard(Section dashboard, Config& config);
void read_mqtt(Section mqtt, Config& config);  // mqtt_section.cpp
// After runtime, detector and times, whose values are the cameras' defaults. Also: no id, no zone name twice.
void read_cameras(Section& top, const ZoneTimes& times, Tiles default_tiles, bool need_cameras,
                  Config& config);

// Letters, digits, - and _.
bool is_identifier(std::string_view text);

}  // namespace chairside
