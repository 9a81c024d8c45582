#pragma once
// What a replay leaves: the services as CSV, the tracks as MOT rows.

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "events/event_tracker.hpp"
#include "track/track.hpp"

namespace chairside {

// A file that appears under its name only when it is whole.
class WholeFile {
  public:
    static Result<WholeFile> create(const std::filesystem::path& path);
    ~WholeFile();
    WholeFile(WholeFile&&) noexcept = default;
    WholeFile& operator=(WholeFile&&) = delete;
    Result<void> append(const std::string& text);
    Result<void> finish();

  private:
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    WholeFile(std::filesystem::path path, std::filesystem::path part, std::FILE* file);
    Result<void> io_error(const char* what) const;
    std::filesystem::path path_, part_;
    std::unique_ptr<std::FILE, Closer> file_;
};

// Collects the last revision of each event. The header of the CSV:
// zone,type,enter_s,exit_s,dwell_s,id,camera,person,state,verdict,confidence,metadata,visit,part_of,reasons
// Seconds from the first frame, three decimals; metadata as key=value joined with ';'.
class EventTable {
  public:
    void add(const std::vector<Event>& events);
    std::string csv(bool all_verdicts) const;  // by enter time, then zone, then id
    int counted(ZoneType type) const;          // services: parts of another are not counted again

  private:
    std::map<EventId, Event> events_;
};

}  // namespace chairside
