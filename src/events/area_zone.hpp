#pragma once
// The sessions of a zone in which people stand and walk: one per person, handed over when an identity breaks.
// Also the stand-in for seats on a camera that does not tell who sits (from above, or nothing learned yet).
// Pure.

#include "config/zone.hpp"
#include "events/confidence.hpp"
#include "events/settings.hpp"
#include "events/zone_sessions.hpp"

namespace chairside {

// How long a session waits for somebody who cannot be seen.
enum class Patience {
    kWalkers,  // an area: people walk on; only those who stood still are awaited for the grace time
    kSitters,  // a seat: everybody is awaited for the grace time, also after having been seen to leave
};

class AreaZone final : public ZoneSessions {
  public:
    AreaZone(int index, const ZoneConfig& config, const EngineSettings& settings, Patience patience,
             Registry& registry);

    void update(const View& view) override;
    std::vector<const Stay*> open() const override;
    Notes describe(const Stay& stay) const override;
    void end(const std::function<bool(const Stay&)>& chosen, EndReason reason) override;
    void restore(const Stay& stay) override;
    void adopt(std::int64_t number, const Stay& known) override;
    void set_zone(int index, const ZoneConfig& config) override;

  private:
    struct Session {
        Stay stay;
        Point foot;            // last seen, pixels
        Point velocity;        // low-pass, pixels per second
        double height = 0;     // of the box; 0: unknown (restored)
        double last_seen = 0;  // anywhere
        double waited_s = 0;   // since the person was in the zone; stands still while the camera is blind
        double seen_s = 0, predicted_s = 0, inside_s = 0;  // inside: seen in the zone
        double still_s = 0;                                // for how long the person has not moved
        int hand_overs = 0;
        bool visible = false;  // in this frame, in the zone or elsewhere
        bool was_outside = false;
        bool restored = false;  // how much was seen of it before is not known
        bool placed = true;  // false: restored, foot is still normalised (no picture has told its size yet)
    };
    void follow(const View& view, std::vector<char>& used);
    void take_over(const View& view, std::vector<char>& used);
    void begin(const Person& person, const View& view);
    void see(Session& session, const Person& person, const View& view);
    bool over(const Session& session) const;
    void close(Session& session, EndReason reason);
    bool still(const Session& session) const;
    double gate(const Session& session, const Person& person, double t) const;
    bool enough_seen(const Session& session) const;
    AreaEvidence evidence(const Session& session) const;

    int index_;
    ZoneConfig config_;
    EngineSettings settings_;
    Patience patience_;
    Registry& registry_;
    double grace_s_, dwell_s_;
    double frame_s_ = 0;             // between frames: a stay may be longer than what was seen of it by this
    std::vector<Session> sessions_;  // by start
};

}  // namespace chairside
