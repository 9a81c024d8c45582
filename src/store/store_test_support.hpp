#pragma once
// What the store's tests share: a folder that goes away, times, events.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "store/store.hpp"

namespace chairside::store_test {

class TempFolder {
  public:
    TempFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "chairside-store-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path file() const { return path_ / "chairside.db"; }
    StoreOptions options() const { return {.path = file(), .branch = "DEMO", .device = "pc-1"}; }

  private:
    std::filesystem::path path_;
};

inline WallTime at(double seconds) {
    // 2026-11-22T08:00:00Z and so many seconds.
    return WallTime(std::chrono::seconds(1795334400)) + from_seconds(seconds);
}

inline EventId id_of(std::uint64_t number) {
    EventId id;
    for (std::size_t i = 0; i < 8; ++i)
        id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    id.bytes[0] = 0x01;
    return id;
}

inline Event event_of(std::uint64_t number, double start_s = 0) {
    Event event;
    event.id = id_of(number);
    event.camera = "cam-1";
    event.zone = "chair 1";
    event.person = {static_cast<std::int64_t>(number)};
    event.start = at(start_s);
    event.end = at(start_s + 120);
    event.dwell = from_seconds(120);
    event.confidence = 0.875;
    event.metadata = {{"end", "grace"}};
    return event;
}

inline Event closed(Event event, double dwell_s = 1800) {
    event.state = EventState::kClosed;
    event.revision += 1;
    event.dwell = from_seconds(dwell_s);
    event.end = event.start + event.dwell;
    return event;
}

inline OpenSession session_of(std::int64_t number) {
    OpenSession session;
    session.session = number;
    session.camera = "cam-1";
    session.zone = "chair 1";
    session.person = {number};
    session.start = MonoTime(Duration(1'000'001));
    session.last_seen = MonoTime(Duration(2'000'003));
    session.start_wall = at(1);
    session.last_seen_wall = at(2);
    session.anchor = {0.1, 1.0 / 3.0};
    session.confidence = 0.7;
    return session;
}

inline std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

inline void write_file(const std::filesystem::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
}

// A result's value by value: a range-for over `f().value()` would run over a dead temporary.
template <typename T>
T take(Result<T> result) {
    return std::move(result.value());
}

}  // namespace chairside::store_test
