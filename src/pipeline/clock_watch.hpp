#pragma once
// ClockWatch: notices when the computer's clock is set (by time servers, by hand, after a boot in 1970), and whether what is old by
// it may be deleted. Pure: times in, decisions out.

#include <optional>

#include "base/time.hpp"

namespace chairside {

// Threads: one.
class ClockWatch {
  public:
    // last_seen: the newest time that an earlier run left, if there was one.
    ClockWatch(MonoTime mono, WallTime wall, std::optional<WallTime> last_seen);

    // By how much the clock was set since the last call; nullopt: it was not.
    std::optional<Duration> look(MonoTime mono, WallTime wall);
    // Nothing is deleted for its age while the clock may be far ahead: it has to stay for a day where it is, once it leapt or came
    // back by more than a fortnight over all that was seen before.
    bool trusts_ages(MonoTime mono) const { return mono >= trusted_from_; }
    static bool is_set(WallTime wall) { return wall >= kFirstSane; }
    // Of the two clocks: it changes when the computer's is set.
    static Duration offset(MonoTime mono, WallTime wall) {
        return wall.time_since_epoch() - mono.time_since_epoch();
    }

    static constexpr Duration kStep =
        std::chrono::seconds(2);  // less is slewed, or a delay between two readings
    static constexpr Duration kLeap = std::chrono::hours(24 * 14);
    static constexpr Duration kWait = std::chrono::hours(24);
    static constexpr WallTime kFirstSane{
        std::chrono::seconds(1'704'067'200)};  // 2024: clocks before it were never set

  private:
    void judge(MonoTime mono, WallTime wall);

    Duration offset_;
    std::optional<WallTime> newest_;  // that is believed
    MonoTime trusted_from_{};
};

}  // namespace chairside
