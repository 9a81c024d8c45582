#include "base/ids.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <random>

namespace chairside {
namespace {

constexpr std::uint32_t kCounterLimit = 1u << 26;  // 12 bits of rand_a and 14 of rand_b
constexpr char kHex[] = "0123456789abcdef";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// RFC 9562, section 6.2, method 1: a fixed-length counter behind the milliseconds. A clock that steps back
// keeps the last millisecond, so ids of one process always grow.
class V7Source : public EventIdSource {
  public:
    EventId next(WallTime now) final {
        const std::lock_guard lock(mutex_);
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
        if (ms > last_ms_) {
            last_ms_ = ms;
            counter_ = static_cast<std::uint32_t>(random_bits() % (kCounterLimit / 2));
        } else if (++counter_ >= kCounterLimit) {
            ++last_ms_;
            counter_ = 0;
        }
        return assemble(random_bits());
    }

  protected:
    virtual std::uint64_t random_bits() = 0;

  private:
    EventId assemble(std::uint64_t random) const {
        EventId id;
        auto& b = id.bytes;
        for (int i = 0; i < 6; ++i)
            b[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(last_ms_ >> (40 - 8 * i));
        b[6] = static_cast<std::uint8_t>(0x70 | (counter_ >> 22));
        b[7] = static_cast<std::uint8_t>(counter_ >> 14);
        b[8] = static_cast<std::uint8_t>(0x80 | ((counter_ >> 8) & 0x3f));
        b[9] = static_cast<std::uint8_t>(counter_);
        for (std::size_t i = 10; i < 16; ++i)
            b[i] = static_cast<std::uint8_t>(random >> (8 * (i - 10)));
        return id;
    }

    std::mutex mutex_;  // guards all below
    std::int64_t last_ms_ = -1;
    std::uint32_t counter_ = 0;
};

class RandomSource final : public V7Source {
    std::uint64_t random_bits() override {
        std::uint64_t bits = 0;
        if (getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) {
            std::random_device device;
            bits = (static_cast<std::uint64_t>(device()) << 32) | device();
        }
        return bits;
    }
};

class SeededSource final : public V7Source {
  public:
    explicit SeededSource(std::uint64_t seed) : engine_(seed) {}

  private:
    std::uint64_t random_bits() override { return engine_(); }
    std::mt19937_64 engine_;
};

}  // namespace

std::string EventId::to_string() const {
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += kHex[bytes[i] >> 4];
        out += kHex[bytes[i] & 15];
    }
    return out;
}

std::optional<EventId> EventId::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    EventId id;
    std::size_t at = 0;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (text[at++] != '-') return std::nullopt;
        }
        const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
        at += 2;
    }
    return id;
}

std::unique_ptr<EventIdSource> make_random_id_source() {
    return std::make_unique<RandomSource>();
}
std::unique_ptr<EventIdSource> make_seeded_id_source(std::uint64_t seed) {
    return std::make_unique<SeededSource>(seed);
}

}  // namespace chairside
