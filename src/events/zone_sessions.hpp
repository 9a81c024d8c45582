#pragma once
// What the engine needs of a zone, whatever its regime: stays that go on and stays that ended. Pure.

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "config/zone.hpp"
#include "events/people.hpp"
#include "events/stay.hpp"

namespace chairside {

// Numbers for stays and people, shared by the zones of a camera; and who a track is.
class Registry {
  public:
    virtual ~Registry() = default;
    virtual std::int64_t next_stay() = 0;
    // The person of a track that begins a stay: known from an earlier stay, or new.
    virtual PersonId person_of(TrackId track) = 0;
    virtual PersonId new_person(TrackId track) = 0;
    virtual void bind(TrackId track, PersonId person) = 0;  // the track is that person now
};

class ZoneSessions {
  public:
    virtual ~ZoneSessions() = default;
    virtual void update(const View& view) = 0;
    // In order of their start. Valid until the next call of anything else.
    virtual std::vector<const Stay*> open() const = 0;
    virtual Notes describe(const Stay& stay) const = 0;
    // Ends the stays that are chosen, at the time they were last seen.
    virtual void end(const std::function<bool(const Stay&)>& chosen, EndReason reason) = 0;
    // Before the first update; the anchor is normalised.
    virtual void restore(const Stay& stay) = 0;
    // The stay with this number is the same as `known`, and goes on under its number and person.
    virtual void adopt(std::int64_t number, const Stay& known) = 0;
    // Between two frames: other thresholds, another place in the list of zones. Type and regime are as before.
    virtual void set_zone(int index, const ZoneConfig& config) = 0;
    // Those that ended since the last call; unconfirmed ones are never reported.
    std::vector<Stay> take_finished() { return std::exchange(finished_, {}); }

  protected:
    void finish(Stay stay) { finished_.push_back(std::move(stay)); }
    Stay& last_finished() { return finished_.back(); }

  private:
    std::vector<Stay> finished_;
};

}  // namespace chairside
