#pragma once
// Ids are types, so that a track cannot be passed where a session is meant.

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace chairside {

template <typename Tag>
struct NumberId {
    std::int64_t value = 0;
    friend auto operator<=>(const NumberId&, const NumberId&) = default;
};
using TrackId = NumberId<struct TrackTag>;    // unique per camera and run
using PersonId = NumberId<struct PersonTag>;  // one visitor as far as we can tell; unique per camera and run

// 16 bytes; the canonical text form is lower-case with dashes.
struct EventId {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const EventId&, const EventId&) = default;
    std::string to_string() const;
    static std::optional<EventId> parse(std::string_view text);
};

// Where event ids come from. Made once per event, at its birth. Threads: any.
class EventIdSource {
  public:
    virtual ~EventIdSource() = default;
    virtual EventId next(WallTime now) = 0;
};
// UUID version 7 (RFC 9562): milliseconds, then a counter that keeps ids of one process in order, then random
// bits.
std::unique_ptr<EventIdSource> make_random_id_source();
// The same layout with bits from a seed: for replays and tests that must repeat byte by byte.
std::unique_ptr<EventIdSource> make_seeded_id_source(std::uint64_t seed);

}  // namespace chairside

template <typename Tag>
struct std::hash<chairside::NumberId<Tag>> {
    std::size_t operator()(const chairside::NumberId<Tag>& id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};
