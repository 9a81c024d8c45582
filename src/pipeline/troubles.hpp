#pragma once
// Troubles: what of the computer is in the service's way - a full disk, an unset clock, no files left to open, little memory. Said
// once in the log when it begins and once when it is over, and in `status` as long as it lasts.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/locked.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "pipeline/event_sink.hpp"
#include "serve/status.hpp"

namespace chairside {

// As it is now.
struct Surroundings {
    std::size_t kept_batches = 0;  // that the store does not take
    std::string store_words;       // … and why
    LogLoss log;
    WallTime wall{};
    std::int64_t open_files = 1, most_open_files = 0;  // as in OwnUse
    std::optional<std::int64_t> memory_left_bytes;
};

Surroundings surroundings_of(const EventSink& sink, WallTime now);

// Threads: look() from one; now() from any.
class Troubles {
  public:
    void look(const Surroundings& here);
    std::vector<Trouble> now() const;

    static constexpr std::int64_t kFewFiles = 8;
    static constexpr std::int64_t kLittleMemory = 64 << 20;

  private:
    enum class Kind { kStore, kLog, kClock, kFiles, kMemory };
    void note(Kind kind, const char* what, bool there, const std::string& words, const char* over);

    Locked<std::map<Kind, Trouble>> now_;
};

}  // namespace chairside
